"""Chain files: styles, sessions, quarantine by reason, duplicates, what is said beside them."""

import gzip
import shutil
from datetime import UTC, date, datetime

import polars as pl
import pytest

from lake_assets.errors import (
    CorruptFileError,
    MissingInputError,
    NonSessionError,
    WrongContentError,
)
from lake_assets.market.sessions import session_on
from lake_assets.sources.chain_styles import STYLES, Style, style_of
from lake_assets.sources.chain_table import our_columns
from lake_assets.sources.option_chains import (
    chain_days,
    chain_fingerprints,
    non_sessions,
    read_option_chains,
)
from lake_assets_tests.sources.landed_files import GREEKS, OSI, YAHOO, inventory, said, table

DAY = "2026-05-29"
SESSION = session_on(date.fromisoformat(DAY))


def land(root, *rows, symbol="SPY", day=DAY):
    return table(root / "option_chains" / day / f"{symbol}.csv", *rows)


def meta(root, day=DAY, **told):
    return said(root / "option_chains" / day / "meta.json", **told)


def read(root, session=SESSION):
    made = read_option_chains(inventory(root), session)
    return made.batches, made.quality


def one(root, *rows):
    land(root, *rows)
    frame, _ = read(root)
    return frame.row(0, named=True)


# Styles


def test_the_occ_symbol_of_a_yahoo_row_tells_type_expiry_and_root(tmp_path):
    row = one(tmp_path, YAHOO)
    assert row["symbol"] == "SPY"
    assert row["option_type"] == "call"
    assert row["expiration"] == date(2026, 6, 26)
    assert (row["last_price"], row["volume"], row["vendor_iv"]) == (10.0, 100, 0.2)
    assert row["delta"] is None


def test_when_a_contract_last_traded_is_not_when_it_was_quoted(tmp_path):
    row = one(tmp_path, YAHOO)
    assert (row["quote_time"], row["quote_time_source"]) == (None, "none")


def test_a_vendor_with_greeks_gives_them(tmp_path):
    row = one(
        tmp_path,
        GREEKS | {"rho": "0.1", "underlying_price": "501", "quote_time": f"{DAY}T19:59:00+00:00"},
    )
    assert [row[n] for n in ("delta", "gamma", "theta", "vega", "rho")] == [
        0.5,
        0.01,
        -0.1,
        0.6,
        0.1,
    ]
    assert row["underlying_price"] == 501.0
    assert row["quote_time"] == datetime(2026, 5, 29, 19, 59, tzinfo=UTC)
    assert row["quote_time_source"] == "row"


def test_the_contract_may_be_called_symbol(tmp_path):
    named = {("symbol" if k == "contract" else k): v for k, v in GREEKS.items()}
    assert one(tmp_path, named)["contract_symbol"] == "SPY260626C00500000"


def test_blanks_of_an_osi_symbol_are_dropped(tmp_path):
    row = one(tmp_path, OSI)
    assert row["contract_symbol"] == "SPY260626C00500000"
    assert (row["last_price"], row["bid"], row["underlying_price"]) == (10.0, None, 500.5)


@pytest.mark.parametrize(
    ("header", "told"),
    [(["strike", "bid"], "none of"), ([*YAHOO, *GREEKS], "2 styles"), ([], "none of")],
    ids=["none", "two", "empty"],
)
def test_a_header_is_of_one_style_or_refused(tmp_path, header, told):
    with pytest.raises(WrongContentError, match=told):
        style_of(tmp_path / "SPY.csv", header)


def test_percent_is_divided_once_and_only_where_a_style_declares_it():
    vendor = next(style for style in STYLES if style.source == "vendor_greeks")
    percent = Style(
        source=vendor.source,
        contract_columns=vendor.contract_columns,
        required=vendor.required,
        columns=vendor.columns,
        iv_percent=True,
    )
    frame = pl.DataFrame([GREEKS | {"implied_volatility": "25.3"}])
    assert our_columns(frame, percent, "SPY")["vendor_iv"].item() == 0.253
    assert our_columns(frame, vendor, "SPY")["vendor_iv"].item() == 25.3


@pytest.mark.parametrize("word", ["", "nan", "None", " NULL ", "N/A"])
def test_words_for_nothing_are_null(tmp_path, word):
    row = one(tmp_path, YAHOO | {"volume": word, "bid": word})
    assert (row["volume"], row["bid"]) == (None, None)


def test_infinity_is_no_number(tmp_path):
    assert one(tmp_path, YAHOO | {"bid": "inf"})["bid"] is None


@pytest.mark.parametrize("suffix", [".csv.gz", ".parquet"])
def test_files_may_be_packed(tmp_path, suffix):
    plain = land(tmp_path, YAHOO, YAHOO | {"contractSymbol": "SPY260626P00500000"})
    rows, _ = read(tmp_path)
    path = plain.with_name(f"SPY{suffix}")
    if suffix == ".parquet":
        typed = pl.read_csv(plain)
        assert typed["strike"].dtype == pl.Float64
        typed.write_parquet(path)
    else:
        path.write_bytes(gzip.compress(plain.read_bytes()))
    plain.unlink()
    assert read(tmp_path)[0].equals(rows)


# Sessions


def test_a_landing_saturday_makes_no_partition_and_says_why(tmp_path):
    land(tmp_path, YAHOO, day="2026-05-30")
    land(tmp_path, YAHOO)
    assert chain_days(inventory(tmp_path)) == [date(2026, 5, 29)]
    (fault,) = non_sessions(inventory(tmp_path))
    assert isinstance(fault, NonSessionError)
    assert "NON_SESSION" in str(fault)
    assert "2026-05-30" in str(fault)


def test_a_day_on_which_only_futures_traded_is_no_session(tmp_path):
    land(tmp_path, YAHOO, day="2026-05-25")
    assert chain_days(inventory(tmp_path)) == []
    with pytest.raises(NonSessionError, match="NON_SESSION"):
        read(tmp_path, session_on(date(2026, 5, 25)))


@pytest.mark.parametrize(
    ("moment", "kept"),
    [
        ("2026-05-29T13:29:59+00:00", 0),
        ("2026-05-29T13:30:00+00:00", 1),
        ("2026-06-01T09:29:59-04:00", 1),
        ("2026-06-01T09:30:00-04:00", 0),
    ],
    ids=["before the open", "at the open", "before the next open", "at the next open"],
)
def test_a_file_belongs_to_its_session_until_the_next_one_opens(tmp_path, moment, kept):
    land(tmp_path, YAHOO)
    meta(tmp_path, quote_time=moment)
    frame, quality = read(tmp_path)
    assert frame.height == kept
    assert quality.get("quarantined_wrong_session", 0) == 1 - kept


def test_one_row_of_another_session_quarantines_its_whole_file_and_no_other(tmp_path):
    late = {"quote_time": "2026-06-02T15:00:00+00:00"}
    land(tmp_path, GREEKS | {"quote_time": ""}, GREEKS | late | {"strike": "501"})
    land(
        tmp_path,
        GREEKS | {"contract": "QQQ260626C00500000", "underlying": "QQQ"},
        symbol="QQQ",
    )
    frame, quality = read(tmp_path)
    assert frame["symbol"].to_list() == ["QQQ"]
    assert (quality["quarantined_wrong_session"], quality["wrong_session_files"]) == (2, 1)


def test_a_file_that_names_another_date_is_of_another_session(tmp_path):
    land(tmp_path, OSI | {"file_date": "2026-05-28"})
    assert read(tmp_path)[1]["quarantined_wrong_session"] == 1


# What is said beside the files


def test_the_description_gives_what_the_rows_do_not(tmp_path):
    land(tmp_path, YAHOO)
    meta(
        tmp_path,
        quote_time=f"{DAY}T20:00:00Z",
        underlying_price={"SPY": 501.25},
        open_interest_date="2026-05-28",
    )
    row = read(tmp_path)[0].row(0, named=True)
    assert (row["quote_time_source"], row["underlying_price"]) == ("file", 501.25)
    assert row["open_interest_date"] == date(2026, 5, 28)


@pytest.mark.parametrize(
    "told",
    [{"quote_time": "yesterday"}, {"quote_time": "2026-05-29T20:00:00"}, {"underlying_price": "x"}],
    ids=["no moment", "no zone", "no number"],
)
def test_a_description_nobody_can_read_is_refused(tmp_path, told):
    land(tmp_path, YAHOO)
    meta(tmp_path, **told)
    with pytest.raises(WrongContentError, match=r"meta\.json"):
        read(tmp_path)


def test_a_broken_description_is_refused(tmp_path):
    land(tmp_path, YAHOO)
    meta(tmp_path).write_text("{")
    with pytest.raises(CorruptFileError, match=r"meta\.json"):
        read(tmp_path)


def test_daily_closes_may_land_with_the_chains(tmp_path):
    land(tmp_path, YAHOO)
    table(tmp_path / "option_chains" / DAY / "closes.csv", {"symbol": "spy", "close": "499.5"})
    assert read(tmp_path)[0]["underlying_close"].to_list() == [499.5]


# Quarantine and duplicates


@pytest.mark.parametrize(
    ("odd", "reason"),
    [
        ({"bid": "ten"}, "bad_number"),
        ({"volume": "1.5"}, "bad_number"),
        ({"strike": "0"}, "bad_contract"),
        ({"strike": "501"}, "bad_contract"),
        ({"type": "put"}, "bad_contract"),
        ({"contract": "SPY"}, "bad_contract"),
        ({"underlying": "QQQ"}, "other_symbol"),
        ({"contract": "SPY260528C00500000", "expiration": "2026-05-28"}, "expired"),
    ],
)
def test_an_unusable_row_is_quarantined_by_its_reason(tmp_path, odd, reason):
    good = GREEKS | {"contract": "SPY260626P00500000", "type": "put"}
    land(tmp_path, good, GREEKS | odd)
    frame, quality = read(tmp_path)
    assert frame["contract_symbol"].to_list() == ["SPY260626P00500000"]
    assert {n: v for n, v in quality.items() if n.startswith("quarantined")} == {
        f"quarantined_{reason}": 1
    }


def test_a_contract_may_expire_on_the_session_itself(tmp_path):
    today = {"contract": "SPY260529C00500000", "expiration": DAY}
    assert one(tmp_path, GREEKS | today)["expiration"] == SESSION.day


def test_identical_rows_are_dropped_and_counted(tmp_path):
    land(tmp_path, YAHOO, YAHOO, YAHOO)
    frame, quality = read(tmp_path)
    assert (frame.height, quality["duplicates_dropped"]) == (1, 2)


def test_different_rows_of_one_contract_are_both_quarantined(tmp_path):
    land(tmp_path, YAHOO, YAHOO | {"bid": "9.8"}, YAHOO | {"bid": "9.8"})
    frame, quality = read(tmp_path)
    assert frame.height == 0
    assert quality["duplicates_dropped"] == 1
    assert quality["quarantined_conflicting_duplicates"] == 2


def test_order_of_rows_and_of_files_changes_nothing(tmp_path):
    names = [f"SPY260626C00{n}00000" for n in range(500, 509)]
    rows = [YAHOO | {"contractSymbol": n, "strike": f"{int(n[-8:]) / 1000}"} for n in names]
    land(tmp_path / "a", *rows)
    land(tmp_path / "b", *reversed(rows))
    for folder in ("a", "b"):
        land(tmp_path / folder, YAHOO | {"contractSymbol": "IWM260626C00500000"}, symbol="IWM")
    assert read(tmp_path / "a")[0].equals(read(tmp_path / "b")[0])


# Absence and damage


def test_nothing_landed_is_said(tmp_path):
    with pytest.raises(MissingInputError, match=f"option_chains/{DAY}"):
        read(tmp_path)


def test_a_torn_file_is_refused(tmp_path):
    land(tmp_path, YAHOO).with_name("QQQ.parquet").write_bytes(b"PAR1 torn")
    with pytest.raises(CorruptFileError, match=r"QQQ\.parquet"):
        read(tmp_path)


def test_a_description_is_part_of_what_a_session_is_made_from(tmp_path):
    land(tmp_path, YAHOO)
    before = chain_fingerprints(inventory(tmp_path), SESSION.day)
    assert [name for name, _ in before] == [f"option_chains/{DAY}/SPY.csv"]
    meta(tmp_path, quote_time=f"{DAY}T20:00:00Z")
    after = chain_fingerprints(inventory(tmp_path), SESSION.day)
    assert [name for name, _ in after] == [
        f"option_chains/{DAY}/SPY.csv",
        f"option_chains/{DAY}/meta.json",
    ]


# Real files


def real(market_data, root, folder, day):
    there = root / "option_chains" / day
    there.mkdir(parents=True)
    for path in (market_data / "options" / "yfinance" / folder).iterdir():
        shutil.copy(path, there / path.name)
    return read(root, session_on(date.fromisoformat(day)))


def test_a_real_capture_is_of_the_session_it_was_made_in(market_data, tmp_path):
    frame, quality = real(market_data, tmp_path, "2026-08-12", "2026-08-13")
    assert frame.group_by("symbol").len().sort("symbol").rows() == [
        ("IWM", 1836),
        ("QQQ", 5049),
        ("SPY", 5472),
    ]
    assert not [name for name in quality if name.startswith("quarantined")]
    spot = frame.filter(pl.col("symbol") == "SPY")["underlying_price"]
    assert set(spot) == {775.8099975585938}


def test_taken_for_the_session_its_folder_was_named_after_it_is_quarantined(market_data, tmp_path):
    frame, quality = real(market_data, tmp_path, "2026-08-12", "2026-08-12")
    assert frame.height == 0
    assert quality["quarantined_wrong_session"] == 1836 + 5049 + 5472
    assert quality["wrong_session_files"] == 3


@pytest.mark.parametrize(
    ("day", "rows", "spot"), [("2024-01-04", 7562, 467.28), ("2024-01-05", 7214, 467.92)]
)
def test_real_chains_with_greeks(market_data, tmp_path, day, rows, spot):
    there = tmp_path / "option_chains" / day
    there.mkdir(parents=True)
    shutil.copy(
        market_data / "chains" / f"spy-chain-{day.replace('-', '')}.parquet", there / "SPY.parquet"
    )
    frame, _ = read(tmp_path, session_on(date.fromisoformat(day)))
    assert frame.height == rows
    assert set(frame["underlying_price"]) == {spot}
    assert set(frame["source"]) == {"osi_greeks"}
