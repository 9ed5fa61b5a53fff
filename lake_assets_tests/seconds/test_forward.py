"""The forward of the strikes around the money."""

import math

import pytest

from lake_assets.market.underlyings import underlying_named
from lake_assets_tests.seconds.scenes import row, state

RATE = underlying_named("NIFTY").rate


def pair(strike, call, put, second=0, **columns):
    return [
        row(second, right, strike, bp0=mid - 0.05, sp0=mid + 0.05, **columns)
        for right, mid in (("CE", call), ("PE", put))
    ]


def growth(found, second=0):
    return math.exp(RATE * found["minutes_to_expiry"].item(second) / (365 * 1_440))


def test_an_even_count_takes_the_mean_of_the_middle_two():
    rows = pair(24_550, 110.0, 62.0) + pair(24_600, 80.0, 82.0) + pair(24_650, 50.0, 110.0)
    rows += pair(24_700, 40.0, 139.0)
    found = state(rows, 1)

    g = growth(found)
    values = sorted([24_550 + 48 * g, 24_600 - 2 * g, 24_650 - 60 * g, 24_700 - 99 * g])
    assert found["forward"].item(0) == pytest.approx((values[1] + values[2]) / 2, rel=1e-12)
    assert found["forward_n"].item(0) == 4
    assert found["basis"].item(0) == pytest.approx(found["forward"].item(0) - 24_600.0, rel=1e-12)


def test_a_strike_wants_both_mids_and_no_strike_gives_no_forward():
    rows = [*pair(24_600, 80.0, 82.0), row(1, "CE", bp0=None)]
    found = state(rows, 8)

    assert found["forward_n"].to_list() == [1, 0, 0, 0, 0, 0, 0, 0, 0]
    assert found["forward"].is_not_null().to_list() == [True, *[False] * 8]
    assert found["ce_iv_quality"].item(1) == "no_forward"


def test_a_strike_that_holds_two_slots_counts_once():
    rows = pair(24_600, 80.0, 82.0) + pair(24_500, 150.0, 52.0)
    found = state(rows, 1)
    assert found["ce_strike_m1"].item(0) == 24_500
    assert found["ce_strike_m2"].item(0) == 24_500
    assert found["forward_n"].item(0) == 2
