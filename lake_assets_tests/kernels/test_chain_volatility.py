"""Bisection equals its slow twin, and says nothing where nothing can be said."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.chain_volatility import Chain, bisect_volatility
from lake_assets.kernels.parity import CALL, PUT
from lake_assets_tests.oracles import chain_volatility as oracle


def solved(rows, rate=0.04, dividend=0.0):
    """Rows of (spot, strike, is_call, years, mid); unknown is None."""
    spot, strike, calls, years, mid = zip(*rows, strict=True) if rows else ((),) * 5
    floats = [np.array([math.nan if v is None else v for v in c], float) for c in (spot, mid)]
    right = np.array([CALL if c else PUT for c in calls], np.int8)
    chain = Chain(floats[0], np.array(strike, float), right, np.array(years, float), floats[1])
    return [None if math.isnan(v) else v for v in bisect_volatility(chain, rate, dividend)]


option = st.tuples(
    st.none() | st.floats(50, 150),
    st.floats(40, 160),
    st.booleans(),
    st.floats(1 / 8760, 3),
    st.none() | st.floats(0, 150),
)


@given(st.lists(option, max_size=12), st.floats(-0.02, 0.1), st.floats(0, 0.05))
def test_kernel_equals_slow_bisection(rows, rate, dividend):
    found = solved(rows, rate, dividend)
    for got, (spot, strike, is_call, years, mid) in zip(found, rows, strict=True):
        want = oracle.solve(spot, strike, years, mid, rate, dividend, is_call=is_call)

        def worth(sigma, known=(spot, strike, years), is_call=is_call):
            return oracle.price(*known, sigma, rate, dividend, is_call=is_call)

        if (got is None) != (want is None):
            # at the very bounds the last digit of the two normal distributions decides
            assert min(abs(mid - worth(0.01)), abs(mid - worth(5.0))) < 1e-9
        elif got is not None:
            # far from the money and near expiry a price hardly knows its volatility
            assert got == pytest.approx(want, abs=1e-7) or worth(got) == pytest.approx(
                worth(want), abs=1e-9
            )


@pytest.mark.parametrize("is_call", [True, False])
@pytest.mark.parametrize("sigma", [0.011, 0.05, 0.2, 1.0, 4.9])
def test_a_price_gives_back_its_volatility(sigma, is_call):
    mid = oracle.price(100, 101, 30 / 365, sigma, 0.04, 0.01, is_call=is_call)
    found = solved([(100, 101, is_call, 30 / 365, mid)], dividend=0.01)
    if sigma > 0.02 or mid > 1e-6:
        assert found == [pytest.approx(sigma, abs=2e-6)]


@pytest.mark.parametrize(
    ("spot", "mid"),
    [(100.0, 9.9), (100.0, 100.0), (100.0, None), (None, 12.0), (0.0, 12.0), (-1.0, 12.0)],
    ids=["below intrinsic", "the whole spot", "no mid", "no spot", "spot 0", "spot below 0"],
)
def test_outside_the_bounds_there_is_no_volatility(spot, mid):
    assert solved([(spot, 90, True, 0.1, mid)]) == [None]


def test_no_options_no_volatilities():
    assert solved([]) == []
