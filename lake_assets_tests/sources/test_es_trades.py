"""ES trades of a session: which files, which rows, in which order, and what is refused."""

import json

import numpy as np
import polars as pl
import pytest

from lake_assets.catalog.bronze import ES_TRADES
from lake_assets.errors import (
    ConflictingInputError,
    CorruptFileError,
    MissingInputError,
    MixedProvenanceError,
    QuarantineError,
    UncoveredSessionError,
    WrongContentError,
)
from lake_assets.orchestration.report import warnings_of
from lake_assets.sources.es_trades import read_es_trades
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.raw_file import SIMULATED_MARK
from lake_assets.sources.selection import input_fingerprints
from lake_assets_tests.sources.dbn_files import (
    CLOSE,
    ES,
    OPEN,
    SECOND,
    SESSION,
    TICK,
    UNDEFINED,
    Request,
    book,
    read,
    records,
    trades,
    write,
)

KEY = ["ts_event_ns", "sequence", "file_rank", "row"]
NOON = OPEN + 18 * 3600 * SECOND


def at(*seconds):
    return [OPEN + s * SECOND for s in seconds]


def many(count, **columns):
    return trades(OPEN + np.arange(count) * SECOND, **columns)


def test_rows_are_typed_as_the_catalog_says(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1, 2, 3), side=[b"B", b"A", b"N"], price=19_000 * TICK))

    frame, quality = read(read_es_trades, tmp_path)

    assert frame.schema == ES_TRADES.dtypes
    assert frame["aggressor"].to_list() == [1, -1, 0]
    assert frame["price_ticks"].to_list() == [19_000] * 3
    assert frame["raw_symbol"].to_list() == ["ESH4"] * 3
    assert quality["rows_read"] == 3
    assert quality["provenance"] == "vendor"
    assert quality["uncovered_s"] == 0


def test_no_file_at_all_says_what_to_download(tmp_path):
    with pytest.raises(MissingInputError, match=r"GLBX\.MDP3 trades.*download.*2024-03-05T23:00Z"):
        read(read_es_trades, tmp_path)


def test_a_record_belongs_to_the_session_by_its_event_time(tmp_path):
    write(tmp_path / "a.dbn", trades([OPEN - 1, OPEN, CLOSE - 1, CLOSE]))

    frame, quality = read(read_es_trades, tmp_path)

    assert frame["ts_event_ns"].to_list() == [OPEN, CLOSE - 1]
    assert quality["out_of_session"] == 2


def test_every_overlapping_file_is_read_whatever_its_name(tmp_path):
    write(tmp_path / "z.dbn", trades(at(1)), Request(end=NOON))
    write(tmp_path / "x" / "a.dbn.zst", trades([NOON]), Request(start=NOON))
    write(tmp_path / "other.dbn", trades([CLOSE]), Request(start=CLOSE, end=CLOSE + SECOND))

    frame, quality = read(read_es_trades, tmp_path)

    assert frame.select("ts_event_ns", "file_rank").rows() == [(OPEN + SECOND, 0), (NOON, 1)]
    assert quality["input_files"] == 2
    names = [name for name, _ in input_fingerprints(scan_raw(tmp_path), SESSION, "es_trades")]
    assert names == ["z.dbn", "x/a.dbn.zst"]


def test_out_of_order_rows_are_sorted_and_counted(tmp_path):
    write(tmp_path / "a.dbn", trades(at(3, 1, 2, 4), sequence=[1, 2, 3, 4]))

    frame, quality = read(read_es_trades, tmp_path)

    assert frame["row"].to_list() == [1, 2, 0, 3]
    assert quality["out_of_order"] == 2


def test_equal_times_follow_the_sequence(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1, 1, 1), sequence=[9, 7, 7]))

    frame, quality = read(read_es_trades, tmp_path)

    assert frame["row"].to_list() == [1, 2, 0]
    assert quality["out_of_order"] == 1


@pytest.mark.parametrize("reach_s", [1, 4, 3_000], ids=["small", "held back", "sorted outside"])
def test_any_disorder_ends_in_total_order(tmp_path, reach_s):
    count = 300_000
    rng = np.random.default_rng(5)
    steps = OPEN + np.arange(count) * (60_000 * SECOND // count)
    times = steps + rng.integers(0, reach_s * SECOND, count)
    write(tmp_path / "a.dbn", trades(times, sequence=rng.integers(0, 9, count)))

    frame, _ = read(read_es_trades, tmp_path)

    assert frame.equals(frame.sort(KEY))
    assert frame["row"].sort().equals(pl.Series("row", np.arange(count)))


def test_a_record_in_several_files_is_kept_as_often_as_in_the_richest(tmp_path):
    same = {"sequence": 1, "size": 7}
    write(tmp_path / "a.dbn", trades(at(1, 1, 2), **same))
    write(tmp_path / "b.dbn", trades(at(1, 2, 2, 2), **same))

    frame, quality = read(read_es_trades, tmp_path)

    assert frame["ts_event_ns"].to_list() == at(1, 1, 2, 2, 2)
    assert quality["duplicates_dropped"] == 2
    assert frame.equals(frame.sort(KEY))


def test_a_copy_of_a_file_changes_nothing_but_the_count(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1, 1, 2)))
    once, _ = read(read_es_trades, tmp_path)
    write(tmp_path / "copy" / "a.dbn", trades(at(1, 1, 2)))

    twice, quality = read(read_es_trades, tmp_path)

    assert twice.equals(once)
    assert (quality["duplicates_dropped"], quality["input_files"]) == (3, 2)


def test_repeats_inside_one_file_stay(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1, 1, 1), sequence=4))

    frame, quality = read(read_es_trades, tmp_path)

    assert frame.height == 3
    assert quality["duplicates_dropped"] == 0


def test_files_that_overlap_in_part_agree_where_both_cover(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1, 5), sequence=[1, 5]), Request(end=NOON))
    late = Request(start=OPEN + 4 * SECOND)
    write(tmp_path / "b.dbn", trades([*at(5), NOON], sequence=[5, 9]), late)

    frame, quality = read(read_es_trades, tmp_path)

    assert frame["ts_event_ns"].to_list() == [*at(1, 5), NOON]
    assert quality["duplicates_dropped"] == 1


@pytest.mark.parametrize(
    "other", [trades(at(1, 2), size=9), trades(at(1))], ids=["other sizes", "a record less"]
)
def test_two_files_for_one_range_with_different_content_conflict(tmp_path, other):
    write(tmp_path / "a.dbn", trades(at(1, 2)))
    write(tmp_path / "b.dbn", other)

    with pytest.raises(ConflictingInputError, match=r"\.dbn.*only .*keep the right one"):
        read(read_es_trades, tmp_path)


def test_files_of_different_contracts_do_not_conflict(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1, 3)))
    june = Request(symbols={"ESM4": 5602})
    write(tmp_path / "b.dbn", trades(at(2, 4), instrument_id=5602), june)

    frame, _ = read(read_es_trades, tmp_path)

    assert frame["raw_symbol"].to_list() == ["ESH4", "ESM4"] * 2


def test_only_outrights_are_kept(tmp_path):
    symbols = {"ESH4": ES, "ESH4-ESM4": 2, "NQH4": 3, "ES:BF H4-M4-U4": 4}
    numbers = [ES, 2, 3, 4]
    write(
        tmp_path / "a.dbn", trades(at(1, 2, 3, 4), instrument_id=numbers), Request(symbols=symbols)
    )

    frame, quality = read(read_es_trades, tmp_path)

    assert frame["raw_symbol"].to_list() == ["ESH4"]
    assert (quality["spreads_dropped"], quality["other_instruments"]) == (2, 1)


BAD = {
    "unmapped": {"instrument_id": 99},
    "undefined_price": {"price": UNDEFINED},
    "nonpositive_price": {"price": -TICK},
    "off_tick": {"price": TICK + 1},
    "zero_size": {"size": 0},
    "absurd_size": {"size": 1_000_001},
    "undefined_time": {"ts_event": 2**64 - 1},
}


@pytest.mark.parametrize("reason", BAD)
def test_an_unusable_row_is_quarantined_by_reason(tmp_path, reason):
    rows = many(1_000)
    for name, value in BAD[reason].items():
        rows[name][500] = value
    write(tmp_path / "a.dbn", rows)

    frame, quality = read(read_es_trades, tmp_path)

    assert frame.height == 999
    assert quality[f"quarantined_{reason}"] == 1
    assert 500 not in frame["row"].to_list()


def test_too_many_unusable_rows_refuse_the_session(tmp_path):
    rows = many(1_000)
    rows["size"][:2] = 0
    write(tmp_path / "a.dbn", rows)

    with pytest.raises(QuarantineError, match=r"a\.dbn.*2 of 1000.*zero_size.*check the download"):
        read(read_es_trades, tmp_path)


def test_as_of_leaves_no_trace_of_what_came_later(tmp_path):
    rows = many(100)
    write(tmp_path / "whole" / "a.dbn", rows)
    write(tmp_path / "cut" / "a.dbn", rows[:50])
    moment = int(rows["ts_event"][50])

    early, counts = read(read_es_trades, tmp_path / "whole", as_of_ns=moment)
    cut, expected = read(read_es_trades, tmp_path / "cut", as_of_ns=moment)

    assert early.equals(cut)
    assert counts == expected


def test_coverage_is_demanded_up_to_as_of_only(tmp_path):
    rth = SESSION.rth.opens
    write(tmp_path / "a.dbn", trades(at(1)), Request(end=rth + SECOND))

    _, quality = read(read_es_trades, tmp_path, as_of_ns=rth + SECOND)
    assert quality["uncovered_rth_s"] == 0

    with pytest.raises(UncoveredSessionError, match=r"2024-03-06.*23399\.0 s left out.*download"):
        read(read_es_trades, tmp_path)


def test_an_uncovered_night_is_told_but_not_refused(tmp_path):
    write(tmp_path / "a.dbn", trades([NOON]), Request(start=OPEN + 60 * SECOND))

    _, quality = read(read_es_trades, tmp_path)

    assert (quality["uncovered_s"], quality["uncovered_rth_s"]) == (60, 0)


@pytest.mark.parametrize(("early_s", "silent_s"), [(0, 0), (600, 0), (601, 601)])
def test_a_tape_that_ends_long_before_the_declared_close_is_told(tmp_path, early_s, silent_s):
    write(tmp_path / "a.dbn", trades([OPEN, CLOSE - max(early_s * SECOND, 1)]))

    _, quality = read(read_es_trades, tmp_path)

    assert (quality["silent_before_close_s"], quality["trades_after_close"]) == (silent_s, 0)
    assert ("silent_before_close_s" in warnings_of(quality)) == (silent_s > 0)


def test_trades_after_the_declared_close_are_told_and_those_of_other_sessions_are_not(tmp_path):
    reopens = OPEN + 24 * 3600 * SECOND
    times = [OPEN - 1, OPEN, CLOSE - 1, CLOSE, CLOSE + SECOND, reopens - 1, reopens]
    write(tmp_path / "a.dbn", trades(times), Request(end=reopens + SECOND))

    frame, quality = read(read_es_trades, tmp_path)

    assert (frame.height, quality["trades_after_close"]) == (2, 3)
    assert warnings_of(quality)["trades_after_close"] == 3


def test_the_close_of_a_session_that_goes_on_is_not_looked_at(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1)))

    _, quality = read(read_es_trades, tmp_path, as_of_ns=CLOSE - 1)

    assert not {"silent_before_close_s", "trades_after_close"} & set(quality)


def test_trades_come_from_the_book_where_only_it_covers(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1)), Request(end=NOON))
    rows = book(at(1, 2), action=[b"A", b"T"])
    write(tmp_path / "b.dbn", rows, Request(schema="mbp-10"))

    frame, quality = read(read_es_trades, tmp_path)

    assert (quality["schema"], frame["ts_event_ns"].to_list()) == ("mbp-10", at(2))


def test_trades_come_from_single_orders_where_only_they_are(tmp_path):
    rows = records("mbo", at(1, 2), action=[b"A", b"T"])
    write(tmp_path / "a.dbn", rows, Request(schema="mbo"))

    frame, _ = read(read_es_trades, tmp_path)

    assert frame["row"].to_list() == [1]


def test_a_request_that_reached_its_limit_is_no_session(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1, 2)), Request(limit=2))

    with pytest.raises(WrongContentError, match=r"a\.dbn.*limited to 2.*without a limit"):
        read(read_es_trades, tmp_path)


def test_simulated_and_vendor_files_do_not_mix(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1)), Request(end=NOON))
    write(tmp_path / "b.dbn", trades([NOON]), Request(start=NOON, not_found=[SIMULATED_MARK]))

    with pytest.raises(MixedProvenanceError, match=r"a\.dbn \(vendor\), b\.dbn \(simulated\)"):
        read(read_es_trades, tmp_path)


def test_an_unusable_file_of_the_session_refuses_it(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1)))
    broken = write(tmp_path / "b.dbn", trades(at(2)))
    broken.write_bytes(broken.read_bytes()[:-3])

    with pytest.raises(CorruptFileError, match=r"b\.dbn.*download it again"):
        read(read_es_trades, tmp_path)


def test_an_unreadable_file_matters_only_where_the_session_is_not_covered(tmp_path):
    (tmp_path / "glbx-20240306.dbn.zst").write_text("<html>")
    write(tmp_path / "a.dbn", trades(at(1)))
    assert read(read_es_trades, tmp_path)[0].height == 1

    write(tmp_path / "a.dbn", trades(at(1)), Request(end=NOON))
    with pytest.raises(CorruptFileError, match=r"glbx-20240306.*web page"):
        read(read_es_trades, tmp_path)


def test_the_vendors_condition_is_passed_on(tmp_path):
    write(tmp_path / "a.dbn", trades(at(1)))
    told = [
        {"date": "2024-03-05", "condition": "available"},
        {"date": "2024-03-06", "condition": "degraded"},
    ]
    (tmp_path / "condition.json").write_text(json.dumps(told))

    assert read(read_es_trades, tmp_path)[1]["vendor_condition"] == "degraded"
