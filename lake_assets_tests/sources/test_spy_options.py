"""SPY option prints: contracts, quotes, aggressors, the flat file, and what is left out."""

import gzip
import json
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from lake_assets.catalog.bronze import SPY_OPTIONS
from lake_assets.errors import ConflictingInputError, CorruptFileError, QuarantineError
from lake_assets.sources.dbn import CHUNK_RECORDS
from lake_assets.sources.spy_options import TickSeries, read_spy_options
from lake_assets_tests.sources.dbn_files import (
    OPEN,
    OPTIONS,
    SECOND,
    SESSION,
    SPY_CALL,
    SPY_PUT,
    UNDEFINED,
    Request,
    read,
    records,
    trades,
    write,
)

DOLLAR = 10**9
QUOTED = Request(schema="tcbbo", dataset="OPRA.PILLAR", symbols=OPTIONS)
RTH = OPEN + 16 * 3600 * SECOND
HEADER = "ticker,conditions,correction,exchange,price,sip_timestamp,size"


def at(*seconds):
    return [RTH + s * SECOND for s in seconds]


def prints(times, bid=DOLLAR, ask=11 * DOLLAR // 10, **columns):
    quote = {"bid_px_00": bid, "ask_px_00": ask, "bid_sz_00": 5, "ask_sz_00": 6}
    return records(
        "tcbbo", times, **({"instrument_id": SPY_CALL, "price": DOLLAR} | quote | columns)
    )


def flat(path, rows):
    """Write rows of (ticker, conditions, price, time, size)."""
    lines = [f'{t},"{c}",0,300,{p},{ns},{size}' for t, c, p, ns, size in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress("\n".join([HEADER, *lines, ""]).encode(), mtime=0))
    return path


CALL = "O:SPY240306C00510000"


def test_no_option_file_means_no_rows_and_says_so(tmp_path):
    write(tmp_path / "a.dbn", trades([OPEN + SECOND]))

    frame, quality = read(read_spy_options, tmp_path)

    assert (frame.height, quality) == (0, {"absent": 1})
    assert frame.schema == SPY_OPTIONS.dtypes


@pytest.mark.parametrize(("starts", "left_out_s"), [(-1, 0), (0, 0), (60, 60)])
def test_options_are_missed_only_while_they_trade(tmp_path, starts, left_out_s):
    """A vendor's day of options begins at midnight UTC, hours after the future's evening."""
    opens, closes = SESSION.rth.opens, SESSION.rth.closes
    request = replace(QUOTED, start=opens + starts * SECOND, end=closes)
    write(tmp_path / "a.dbn", prints([closes - SECOND]), request)

    _, quality = read(read_spy_options, tmp_path)

    assert (quality["uncovered_s"], quality["uncovered_rth_s"]) == (left_out_s, left_out_s)


def test_a_quoted_print_becomes_a_row(tmp_path):
    write(tmp_path / "a.dbn", prints(at(1), price=11 * DOLLAR // 10, instrument_id=SPY_PUT), QUOTED)

    frame, quality = read(read_spy_options, tmp_path)

    assert frame.schema == SPY_OPTIONS.stored_dtypes
    row = frame.row(0, named=True)
    assert row["option_symbol"] == "SPY   240306P00510000"
    assert (row["expiry"], row["strike_u"], row["right"], row["dte"]) == (
        date(2024, 3, 6),
        5_100_000,
        "P",
        0,
    )
    assert (row["price_u"], row["bid_u"], row["ask_u"]) == (11_000, 10_000, 11_000)
    assert (row["bid_size"], row["ask_size"], row["sequence"]) == (5, 6, 0)
    assert (row["source"], row["aggressor"], row["aggressor_method"]) == ("tcbbo", 1, "QUOTE")
    assert (row["conditions"], quality["provenance"]) == (None, "vendor")


def test_an_undefined_quote_is_null(tmp_path):
    write(tmp_path / "a.dbn", prints(at(1), bid=UNDEFINED), QUOTED)

    row = read(read_spy_options, tmp_path)[0].row(0, named=True)

    assert (row["bid_u"], row["bid_size"], row["ask_u"]) == (None, None, 11_000)


def test_other_underlyings_are_left_out_and_counted(tmp_path):
    symbols = OPTIONS | {"SPYG  240306C00510000": 7, "QQQ   240306C00510000": 8}
    rows = prints(at(1, 2, 3), instrument_id=[SPY_CALL, 7, 8])
    request = Request(schema="tcbbo", dataset="OPRA.PILLAR", symbols=symbols)
    write(tmp_path / "a.dbn", rows, request)

    frame, quality = read(read_spy_options, tmp_path)

    assert (frame.height, quality["other_instruments"]) == (1, 2)


def test_trades_without_quotes_follow_the_tick_rule(tmp_path):
    price = np.array([100, 105, 105]) * DOLLAR // 100
    rows = records("trades", at(1, 2, 3), instrument_id=SPY_CALL, price=price)
    write(tmp_path / "a.dbn", rows, Request(dataset="OPRA.PILLAR", symbols=OPTIONS))

    frame, _ = read(read_spy_options, tmp_path)

    assert frame["source"].unique().to_list() == ["trades"]
    assert frame["aggressor"].to_list() == [0, 1, 1]
    assert frame["aggressor_method"].to_list() == ["NONE", "TICK", "TICK"]
    assert frame["bid_u"].null_count() == 3


def test_an_expired_contract_is_quarantined(tmp_path):
    symbols = OPTIONS | {"SPY   240305C00510000": 9}
    numbers = np.full(1_000, SPY_CALL)
    numbers[3] = 9
    rows = prints(RTH + np.arange(1_000), instrument_id=numbers)
    request = Request(schema="tcbbo", dataset="OPRA.PILLAR", symbols=symbols)
    write(tmp_path / "a.dbn", rows, request)

    frame, quality = read(read_spy_options, tmp_path)

    assert (frame.height, quality["quarantined_expired"]) == (999, 1)


def test_the_flat_file_gives_the_same_contract_as_the_feed(tmp_path):
    flat(tmp_path / "2024-03-06.csv.gz", [(CALL, "209", 2.29, RTH, 3)])

    row = read(read_spy_options, tmp_path)[0].row(0, named=True)

    assert row["option_symbol"] == "SPY   240306C00510000"
    assert (row["strike_u"], row["right"], row["price_u"], row["size"]) == (
        5_100_000,
        "C",
        22_900,
        3,
    )
    assert (row["conditions"], row["source"], row["bid_u"]) == ("209", "csv", None)


def test_the_flat_file_is_put_in_order_and_other_tickers_are_left_out(tmp_path):
    rows = [
        ("O:SPYG240306C00510000", "209", 1.0, RTH, 1),
        (CALL, "209", 1.1, RTH + 2, 1),
        (CALL, "209", 1.0, RTH + 1, 1),
        ("O:QQQ240306C00510000", "209", 1.0, RTH, 1),
    ]
    flat(tmp_path / "2024-03-06.csv.gz", rows)

    frame, quality = read(read_spy_options, tmp_path)

    assert frame["row"].to_list() == [2, 1]
    assert quality["other_instruments"] == 2


@pytest.mark.parametrize("code", ["201", "203", "205", "207"])
def test_a_cancel_is_stored_but_does_not_move_the_series(tmp_path, code):
    rows = [
        (CALL, "209", 1.00, RTH + 1, 1),
        (CALL, f"209,{code}", 2.00, RTH + 2, 1),
        (CALL, "209", 1.10, RTH + 3, 1),
    ]
    flat(tmp_path / "2024-03-06.csv.gz", rows)

    frame, _ = read(read_spy_options, tmp_path)

    assert frame["aggressor"].to_list() == [0, 0, 1]
    assert frame["conditions"].to_list()[1] == f"209,{code}"


def test_two_flat_files_of_one_day_must_agree(tmp_path):
    flat(tmp_path / "a" / "2024-03-06.csv.gz", [(CALL, "209", 1.0, RTH, 1)])
    flat(tmp_path / "b" / "2024-03-06.csv.gz", [(CALL, "209", 1.0, RTH, 1)] * 2)

    frame, quality = read(read_spy_options, tmp_path)
    assert (frame.height, quality["duplicates_dropped"]) == (2, 1)

    flat(tmp_path / "b" / "2024-03-06.csv.gz", [(CALL, "209", 1.5, RTH, 1)])
    with pytest.raises(ConflictingInputError, match=r"csv\.gz.*only one.*keep the right one"):
        read(read_spy_options, tmp_path)


def test_a_cut_flat_file_is_refused(tmp_path):
    path = flat(
        tmp_path / "2024-03-06.csv.gz", [(CALL, "209", n / 7, RTH + n, 1) for n in range(1, 9_000)]
    )
    path.write_bytes(path.read_bytes()[:-2_000])

    with pytest.raises(CorruptFileError, match=r"csv\.gz.*download it again"):
        read(read_spy_options, tmp_path)


def test_a_price_of_no_unit_is_quarantined(tmp_path):
    flat(tmp_path / "2024-03-06.csv.gz", [(CALL, "209", 1.00005, RTH, 1)])

    with pytest.raises(QuarantineError, match=r"1 of 1.*off_grid"):
        read(read_spy_options, tmp_path)


def test_a_flat_file_is_simulated_where_its_folder_says_so(tmp_path):
    flat(tmp_path / "2024-03-06.csv.gz", [(CALL, "209", 1.0, RTH, 1)])
    (tmp_path / "metadata.json").write_text(json.dumps({"simulated": True}))

    assert read(read_spy_options, tmp_path)[1]["provenance"] == "simulated"


def test_as_of_leaves_no_trace_of_what_came_later(tmp_path):
    rows = [(CALL, "209", 1.0, RTH + n, 1) for n in range(5)]
    flat(tmp_path / "whole" / "2024-03-06.csv.gz", rows)
    flat(tmp_path / "cut" / "2024-03-06.csv.gz", rows[:3])

    whole = read(read_spy_options, tmp_path / "whole", as_of_ns=RTH + 3)
    cut = read(read_spy_options, tmp_path / "cut", as_of_ns=RTH + 3)

    assert whole[0].equals(cut[0])
    assert whole[1] == cut[1]


def test_the_tick_rule_goes_on_from_chunk_to_chunk(tmp_path):
    count = CHUNK_RECORDS + 4_000
    at_row = np.arange(count)
    told = prints(
        RTH + at_row * 1_000,
        bid=UNDEFINED,
        ask=UNDEFINED,
        price=(1 + at_row * 7919 % 5) * DOLLAR,
        instrument_id=np.where((at_row > CHUNK_RECORDS) & (at_row % 3 == 0), SPY_PUT, SPY_CALL),
    )
    write(tmp_path / "a.dbn", told, QUOTED)

    frame, _ = read(read_spy_options, tmp_path)

    sides, methods = TickSeries().classify(frame)
    assert frame.height == count
    assert frame["aggressor"].equals(sides)
    assert frame["aggressor_method"].equals(methods)
    assert (methods[1 : CHUNK_RECORDS + 1] == "TICK").all()
