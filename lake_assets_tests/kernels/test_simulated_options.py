"""Simulated option prices against an integral, and their parity."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.simulated_options import price_options
from lake_assets_tests.oracles import simulated_options as oracle

RATE = 0.045


def price(spot, strike, years, volatility, *, call):
    columns = (np.array([float(x)]) for x in (spot, strike, years, volatility))
    return float(price_options(*columns, np.array([int(call)]), RATE)[0])


@given(
    st.floats(600, 700),
    st.floats(0.97, 1.03),
    st.floats(1e-4, 0.02),
    st.floats(0.06, 1),
    st.booleans(),
)
def test_a_price_is_the_mean_payoff(spot, moneyness, years, volatility, call):
    strike = spot * moneyness
    expected = oracle.option_price(spot, strike, years, volatility, RATE, call=call)
    assert price(spot, strike, years, volatility, call=call) == pytest.approx(expected, abs=1e-6)


@given(st.floats(600, 700), st.floats(600, 700), st.floats(1e-5, 0.1), st.floats(0.05, 2))
def test_a_call_less_its_put_is_the_forward(spot, strike, years, volatility):
    call = price(spot, strike, years, volatility, call=True)
    put = price(spot, strike, years, volatility, call=False)
    assert call - put == pytest.approx(spot - strike * math.exp(-RATE * years), abs=1e-9)


def test_the_money_at_six_hours():
    """The specification's reference: sigma 0.20, 21600 s, strike at spot."""
    years = 21_600 / 31_536_000
    assert price(690, 690, years, 0.2, call=True) == pytest.approx(1.45146447, abs=1e-8)
    assert price(690, 690, years, 0.2, call=False) == pytest.approx(1.43019767, abs=1e-8)
