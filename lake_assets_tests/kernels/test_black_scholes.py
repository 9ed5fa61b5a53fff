"""Volatilities and greeks against textbook formulas, the reference numbers, and their edges."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lake_assets.kernels.black_scholes import (
    Options,
    VolatilityRule,
    implied_volatility,
    measure_greeks,
    normal_cdf,
)
from lake_assets.kernels.parity import CALL, PUT
from lake_assets.physics.parameters import OptionParams
from lake_assets_tests.oracles import black_scholes as oracle

PARAMS = OptionParams()
RULE = VolatilityRule(PARAMS.rate, PARAMS.iv_min, PARAMS.iv_max, PARAMS.iv_tol)
SPOT_U = 6_900_000
HALF_DAY_S = 21_600

contracts = st.tuples(
    st.integers(6_850_000, 6_950_000),
    st.integers(640, 740).map(lambda dollars: 10_000 * dollars),
    st.sampled_from("CP"),
    st.one_of(st.sampled_from([60, 61, 300, 23_400]), st.integers(60, 86_400)),
)
volatilities = st.floats(0.01, 5)
# a half cent to the whole of spot: deep wings, prices no volatility gives, prices none may have
half_units = st.one_of(st.integers(1, 2_000), st.integers(1, 400_000), st.integers(1, 14_000_000))


def options(rows) -> Options:
    """Of (spot_u, strike_u, right, seconds)."""
    spot, strike, right, seconds = zip(*rows, strict=True)
    return Options(
        np.array(spot, np.int64),
        np.array(strike, np.int64),
        np.array([CALL if side == "C" else PUT for side in right], np.int8),
        np.array(seconds) / oracle.YEAR_S,
    )


def imply(row, twice_price_u, rule=RULE):
    return implied_volatility(options([row]), np.array([twice_price_u], np.int64), rule)[0]


def greeks(row, volatility):
    measured = measure_greeks(options([row]), np.array([volatility]), PARAMS.rate)
    return [column[0] for column in measured]


def textbook(row, sigma):
    option = oracle.dollars(in_years(row))
    return oracle.price(option, sigma, PARAMS.rate), oracle.greeks(option, sigma, PARAMS.rate)


def in_years(row):
    return *row[:3], row[3] / oracle.YEAR_S


@pytest.mark.parametrize(
    ("row", "price_u", "iv", "measured"),
    [
        (
            (SPOT_U, 6_900_000, "C", 21_600),
            21_000,
            0.29002543,
            [0.50313400, 0.07617070, -4.22118619, 0.07203927],
        ),
        (
            (SPOT_U, 6_880_000, "P", 21_600),
            10_500,
            0.26291042,
            [-0.33367389, 0.07661576, -3.42537978, 0.06568576],
        ),
        (
            (SPOT_U, 6_950_000, "C", 9_000),
            4_200,
            0.42810967,
            [0.16036724, 0.04883058, -5.85042338, 0.02840410],
        ),
        (
            (SPOT_U, 6_900_000, "P", 60),
            2_500,
            0.65850620,
            [-0.49978122, 0.63654442, -179.97870669, 0.00379692],
        ),
    ],
    ids=["call at the money", "put below", "call above", "put in the last minute"],
)
def test_the_reference_numbers(row, price_u, iv, measured):
    found = imply(row, 2 * price_u)

    assert found == pytest.approx(iv, abs=1e-6)
    assert greeks(row, found) == pytest.approx(measured, rel=2e-6)


@pytest.mark.parametrize(("right", "price"), [("C", 1.45146447), ("P", 1.43019767)])
def test_the_reference_prices_at_a_fifth(right, price):
    row = (SPOT_U, SPOT_U, right, HALF_DAY_S)

    worth, _ = textbook(row, 0.2)

    assert worth == pytest.approx(price, abs=1e-8)
    assert greeks(row, 0.2)[1] == pytest.approx(0.11045661, rel=2e-6)


@pytest.mark.parametrize(
    ("strike", "right", "twice_price_u"),
    [
        (680, "C", 200_000),
        (680, "C", 200_400),
        (691, "P", 19_800),
        (690, "C", 13_800_000),
        (690, "P", 13_800_000),
        (690, "C", 1),
        (700, "P", 199_999),
        (690, "C", 6_000_000),
        (720, "C", 2_000_000),
    ],
    ids=[
        "at its intrinsic value",
        "below the discounted one",
        "below its intrinsic value",
        "as dear as spot",
        "dearer than the strike",
        "too cheap for the least volatility",
        "half a unit under intrinsic",
        "too dear for the largest",
        "too dear for the largest, far out",
    ],
)
def test_a_price_without_a_volatility(strike, right, twice_price_u):
    assert math.isnan(imply((SPOT_U, 10_000 * strike, right, HALF_DAY_S), twice_price_u))


def test_without_spot_nothing_is_known():
    row = (0, SPOT_U, "C", HALF_DAY_S)

    assert math.isnan(imply(row, 42_000))
    assert all(math.isnan(greek) for greek in greeks(row, 0.2))


def test_without_a_volatility_there_are_no_greeks():
    assert all(math.isnan(g) for g in greeks((SPOT_U, SPOT_U, "P", 60), math.nan))


@pytest.mark.parametrize(
    ("lowest", "highest", "known"),
    [(-1e-9, 1, True), (1e-9, 1, False), (-0.1, 1e-9, True), (-0.1, -1e-9, False)],
    ids=["just above the least", "just below it", "just below the largest", "just above it"],
)
def test_a_volatility_at_a_bound_is_in_it(lowest, highest, known):
    row = (SPOT_U, SPOT_U, "C", HALF_DAY_S)
    exact = RULE._replace(tolerance=1e-12)
    root = imply(row, 42_000, exact)

    found = imply(row, 42_000, RULE._replace(lowest=root + lowest, highest=root + highest))

    assert math.isnan(found) != known
    assert not known or found == pytest.approx(root, abs=1e-8)


@given(st.integers(6_880_000, 6_920_000), st.sampled_from("CP"), st.integers(60, 23_400))
def test_the_last_step_leaves_hardly_an_error(spot_u, right, seconds):
    row = (spot_u, SPOT_U, right, seconds)
    twice_price_u = round(20_000 * textbook(row, 0.4)[0])
    finest = imply(row, twice_price_u, RULE._replace(tolerance=1e-15))

    # steps of 1e-8 that shrink quadratically; halving would leave 1e-8 itself
    assert imply(row, twice_price_u) == pytest.approx(finest, abs=1e-10, nan_ok=True)


def test_a_search_that_never_settles_ends_at_the_root():
    row = (SPOT_U, SPOT_U, "C", HALF_DAY_S)

    assert imply(row, 42_000, RULE._replace(tolerance=-1.0)) == pytest.approx(imply(row, 42_000))


@given(contracts, half_units)
def test_a_volatility_equals_the_one_found_by_halving(row, twice_price_u):
    ends = [textbook(row, sigma)[0] for sigma in (PARAMS.iv_min, PARAMS.iv_max)]
    # at the very edge of what is possible both are right
    assume(all(abs(end - twice_price_u / 20_000) > 1e-9 for end in ends))
    expected = oracle.implied(in_years(row), twice_price_u, PARAMS)

    found = imply(row, twice_price_u)

    assert math.isnan(found) == (expected is None)
    if expected is not None:
        assert found == pytest.approx(expected, abs=1e-6)


@given(contracts, volatilities)
def test_a_price_gives_back_its_volatility(row, sigma):
    worth, (*_, vega) = textbook(row, sigma)
    twice_price_u = round(20_000 * worth)
    assume(vega > 1e-4)
    intrinsic, discounted, most = oracle.bounds(oracle.dollars(in_years(row)), PARAMS.rate)
    assume(max(intrinsic, discounted) + 1e-3 < worth < most)

    found = imply(row, twice_price_u)

    # the price is only known to a quarter of a unit
    assume(not math.isnan(found))
    assert textbook(row, found)[0] == pytest.approx(twice_price_u / 20_000, abs=1e-7)


@given(contracts, volatilities)
def test_greeks_equal_the_textbook(row, sigma):
    assert greeks(row, sigma) == pytest.approx(textbook(row, sigma)[1], rel=1e-9, abs=1e-300)


@given(contracts, volatilities)
def test_greeks_are_finite_and_of_the_right_sign(row, sigma):
    delta, gamma, theta, vega = greeks(row, sigma)

    assert all(math.isfinite(greek) for greek in (delta, gamma, theta, vega))
    assert 0 <= delta * (1 if row[2] == "C" else -1) <= 1
    assert gamma >= 0
    assert vega >= 0


@given(contracts, volatilities)
def test_a_call_and_its_put_differ_by_a_forward(row, sigma):
    call, put = (greeks((*row[:2], right, row[3]), sigma) for right in "CP")

    assert call[0] - put[0] == pytest.approx(1, abs=1e-12)
    assert (call[1], call[3]) == (put[1], put[3])


@given(contracts, st.floats(0.05, 2))
def test_greeks_are_the_slopes_of_the_price(row, sigma):
    spot_u, strike_u, right, seconds = row
    assume(seconds >= 600)
    spot, strike, years = spot_u / 10_000, strike_u / 10_000, seconds / oracle.YEAR_S
    delta, _, theta, vega = greeks(row, sigma)

    def worth(spot=spot, years=years, sigma=sigma):
        return oracle.price((spot, strike, right, years), sigma, PARAMS.rate)

    step = 1e-3
    assert (worth(spot + step) - worth(spot - step)) / (2 * step) == pytest.approx(delta, abs=1e-4)
    later = 1 / oracle.YEAR_S
    decay = (worth(years=years - later) - worth(years=years + later)) / (2 * later) / 365
    assert decay == pytest.approx(theta, rel=1e-4, abs=1e-5)
    nudge = 1e-5
    slope = (worth(sigma=sigma + nudge) - worth(sigma=sigma - nudge)) / (2 * nudge) / 100
    assert slope == pytest.approx(vega, rel=1e-4, abs=1e-7)


@given(st.lists(st.tuples(contracts, half_units), min_size=1, max_size=8))
def test_an_option_does_not_see_its_neighbours(rows):
    both = [row for row, _ in rows], np.array([price for _, price in rows], np.int64)

    together = implied_volatility(options(both[0]), both[1], RULE)

    assert np.array_equal(together, [imply(*row) for row in rows], equal_nan=True)


@pytest.mark.parametrize(
    ("x", "chance"),
    [
        (0.0, 0.5),
        (-1.0, 0.15865525393145705),
        (-8.0, 6.220960574271784e-16),
        (-37.0, 5.725571222524577e-300),
        (9.0, 1.0),
    ],
)
def test_the_normal_is_precise_to_its_far_tail(x, chance):
    # values of 0.5 * erfc(-x / sqrt 2) in fifty digits, rounded
    assert normal_cdf(x) == pytest.approx(chance, rel=1e-13)
