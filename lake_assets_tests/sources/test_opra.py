"""OPRA's records of a day as a chain: last by the close, nothing undefined, all or a reason."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest

from lake_assets.errors import MissingInputError, WrongContentError
from lake_assets.market.sessions import session_on
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.option_chains import chain_days, chain_fingerprints, read_option_chains
from lake_assets_tests.sources.dbn_files import Request, records, write
from lake_assets_tests.sources.landed_files import YAHOO, table

DAY = date(2026, 5, 29)
SESSION = session_on(DAY)
CLOSE = SESSION.rth.closes
MIDNIGHT = CLOSE - 20 * 3600 * 10**9
DOLLAR, SECOND, UNDEFINED = 10**9, 10**9, 2**63 - 1
CALL, PUT, GONE = 501, 502, 503
NAMES = {
    CALL: "SPY   260626C00500000",
    PUT: "SPY   260626P00500500",
    GONE: "SPY   260528C00500000",
}


def put(root, schema, times, **columns):
    received = columns.pop("ts_recv", times)
    rows = records(schema, times, ts_recv=received, **columns)
    if schema == "definition":
        rows["instrument_class"] = b"C"
    request = Request(
        schema=schema,
        dataset="OPRA.PILLAR",
        start=MIDNIGHT,
        end=MIDNIGHT + 86_400 * SECOND,
        symbols={name: number for number, name in NAMES.items()},
    )
    return write(root / f"opra.{schema}.dbn.zst", rows, request)


def definitions(root, *numbers):
    names = [NAMES[n].encode() for n in numbers]
    times = [MIDNIGHT + SECOND] * len(numbers)
    put(root, "definition", times, instrument_id=numbers, raw_symbol=names, underlying=b"SPY")


def quotes(root, *rows):
    """Rows of (instrument, seconds from the close, bid, ask)."""
    numbers, seconds, bids, asks = zip(*rows, strict=True)
    received = [CLOSE + s * SECOND for s in seconds]
    prices = [[UNDEFINED if p is None else round(p * DOLLAR) for p in c] for c in (bids, asks)]
    put(
        root,
        "cbbo-1m",
        received,
        instrument_id=numbers,
        price=9 * DOLLAR,
        bid_px_00=prices[0],
        ask_px_00=prices[1],
    )


def read(root):
    made = read_option_chains(scan_raw(root), SESSION)
    return {row["contract_symbol"]: row for row in made.batches.rows(named=True)}, made.quality


@pytest.fixture
def day(tmp_path):
    definitions(tmp_path, CALL, PUT)
    quotes(tmp_path, (CALL, -60, 1.0, 1.2), (CALL, 0, 1.1, 1.3), (CALL, 60, 7.0, 8.0))
    return tmp_path


def test_the_last_quote_by_the_close_counts(day):
    rows, _ = read(day)
    row = rows["SPY260626C00500000"]
    assert (row["bid"], row["ask"]) == (1.1, 1.3)
    assert row["quote_time"].timestamp() == CLOSE / SECOND
    assert (row["quote_time_source"], row["source"]) == ("row", "opra")


def test_a_contract_is_what_its_definition_says(day):
    rows, _ = read(day)
    row = rows["SPY260626P00500500"]
    assert (row["symbol"], row["option_type"], row["strike"]) == ("SPY", "put", 500.5)
    assert row["expiration"] == date(2026, 6, 26)
    assert (row["bid"], row["quote_time"], row["quote_time_source"]) == (None, None, "none")


def test_undefined_prices_are_null(day):
    quotes(day, (CALL, -1, None, 1.2))
    row = read(day)[0]["SPY260626C00500000"]
    assert (row["bid"], row["ask"]) == (None, 1.2)


def test_the_last_open_interest_by_the_close_counts(day):
    times = [MIDNIGHT + SECOND, MIDNIGHT + 2 * SECOND, MIDNIGHT + 3 * SECOND, CLOSE + SECOND]
    put(
        day,
        "statistics",
        times,
        instrument_id=CALL,
        stat_type=[9, 9, 1, 9],
        quantity=[10, 20, 30, 40],
        ts_ref=int(datetime(2026, 5, 28, tzinfo=UTC).timestamp()) * SECOND,
    )
    row = read(day)[0]["SPY260626C00500000"]
    assert row["open_interest"] == 20
    assert row["open_interest_date"] == DAY - timedelta(days=1)


def test_open_interest_without_a_date_or_a_number(day):
    unsaid = np.iinfo(np.uint64).max
    put(
        day,
        "statistics",
        [MIDNIGHT] * 2,
        instrument_id=[CALL, PUT],
        stat_type=9,
        quantity=[10, UNDEFINED],
        ts_ref=unsaid,
    )
    rows, _ = read(day)
    found = [(r["open_interest"], r["open_interest_date"]) for r in rows.values()]
    assert found == [(10, None), (None, None)]


def test_volumes_of_all_venues_are_added_and_their_close_counts_if_they_agree(day):
    put(
        day,
        "ohlcv-1d",
        [MIDNIGHT] * 4,
        instrument_id=[CALL, CALL, PUT, PUT],
        close=[2 * DOLLAR, 2 * DOLLAR, 3 * DOLLAR, 4 * DOLLAR],
        volume=[5, 6, 7, 8],
    )
    rows, _ = read(day)
    call, put_ = rows["SPY260626C00500000"], rows["SPY260626P00500500"]
    assert (call["volume"], call["last_price"]) == (11, 2.0)
    assert (put_["volume"], put_["last_price"]) == (15, None)


def test_without_a_bar_the_quote_tells_the_last_sale(day):
    assert read(day)[0]["SPY260626C00500000"]["last_price"] == 9.0


def test_absent_schemas_are_counted(day):
    _, quality = read(day)
    assert (quality["opra_statistics_absent"], quality["opra_ohlcv-1d_absent"]) == (1, 1)


def test_expired_contracts_are_quarantined(day):
    definitions(day, CALL, PUT, GONE)
    rows, quality = read(day)
    assert (len(rows), quality["quarantined_expired"]) == (2, 1)


def test_quotes_without_definitions_are_refused(tmp_path):
    quotes(tmp_path, (CALL, 0, 1.0, 1.1))
    with pytest.raises(MissingInputError, match="definition"):
        read(tmp_path)


def test_a_capped_request_is_no_day(day):
    path = next(day.glob("*.definition.*"))
    rows = records("definition", [MIDNIGHT] * 2, instrument_id=[CALL, PUT])
    rows["raw_symbol"] = [NAMES[CALL].encode(), NAMES[PUT].encode()]
    request = Request(
        schema="definition", dataset="OPRA.PILLAR", start=MIDNIGHT, end=CLOSE, limit=2
    )
    write(path, rows, request)
    with pytest.raises(WrongContentError, match="limited to 2"):
        read(day)


def test_definitions_alone_are_no_chain(tmp_path):
    definitions(tmp_path, CALL)
    assert chain_fingerprints(scan_raw(tmp_path), DAY) == []
    with pytest.raises(MissingInputError, match="cbbo-1m"):
        read(tmp_path)


def test_a_day_of_quotes_alone_has_landed(day):
    assert chain_days(scan_raw(day)) == [DAY]


def test_both_sources_stand_in_bronze(day):
    table(day / "option_chains" / str(DAY) / "SPY.csv", YAHOO)
    made = read_option_chains(scan_raw(day), SESSION).batches
    assert sorted(made["source"]) == ["opra", "opra", "yfinance"]
    names = [name for name, _ in chain_fingerprints(scan_raw(day), DAY)]
    assert names == [
        f"option_chains/{DAY}/SPY.csv",
        "opra.cbbo-1m.dbn.zst",
        "opra.definition.dbn.zst",
    ]
