"""The ES book of a session: ladders, snapshots, replay, memory; and the real sessions there are."""

import subprocess
import sys
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
import zstandard

from lake_assets.catalog.bronze import ES_MBP10
from lake_assets.errors import ConflictingInputError, MissingInputError, UncoveredSessionError
from lake_assets.market.sessions import session_on
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.es_trades import read_es_trades
from lake_assets.sources.inventory import scan_raw
from lake_assets_tests.sources.dbn_files import (
    ES,
    OPEN,
    SECOND,
    SESSION,
    TICK,
    UNDEFINED,
    Request,
    book,
    frame_of,
    read,
    records,
    trades,
    write,
)

BOOK = Request(schema="mbp-10")
ORDERS = Request(schema="mbo")
SNAPSHOT, LAST = 32, 128
KEY = ["ts_event_ns", "sequence", "file_rank", "row"]
LADDER = [name for name in ES_MBP10.dtypes if name[:4] in ("bid_", "ask_")]


def at(*seconds):
    return [OPEN + s * SECOND for s in seconds]


def test_no_book_file_means_no_rows_and_says_so(tmp_path):
    write(tmp_path / "a.dbn", trades([OPEN + SECOND]))

    frame, quality = read(read_es_mbp10, tmp_path)

    assert frame.height == 0
    assert frame.schema == ES_MBP10.dtypes
    assert quality == {"absent": 1}


def test_a_session_of_which_nothing_is_there_is_refused(tmp_path):
    with pytest.raises(MissingInputError, match=r"none among 0 usable files; download GLBX"):
        read(read_es_mbp10, tmp_path)


def test_ten_levels_become_columns_and_an_undefined_level_is_null(tmp_path):
    write(tmp_path / "a.dbn", book(at(1), side=b"A", depth=3), BOOK)

    frame, quality = read(read_es_mbp10, tmp_path)

    assert frame.schema == ES_MBP10.dtypes
    row = frame.row(0, named=True)
    assert (row["action"], row["side"], row["depth"], row["flags"]) == ("A", "A", 3, LAST)
    assert [row[f"bid_ticks_{n}"] for n in (0, 8, 9)] == [18_999, 18_991, None]
    assert [row[f"ask_size_{n}"] for n in (0, 8, 9)] == [10, 18, None]
    assert [row[f"ask_orders_{n}"] for n in (0, 9)] == [1, None]
    assert quality["off_tick_levels"] == 0


def test_a_level_off_the_tick_grid_is_null_and_counted(tmp_path):
    rows = book(at(1, 2))
    rows["bid_px_00"][1] += 1
    write(tmp_path / "a.dbn", rows, BOOK)

    frame, quality = read(read_es_mbp10, tmp_path)

    assert frame["bid_ticks_0"].to_list() == [18_999, None]
    assert quality["off_tick_levels"] == 1


def test_an_undefined_order_price_is_null(tmp_path):
    write(tmp_path / "a.dbn", book(at(1), price=UNDEFINED), BOOK)

    assert read(read_es_mbp10, tmp_path)[0]["price_ticks"].to_list() == [None]


def test_a_snapshot_stands_at_the_moment_it_was_received(tmp_path):
    rows = book([OPEN - 99 * SECOND, *at(1)], flags=[SNAPSHOT | LAST, LAST])
    rows["ts_recv"] = at(0, 1)
    write(tmp_path / "a.dbn", rows, BOOK)

    frame, quality = read(read_es_mbp10, tmp_path)

    assert frame["ts_event_ns"].to_list() == at(0, 1)
    assert quality["out_of_session"] == 0


def test_regular_hours_must_be_covered(tmp_path):
    write(tmp_path / "a.dbn", book(at(1)), replace(BOOK, end=OPEN + SECOND))

    with pytest.raises(UncoveredSessionError, match=r"mbp-10 files.*download"):
        read(read_es_mbp10, tmp_path)
    assert read(read_es_mbp10, tmp_path, rth_required=False)[0].height == 1


def orders(times, **columns):
    return records("mbo", times, **({"action": b"A", "side": b"B", "flags": LAST} | columns))


def test_orders_before_the_open_build_the_book_but_give_no_rows(tmp_path):
    prices = np.array([18_990, 18_991]) * TICK
    rows = orders([OPEN - SECOND, OPEN], price=prices, order_id=[1, 2])
    write(tmp_path / "a.dbn", rows, replace(ORDERS, start=OPEN - SECOND))

    frame, quality = read(read_es_mbp10, tmp_path)

    assert frame.select("row", "bid_ticks_0", "bid_ticks_1").rows() == [(1, 18_991, 18_990)]
    assert quality["out_of_session"] == 1


def test_the_books_of_two_contracts_come_in_one_order_at_once(tmp_path):
    numbers = [ES, 5602, ES, 5602, ES]
    rows = orders(at(10, 20, 30, 40, 50), instrument_id=numbers, order_id=[1, 2, 3, 4, 5])
    write(tmp_path / "a.dbn", rows, replace(ORDERS, symbols={"ESH4": ES, "ESM4": 5602}))

    frame = frame_of(read_es_mbp10(scan_raw(tmp_path), SESSION))

    assert frame["row"].to_list() == [0, 1, 2, 3, 4]
    assert frame["instrument_id"].to_list() == numbers


def test_the_book_lives_on_from_file_to_file(tmp_path):
    noon = OPEN + 18 * 3600 * SECOND
    first = orders(at(1), price=18_990 * TICK, order_id=[1])
    write(tmp_path / "a.dbn", first, replace(ORDERS, end=noon))
    second = orders([noon], price=18_991 * TICK, order_id=[2])
    write(tmp_path / "b.dbn", second, replace(ORDERS, start=noon))

    frame, _ = read(read_es_mbp10, tmp_path)

    assert frame.select("file_rank", "bid_ticks_0", "bid_ticks_1").rows() == [
        (0, 18_990, None),
        (1, 18_991, 18_990),
    ]


def test_two_files_of_the_same_orders_are_refused(tmp_path):
    write(tmp_path / "a.dbn", orders(at(1), order_id=[1]), ORDERS)
    write(tmp_path / "b.dbn", orders(at(1), order_id=[2]), ORDERS)

    with pytest.raises(ConflictingInputError, match=r"\.dbn.*single orders.*keep the right one"):
        read(read_es_mbp10, tmp_path)


def test_as_of_shows_the_book_as_it_was_known(tmp_path):
    rows = orders(at(1, 2, 3), price=np.array([3, 5, 4]) * TICK, order_id=[1, 2, 3])
    write(tmp_path / "whole" / "a.dbn", rows, ORDERS)
    write(tmp_path / "cut" / "a.dbn", rows[:2], ORDERS)

    early = read(read_es_mbp10, tmp_path / "whole", as_of_ns=at(3)[0])
    cut = read(read_es_mbp10, tmp_path / "cut", as_of_ns=at(3)[0])

    assert early[0].equals(cut[0])
    assert early[1] == cut[1]


_PEAK = """
import re, sys
from pathlib import Path
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets_tests.sources.dbn_files import SESSION
rows = sum(b.num_rows for b in read_es_mbp10(scan_raw(Path(sys.argv[1])), SESSION).batches)
print(rows, re.search(r"VmHWM:\\s*(\\d+)", Path("/proc/self/status").read_text())[1])
"""
PIECE = 100_000


def write_pieces(path, pieces):
    """A file of many equal pieces, one after the other."""
    path.parent.mkdir()
    rows = book(OPEN + np.arange(PIECE) * 20_000_000)
    with zstandard.open(path, "wb") as stream:
        stream.write(BOOK.head())
        for _ in range(pieces):
            stream.write(rows.tobytes())
            rows["ts_event"] += PIECE * 20_000_000
            rows["ts_recv"] += PIECE * 20_000_000


@pytest.mark.skipif(sys.platform != "linux", reason="PEAK MEMORY IS READ FROM /proc")
def test_memory_does_not_grow_with_the_day(tmp_path):
    peaks = []
    for pieces in (5, 20):
        folder = tmp_path / str(pieces)
        write_pieces(folder / "a.dbn.zst", pieces)
        ran = subprocess.run(
            [sys.executable, "-c", _PEAK, str(folder)], capture_output=True, text=True, check=True
        )
        rows, peak = map(int, ran.stdout.split())
        assert rows == pieces * PIECE
        peaks.append(peak)

    assert peaks[1] <= 1.2 * peaks[0]


def real(market_data, schema, day, reader):
    """A real session from one schema alone."""
    inventory = scan_raw(market_data / "es")
    only = replace(inventory, files=tuple(f for f in inventory.files if f.schema == schema))
    rows = reader(only, session_on(date.fromisoformat(day)), rth_required=False)
    return pl.from_arrow(rows.batches.read_all()), rows.quality


def test_the_real_session_has_the_same_trades_whatever_the_schema(market_data):
    same = [
        real(market_data, schema, "2023-12-26", read_es_trades)[0].drop("row", "flags")
        for schema in ("trades", "mbp-10", "mbo")
    ]

    assert same[0].height == 2_973
    assert same[0]["size"].sum() == 9_892
    assert same[0]["aggressor"].value_counts().sort("aggressor")["count"].to_list() == [
        1_430,
        1,
        1_542,
    ]
    assert (same[0]["ts_event_ns"] >= session_on(date(2023, 12, 26)).hours.opens).all()
    assert same[0].equals(same[1])
    assert same[0].equals(same[2])


@pytest.mark.parametrize(("day", "events"), [("2023-12-26", 36_968), ("2024-05-08", 164)])
def test_the_replayed_book_is_the_vendors_wherever_an_event_ends(market_data, day, events):
    ladders = []
    for schema in ("mbp-10", "mbo"):
        frame, quality = real(market_data, schema, day, read_es_mbp10)
        assert frame.equals(frame.sort(KEY))
        assert quality.get("unknown_orders", 0) == 0
        ends = frame.filter(pl.col("flags") & LAST > 0)
        ladders.append(
            ends.unique(["ts_event_ns", "sequence"], keep="last", maintain_order=True).select(
                "ts_event_ns", "sequence", *LADDER
            )
        )

    assert ladders[0].height == events
    assert ladders[0].equals(ladders[1])


def test_the_real_book_before_the_open_is_of_another_session(market_data):
    frame, quality = real(market_data, "mbp-10", "2023-12-26", read_es_mbp10)

    assert (frame.height, quality["out_of_session"]) == (43_634, 147)
    assert frame["instrument_id"].unique().to_list() == [ES]


def test_a_session_crosses_the_utc_day(market_data):
    frame, quality = real(market_data, "trades", "2024-07-02", read_es_trades)

    assert (frame.height, frame["size"].sum()) == (120, 253)
    assert frame["raw_symbol"].unique().to_list() == ["ESU4"]
    assert quality["uncovered_s"] == 23 * 3600 - 240
