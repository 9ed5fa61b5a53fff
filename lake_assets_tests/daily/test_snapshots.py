"""Snapshots equal their slow twin, and each rule of the table holds by itself."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog import OPTION_SNAPSHOTS
from lake_assets.daily.parameters import ChainParams
from lake_assets.daily.snapshots import snapshot_chains
from lake_assets.errors import UnknownSessionError
from lake_assets.lake.contract import check_rows
from lake_assets.market.liquidity_tiers import LiquidityTiers
from lake_assets.market.sessions import session_on
from lake_assets_tests.daily.chains import DAY, EXPIRY, PREVIOUS, SESSION, chain, contract
from lake_assets_tests.oracles import snapshots as oracle

TIERS = LiquidityTiers.load()


def shot(*rows):
    return snapshot_chains(chain(*rows), SESSION, TIERS, ChainParams()).batches


def one(**said):
    (row,) = shot(contract(**said)).rows(named=True)
    return row


price = st.none() | st.sampled_from([-1.0, 0.0, 0.01, 0.45, 0.5, 4.9, 5.0, 5.1, 9.9, 10.1, 400.0])
count = st.none() | st.sampled_from([-5, 0, 49, 50, 99, 100, 5000])
rows = st.lists(
    st.fixed_dictionaries(
        {
            "symbol": st.sampled_from(["SPY", "GLD", "ZZZ"]),
            "option_type": st.sampled_from(["call", "put"]),
            "strike": st.sampled_from([425.0, 450.0, 499.5, 500.0, 550.0, 575.0, 600.0]),
            "expiration": st.sampled_from(
                [DAY, DAY + timedelta(days=6), DAY + timedelta(days=7), EXPIRY, date(2026, 7, 28)]
            ),
            "last_price": price,
            "bid": price,
            "ask": price,
            "volume": count,
            "open_interest": count,
            "open_interest_date": st.none() | st.just(DAY),
            "vendor_iv": st.none() | st.sampled_from([-0.1, 0.0, 0.0099, 0.01, 0.3, 5.0, 5.01]),
            "underlying_price": st.none() | st.just(500.0),
            "underlying_close": st.none() | st.just(498.0),
            "quote_time": st.none() | st.just(datetime(2026, 5, 29, 19, 59, tzinfo=UTC)),
        }
    ),
    max_size=14,
    unique_by=lambda r: (r["symbol"], r["option_type"], r["strike"], r["expiration"]),
)


@given(rows)
def test_a_snapshot_equals_its_slow_twin(said):
    raw = [contract(**row) for row in said]
    made = shot(*raw)
    check_rows(OPTION_SNAPSHOTS, made)
    prices = oracle.underlyings(raw, DAY)
    found = {row["contract_symbol"]: row for row in made.rows(named=True)}
    assert set(found) == {row["contract_symbol"] for row in raw}
    for row in raw:
        wanted = oracle.snapshot(
            row,
            DAY,
            *prices[row["symbol"]],
            closes_ns=SESSION.rth.closes,
            previous=PREVIOUS,
        )
        got = {name: found[row["contract_symbol"]][name] for name in wanted}
        for name in ("solved_iv", "iv"):
            approx = wanted.pop(name)
            assert got.pop(name) == (None if approx is None else pytest.approx(approx, abs=1e-6))
        assert got == wanted


@given(rows, st.randoms(use_true_random=False))
def test_order_of_the_rows_changes_nothing(said, random):
    raw = [contract(**row) for row in said]
    before = shot(*raw)
    random.shuffle(raw)
    assert shot(*raw).equals(before)


def test_a_missing_price_is_null_and_a_negative_one_is_null_with_a_flag():
    assert (one(last_price=None)["last_price"], one(last_price=None)["flags"] & 8) == (None, 0)
    assert (one(volume=-1)["volume"], one(volume=-1)["flags"] & 8) == (None, 8)


@pytest.mark.parametrize(
    ("bid", "ask", "mid", "flag"),
    [
        (4.0, 6.0, 5.0, 0),
        (0.0, 1.0, 0.5, 0),
        (5.0, 5.0, 5.0, 0),
        (6.0, 4.0, None, 1),
        (0.0, 0.0, None, 2),
        (None, 4.0, None, 2),
        (4.0, None, None, 2),
        (4.0, 0.0, None, 2),
    ],
)
def test_a_mid_needs_an_ask_above_zero_and_a_bid_not_above_it(bid, ask, mid, flag):
    row = one(bid=bid, ask=ask)
    assert (row["mid"], row["flags"] & 3) == (mid, flag)


@pytest.mark.parametrize(
    ("vendor", "iv", "source", "flag"),
    [
        (0.2, 0.2, "vendor", 0),
        (0.01, 0.01, "vendor", 0),
        (5.0, 5.0, "vendor", 0),
        (0.0, "solved", "solved", 4),
        (1e-5, "solved", "solved", 4),
        (5.1, "solved", "solved", 4),
        (None, "solved", "solved", 0),
    ],
)
def test_the_vendors_volatility_counts_within_its_bounds(vendor, iv, source, flag):
    row = one(vendor_iv=vendor)
    assert row["iv"] == (row["solved_iv"] if iv == "solved" else iv)
    assert (row["iv_source"], row["flags"] & 4) == (source, flag)


def test_without_a_mid_nothing_is_solved():
    row = one(vendor_iv=0.0, bid=None)
    assert (row["solved_iv"], row["iv"], row["iv_source"]) == (None, None, "none")


def test_open_interest_is_of_the_session_before_unless_the_source_says_otherwise():
    assert one()["open_interest_date"] == PREVIOUS
    assert one(open_interest_date=DAY)["open_interest_date"] == DAY
    assert one(open_interest=None)["open_interest_date"] is None


def test_opra_wins_over_a_file_and_the_manifest_says_so():
    raw = chain(
        contract(bid=1.0),
        contract(bid=2.0, source="opra"),
        contract(symbol="QQQ", source="yfinance"),
    )
    made = snapshot_chains(raw, SESSION, TIERS, ChainParams())
    assert made.quality["opra_preferred_symbols"] == "SPY"
    assert made.batches["bid"].to_list() == [9.9, 2.0]


def test_an_unknown_underlying_is_unknown_everywhere():
    row = one(underlying_price=None, bid=None)
    unknown = ("underlying_price", "underlying_source", "moneyness_signed", "moneyness_ratio")
    assert [row[name] for name in (*unknown, "moneyness_pct", "in_the_money")] == [None] * 6
    assert not row["is_executable_liquid"]


def test_no_rows_are_no_rows():
    made = shot()
    assert made.shape == (0, len(OPTION_SNAPSHOTS.dtypes))
    check_rows(OPTION_SNAPSHOTS, made)


def test_a_day_without_options_has_no_close():
    with pytest.raises(UnknownSessionError, match="2026-05-25"):
        snapshot_chains(chain(), session_on(date(2026, 5, 25)), TIERS, ChainParams())


def test_one_price_a_symbol_is_checked():
    rows = shot(contract(), contract(strike=501.0))
    split = rows.with_columns(underlying_price=pl.Series([500.0, 501.0]))
    with pytest.raises(Exception, match="a_symbol_has_one_underlying_price"):
        check_rows(OPTION_SNAPSHOTS, split)
