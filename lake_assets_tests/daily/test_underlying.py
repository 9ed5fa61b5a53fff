"""The underlying's price: the vendor's, the daily close, parity, or nobody's."""

from datetime import date

import pytest

from lake_assets.daily.parameters import ChainParams
from lake_assets.daily.snapshots import snapshot_chains
from lake_assets.market.liquidity_tiers import LiquidityTiers
from lake_assets_tests.daily.chains import EXPIRY, SESSION, chain, contract


def priced(*rows):
    made = snapshot_chains(chain(*rows), SESSION, LiquidityTiers.load(), ChainParams())
    return made.batches.select("underlying_price", "underlying_source", "flags").row(0)


def quoted(strike, call, put, expiration=EXPIRY, **said):
    sides = (("call", call), ("put", put))
    return [
        contract(
            strike=strike,
            option_type=kind,
            expiration=expiration,
            bid=mid - 0.05,
            ask=mid + 0.05,
            underlying_price=None,
            **said,
        )
        for kind, mid in sides
    ]


def test_the_vendors_price_comes_first():
    assert priced(contract(underlying_close=498.0))[:2] == (500.0, "raw")


def test_prices_that_disagree_are_no_price():
    rows = [contract(underlying_close=498.0), contract(strike=501.0, underlying_price=500.5)]
    rows[1]["underlying_close"] = 498.0
    assert priced(*rows)[:2] == (498.0, "daily_close")


def test_parity_is_taken_where_call_and_put_are_nearest():
    price, source, flags = priced(
        *quoted(490, 14.0, 3.0), *quoted(500, 7.2, 6.0), *quoted(510, 3.0, 11.0)
    )
    assert (price, source, flags & 32) == (pytest.approx(501.2), "parity", 32)


def test_a_tie_of_prices_goes_to_the_lowest_strike():
    # 2.1 - 2.0 and 1.1 - 1.0 differ in their last binary digits, not as prices
    assert priced(*quoted(501, 2.1, 2.0), *quoted(500, 1.1, 1.0))[0] == 500.1


def test_expirations_within_a_week_do_not_count():
    near = quoted(480, 5.0, 5.0, expiration=date(2026, 6, 4))
    assert priced(*near, *quoted(500, 6.0, 5.0))[0] == 501.0
    assert priced(*near)[:2] == (None, None)


def test_only_the_nearest_of_the_others_counts():
    later = quoted(490, 5.0, 5.0, expiration=date(2026, 7, 17))
    assert priced(*later, *quoted(500, 9.0, 5.0))[0] == 504.0
