"""Spot of each second: seen, carried for five seconds, or unknown."""

import math

import pytest

from lake_assets.market.underlyings import underlying_named
from lake_assets_tests.seconds.scenes import both, row, state

SPY_RATE = underlying_named("SPY").rate


def test_spot_is_carried_for_five_seconds_and_no_longer():
    found = state([row(2, spot_price=24_601.0), row(10, spot_price=24_602.0)], 11)

    assert (
        found["spot_price"].to_list() == [None] * 2 + [24_601.0] * 6 + [None] * 2 + [24_602.0] * 2
    )
    assert found["spot_age_s"].to_list() == [None, None, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1]
    assert found["spot_observed"].arg_true().to_list() == [2, 10]


def test_a_row_without_spot_keeps_the_feed_alive_but_sees_no_spot():
    found = state([row(0), row(1, spot_price=None)], 2)

    assert found["feed_alive"].to_list() == [True, True, False]
    assert found["spot_observed"].to_list() == [True, False, False]


def test_rows_of_the_latest_moment_that_disagree_give_the_lower_median():
    rows = [
        row(0.2, strike=24_500, spot_price=1.0),
        row(0.5, spot_price=24_603.0),
        row(0.5, "PE", spot_price=24_601.0),
        row(0.5, strike=24_650, spot_price=24_602.0),
        row(0.5, strike=24_700, spot_price=24_604.0),
        row(0.9, strike=24_750, spot_price=None),
    ]

    found = state(rows, 1)

    assert found["spot_price"].item(0) == 24_602.0
    assert found["spot_conflict"].to_list() == [True, False]


def test_a_row_before_the_open_or_after_the_close_is_not_the_session_s_spot():
    found = state([row(-1, spot_price=24_000.0), row(4, spot_price=24_700.0)], 3)
    assert found["spot_price"].null_count() == 4


def pair(second, strike, call, put, **columns):
    """A call and a put with these mids, a cent around."""
    return [
        row(second, right, strike, bp0=mid - 0.01, sp0=mid + 0.01, spot_price=None, **columns)
        for right, mid in (("CE", call), ("PE", put))
    ]


def test_parity_takes_the_median_of_the_strikes_nearest_to_equal_prices():
    # C - P of 3, 2, .5, -.1, -1.5, -2.5, -7: the centre is 631, and 628 and 634 are as far
    rows = [
        quote
        for strike, gap in zip(
            range(628, 635), (3.0, 2.0, 0.5, -0.1, -1.5, -2.5, -7.0), strict=True
        )
        for quote in pair(0, strike, 10.0 + gap, 10.0)
    ]
    found = state(rows, 1, underlying="SPY")

    years = found["minutes_to_expiry"].item(0) / (365 * 1_440)
    growth = math.exp(SPY_RATE * years)
    forwards = sorted(
        k + growth * g for k, g in ((629, 2), (630, 0.5), (631, -0.1), (632, -1.5), (633, -2.5))
    )
    assert found["spot_price"].item(0) == pytest.approx(forwards[2] / growth, rel=1e-12)
    assert found["basis"].null_count() == 2


def test_two_strikes_are_too_few_to_see_spot_by():
    three = [quote for k in (629, 630, 631) for quote in pair(0, k, 10.0, 10.0)]
    two = [quote for k in (629, 630) for quote in pair(1, k, 10.0, 10.0)]
    one_sided = pair(1, 631, 10.0, 10.0)
    one_sided[0]["bp0"] = None

    found = state([*three, *two, *one_sided], 1, underlying="SPY")

    assert found["spot_observed"].to_list() == [True, False]
    assert found["spot_age_s"].to_list() == [0, 1]


def test_a_feed_s_spot_is_taken_though_parity_says_another():
    assert state(both(0, spot_price=24_650.0), 1)["spot_price"].item(0) == 24_650.0
