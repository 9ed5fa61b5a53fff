"""OPRA quotes and trades to books: whose second a stamp is, and what a trade adds."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from lake_assets.errors import MissingInputError
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.option_books import book_fingerprints, recorded_underlyings
from lake_assets.sources.option_quotes import read_quotes
from lake_assets.sources.screening import Screen, Tally
from lake_assets.sources.selection import Selection
from lake_assets_tests.sources.dbn_files import (
    SESSION,
    UNDEFINED,
    Request,
    records,
    write,
)
from lake_assets_tests.sources.packed_shards import read as read_books

SECOND = 10**9
CENT = 10_000_000
DAY = SESSION.day
OPEN = SESSION.rth.opens
CALL, PUT, HALF, OTHER, OLD = 501, 502, 503, 504, 505
SYMBOLS = {
    "SPY   240306C00510000": CALL,
    "SPY   240306P00510000": PUT,
    "SPY   240306C00510500": HALF,
    "SPYG  240306C00510000": OTHER,
    "SPY   240305C00510000": OLD,
}
NEVER = 2**64 - 1


def quotes(root, stamps, *, name="quotes", **columns):
    """One `cbbo-1s` file; a stamp is the end of its second. The event is the last trade, if any."""
    plain = {
        "ts_recv": stamps,
        "instrument_id": CALL,
        "price": UNDEFINED,
        "size": 0,
        "bid_px_00": 150 * CENT,
        "ask_px_00": 152 * CENT,
        "bid_sz_00": 10,
        "ask_sz_00": 20,
    }
    rows = records("cbbo-1s", np.full(len(stamps), NEVER, np.uint64), **(plain | columns))
    return write(root / f"{name}.dbn.zst", rows, request("cbbo-1s"))


def sales(root, stamps, **columns):
    """One `tcbbo` file."""
    plain = {
        "ts_recv": stamps,
        "instrument_id": CALL,
        "price": 151 * CENT,
        "bid_px_00": 149 * CENT,
        "ask_px_00": 153 * CENT,
        "bid_sz_00": 1,
        "ask_sz_00": 2,
    }
    rows = records("tcbbo", stamps, **(plain | columns))
    return write(root / "sales.dbn.zst", rows, request("tcbbo"))


def request(schema):
    return Request(schema=schema, dataset="OPRA.PILLAR", symbols=SYMBOLS)


def read(root):
    return read_books(root, underlying="SPY", day=DAY)


def test_a_quote_belongs_to_the_second_its_stamp_ends(tmp_path):
    sharp = OPEN + SECOND  # 14:30:01 sharp
    quotes(tmp_path, [sharp, sharp + 1, sharp + SECOND])
    rows, quality = read(tmp_path)
    at = [datetime(2024, 3, 6, 14, 30, second, tzinfo=UTC) for second in (0, 1)]
    assert rows["timestamp"].to_list() == at
    assert rows["timestamp_ns"].to_list() == [OPEN, OPEN + SECOND]
    # Two records of 14:30:01, as only a damaged feed sends: the later one stands.
    assert (quality["dup_identical"], quality["dup_conflicting"]) == (1, 0)


def test_a_quote_has_one_level_and_says_nothing_of_the_rest(tmp_path):
    quotes(tmp_path, [OPEN + SECOND])
    (found,) = read(tmp_path)[0].to_dicts()
    assert (found["bp0"], found["sp0"], found["bq0"], found["sq0"]) == (1.50, 1.52, 10, 20)
    assert (found["expiry"], found["opt_type"], found["strike"]) == (DAY, "CE", 510)
    silent = ("bq1", "sq4", "oi", "vendor_vol_delta", "spot_price", "price", "volume")
    assert [found[name] for name in silent] == [None] * len(silent)
    assert found["vol_flag"] == "missing"


def test_a_side_nobody_quotes_is_absent(tmp_path):
    quotes(tmp_path, [OPEN + SECOND], bid_px_00=UNDEFINED, ask_px_00=0)
    (found,) = read(tmp_path)[0].to_dicts()
    assert (found["bp0"], found["bq0"], found["sp0"], found["sq0"]) == (None, 0, None, 0)


def test_volume_runs_from_the_first_trade_and_every_second_of_a_trade_has_a_row(tmp_path):
    quotes(tmp_path, [OPEN + SECOND, OPEN + 4 * SECOND])
    times = [OPEN + SECOND, OPEN + 2 * SECOND, OPEN + 2 * SECOND + 5, OPEN + 3 * SECOND]
    sales(
        tmp_path, times, size=[5, 7, 1, 2], price=[150 * CENT, 151 * CENT, 152 * CENT, 149 * CENT]
    )
    rows = read(tmp_path)[0]
    assert [(ns - OPEN) // SECOND for ns in rows["timestamp_ns"]] == [0, 1, 2, 3]
    assert rows["volume"].to_list() == [0, 5, 13, 15]
    assert rows["vol_delta"].to_list() == [0, 5, 8, 2]
    assert rows["vol_flag"].to_list() == ["first_known", "ok", "ok", "ok"]
    assert rows["price"].to_list() == [None, 1.50, 1.52, 1.49]
    # Seconds 1 and 2 have no quote: theirs is the one before the last trade. Second 3 has its own.
    assert rows["bp0"].to_list() == [1.50, 1.49, 1.49, 1.50]
    assert rows["sq0"].to_list() == [20, 2, 2, 20]


def test_a_trade_belongs_to_the_second_it_was_received_in(tmp_path):
    quotes(tmp_path, [OPEN + SECOND])
    sales(tmp_path, [OPEN + SECOND - 1, OPEN + SECOND], size=[3, 4])
    rows = read(tmp_path)[0]
    assert rows["volume"].to_list() == [3, 7]


def test_fractional_strikes_and_other_roots_are_dropped_and_counted(tmp_path):
    numbers = [CALL] * 1_500 + [HALF, OTHER, OLD]
    stamps = [OPEN + (at + 1) * SECOND for at in range(len(numbers))]
    quotes(tmp_path, stamps, instrument_id=numbers)
    rows, quality = read(tmp_path)
    assert rows.height == 1_500
    assert (quality["fractional_strikes"], quality["other_instruments"]) == (1, 1)
    assert quality["quarantined_expired"] == 1


def test_a_session_without_quotes_has_no_books_whatever_was_traded(tmp_path):
    sales(tmp_path, [OPEN + SECOND])
    with pytest.raises(MissingInputError, match="expected OPRA cbbo-1s files of 2024-03-06"):
        read(tmp_path)


def test_a_file_that_is_there_twice_is_read_once(tmp_path):
    quotes(tmp_path, [OPEN + SECOND], name="a")
    quotes(tmp_path, [OPEN + SECOND], name="b")
    assert read(tmp_path)[0].height == 1


@pytest.mark.parametrize("cut", [0, 1, 2, 3])
def test_the_future_changes_nothing(tmp_path, cut):
    stamps = [OPEN + at * SECOND for at in (1, 2, 3)]
    quotes(tmp_path / "whole", stamps, bid_sz_00=[1, 2, 3])
    sales(tmp_path / "whole", [s - 5 for s in stamps], size=[4, 5, 6])
    quotes(tmp_path / "past", stamps[:cut], bid_sz_00=[1, 2, 3][:cut])
    sales(tmp_path / "past", [s - 5 for s in stamps[:cut]], size=[4, 5, 6][:cut])
    whole, past = read(tmp_path / "whole")[0], read(tmp_path / "past")[0]
    assert whole.filter(pl.col("timestamp_ns") < OPEN + cut * SECOND).equals(past)


def test_the_vendors_own_records_are_read_as_they_are(market_data):
    found = scan_raw(market_data / "dbn-edge" / "opra-pillar").files
    (file,) = (f for f in found if f.schema == "cbbo-1s")
    day = date(2025, 2, 20)
    screen = Screen(session_on(day).hours, None, Tally({}))
    whole = replace(file, limit=None)  # a request of four records, and all four are here
    rows = read_quotes(Selection("cbbo-1s", (whole,), (0,)), None, "AAPL", day, screen).rows
    at = [datetime.fromtimestamp(us // 10**6, UTC).strftime("%H:%M:%S") for us in rows["time_us"]]
    assert at == ["13:00:00", "14:30:00", "14:30:01", "14:30:02"]
    assert rows["bp0"].to_list() == [None, 0.10, 0.18, 0.22]
    assert rows["sp0"].to_list() == [None, 0.25, 0.21, 0.24]
    assert rows["bq0"].to_list() == [0, 1, 5, 9]
    assert rows["price"].to_list() == [None, 0.24, 0.19, 0.23]


def test_prints_without_quotes_are_no_books(simulated_raw):
    inventory, session = scan_raw(simulated_raw), session_on(date(2025, 12, 17))
    assert recorded_underlyings(inventory, session) == []
    assert book_fingerprints(inventory, session, underlying_named("SPY")), "they are its trades"
