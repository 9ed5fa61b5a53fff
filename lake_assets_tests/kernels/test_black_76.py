"""Volatilities and greeks on a forward against the printed formulas and figures worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lake_assets.kernels import black_76 as kernel
from lake_assets.kernels.black_76 import Quoted, imply_on_forward
from lake_assets.kernels.black_scholes import VolatilityRule
from lake_assets.kernels.parity import CALL, PUT, YEAR_S
from lake_assets.seconds.parameters import StateParams
from lake_assets_tests.oracles import black_76 as oracle

PARAMS = StateParams()
RATE = 0.06
YEARS = 0.0170662100456621
LEAST_YEARS = PARAMS.implied_min_time_s / YEAR_S
RULE = VolatilityRule(RATE, PARAMS.implied_min, PARAMS.implied_max, PARAMS.implied_tol)
WORDS = {
    kernel.NO_FORWARD: "no_forward",
    kernel.NO_MID: "no_mid",
    kernel.TOO_SHORT: "too_short",
    kernel.BELOW_INTRINSIC: "below_intrinsic",
    kernel.ABOVE_BOUND: "above_bound",
    kernel.NO_CONVERGENCE: "no_convergence",
    kernel.SOLVED: None,
}
contracts = st.tuples(
    st.integers(2_350_000, 2_550_000).map(lambda cents: cents / 100),
    st.integers(470, 510).map(lambda k: 50.0 * k),
    st.sampled_from("CP"),
    st.sampled_from([60, 300, 22_500, 538_200, 30 * 86_400]).map(lambda s: s / YEAR_S),
)


def solve(option, mid):
    """(why not, volatility, delta, gamma, vega)."""
    forward, strike, right, years = option
    quoted = Quoted(
        np.array([math.nan if forward is None else forward]),
        np.array([float(strike)]),
        np.array([CALL if right == "C" else PUT], np.int8),
        np.array([math.nan if mid is None else mid]),
        np.array([float(years)]),
    )
    quality, *numbers = (column[0] for column in imply_on_forward(quoted, RULE, LEAST_YEARS))
    return WORDS[int(quality)], *numbers


@given(contracts, st.floats(0.02, 3))
def test_a_volatility_is_found_again(option, sigma):
    mid = oracle.price(option, sigma, RATE)
    refused = oracle.refusal(option, mid, RATE, LEAST_YEARS)
    assume(refused is None)
    assume(oracle.greeks(option, sigma, RATE)[2] > 1e-3)  # else the price does not tell

    why, found, *greeks = solve(option, mid)

    assert why is None
    assert found == pytest.approx(sigma, rel=1e-6)
    assert greeks == pytest.approx(list(oracle.greeks(option, found, RATE)), rel=1e-9, abs=1e-15)


@given(contracts, st.integers(1, 60_000).map(lambda ticks: ticks * 0.05))
def test_the_price_of_a_volatility_is_the_mid(option, mid):
    why, found, *_ = solve(option, mid)
    refused = oracle.refusal(option, mid, RATE, LEAST_YEARS)

    assert why == refused or (refused is None and why == "no_convergence")
    if why is None:
        assert oracle.price(option, found, RATE) == pytest.approx(mid, abs=1e-9 * option[0])
    if why == "no_convergence":
        low, high = (oracle.price(option, s, RATE) for s in (oracle.LOWEST, oracle.HIGHEST))
        assert mid <= low + 1e-9 * option[0] or mid >= high - 1e-9 * option[0]


@pytest.mark.parametrize(
    ("option", "mid", "why"),
    [
        ((None, 24_600, "C", YEARS), None, "no_forward"),
        ((-5.0, 24_600, "C", YEARS), 10.0, "no_forward"),
        ((24_600.0, 24_600, "C", YEARS), None, "no_mid"),
        ((24_600.0, 24_600, "C", 59 / YEAR_S), 10.0, "too_short"),
        ((24_600.0, 24_600, "C", 60 / YEAR_S), 10.0, None),
        ((24_700.0, 24_600, "C", YEARS), 90.0, "below_intrinsic"),
        ((24_500.0, 24_600, "P", YEARS), 90.0, "below_intrinsic"),
        ((24_600.0, 24_600, "C", YEARS), 24_600.0, "above_bound"),
        ((24_600.0, 20_000, "P", YEARS), 20_000.0, "above_bound"),
        ((24_600.0, 24_600, "C", YEARS), 20_000.0, "no_convergence"),
    ],
)
def test_why_there_is_no_volatility(option, mid, why):
    found, *numbers = solve(option, mid)

    assert found == why
    assert all(math.isnan(n) for n in numbers) == (why is not None)


def test_a_volatility_worked_by_hand():
    forward = 24_612.362652538464
    for right, mid in (("C", 195.25), ("P", 182.90)):
        why, found, delta, gamma, vega = solve((forward, 24_600, right, YEARS), mid)
        assert why is None
        assert found == pytest.approx(0.147541842331, rel=1e-7)
        assert gamma == pytest.approx(8.395595e-4, rel=1e-7)
        assert vega == pytest.approx(12.8059086, rel=1e-7)
        if right == "C":
            assert delta == pytest.approx(0.513714440, rel=1e-7)


@pytest.mark.parametrize(
    ("right", "price", "delta"),
    [("C", 160.05342767928568, 0.5155223378), ("P", 147.56622078580682, -0.4834542137)],
)
def test_a_price_worked_by_hand(right, price, delta):
    option = (24_612.5, 24_600, right, YEARS)
    assert oracle.price(option, 0.12, RATE) == pytest.approx(price, rel=1e-9)

    why, found, *greeks = solve(option, price)

    assert why is None
    assert found == pytest.approx(0.12, rel=1e-9)
    assert greeks == pytest.approx([delta, 1.0320676462e-3, 12.8037726680], rel=1e-9)
