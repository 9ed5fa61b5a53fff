"""Returns and their size, against the definitions and figures worked by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.returns import acceleration, gaps, log_returns, realized_volatility
from lake_assets_tests.oracles import returns as oracle

LEAST = 80
prices = st.lists(
    st.none() | st.sampled_from([24_000.0, 24_000.05, 24_001.5, 23_998.25]), max_size=160
)


def array(values):
    return np.array([np.nan if v is None else v for v in values], np.float64)


def listed(values):
    return [None if math.isnan(v) else v for v in values.tolist()]


@given(prices, st.sampled_from([1, 5, 10]))
def test_returns_equal_the_slow_ones(spot, lag):
    slow = [oracle.log_return(spot, t, lag) for t in range(len(spot))]
    assert listed(log_returns(array(spot), lag)) == slow


@given(prices, st.sampled_from([10, 30, 120]))
def test_volatilities_equal_the_slow_ones(spot, window):
    ret = [oracle.log_return(spot, t, 1) for t in range(len(spot))]
    volatility, known = realized_volatility(array(ret), window, LEAST)

    slow = [oracle.realized_volatility(ret, t, window) for t in range(len(ret))]

    assert volatility == pytest.approx(array([v for v, _ in slow]), rel=1e-12, nan_ok=True)
    assert known.tolist() == [n for _, n in slow]


@given(prices)
def test_accelerations_equal_the_slow_ones_and_stay_within_ten(spot):
    ret = [oracle.log_return(spot, t, 1) for t in range(len(spot))]

    found = acceleration(array(ret), 10, LEAST)

    slow = array([oracle.acceleration(ret, t) for t in range(len(ret))])
    assert found == pytest.approx(slow, rel=1e-12, nan_ok=True)
    assert ((found >= 0) & (found <= 10) | np.isnan(found)).all()


@given(prices)
def test_gaps_equal_the_slow_ones(spot):
    change, missed = gaps(array(spot))
    slow = [oracle.gap(spot, t) for t in range(len(spot))]

    assert listed(change) == [c for c, _ in slow]
    assert missed.tolist() == [s or 0 for _, s in slow]


@given(st.lists(st.none() | st.floats(-1e-3, 1e-3), min_size=121, max_size=200))
def test_a_short_window_beats_a_long_one_by_a_bounded_ratio(ret):
    short, few = realized_volatility(array(ret), 10, LEAST)
    long, many = realized_volatility(array(ret), 120, LEAST)

    both = (long > 1e-12) & ~np.isnan(short)
    bound = np.sqrt(many[both] / few[both])

    assert (short[both] / long[both] <= bound * (1 + 1e-12)).all()
    assert (bound <= math.sqrt(15)).all()


def test_the_ceiling_of_complete_windows_is_reached():
    # the first second of a session has no return, so the windows are full from the 121st on
    ret = np.array([np.nan] + [0.0] * 110 + [1e-4] * 10)
    short, long = (realized_volatility(ret, window, LEAST)[0][-1] for window in (10, 120))

    assert short / long == pytest.approx(3.4641016151377544, rel=1e-12)


def test_a_gap_worked_by_hand():
    spot = [24000, 24001, 24000.5, 24002, None, 24003, 24003.5, 24003, 24004, 24006]
    spot += [24005, 24005.5, 24007]
    ret = log_returns(array(spot), 1)
    rv, known = realized_volatility(ret, 10, LEAST)
    accel = acceleration(ret, 10, LEAST)

    assert [t for t, r in enumerate(listed(ret)) if r is None] == [0, 4, 5]
    assert math.isnan(rv[9])
    assert rv[10:].tolist() == pytest.approx(
        [4.657812714749848e-05, 4.4796727845874455e-05, 4.9401657670831264e-05], rel=1e-12
    )
    assert known[10:].tolist() == [8, 8, 8]
    assert accel[10:].tolist() == pytest.approx(
        [0.9999010581844059, 0.5332970422151282, 1.411647082509019], rel=1e-12
    )
    ret_5s = log_returns(array(spot), 5)
    assert ret_5s[10] == pytest.approx(8.33194468071298e-05, rel=1e-12)
    assert math.isnan(ret_5s[9])
    assert gaps(array(spot))[1].tolist() == [0] * 5 + [1] + [0] * 7


def test_a_tick_of_the_index_is_not_rounded_away():
    ret = log_returns(np.array([24_000.0, 24_000.05]), 1)
    assert ret[1] == pytest.approx(2.0833311632666177e-06, rel=1e-12)


@pytest.mark.parametrize("cut", [1, 11, 60, 150])
def test_a_day_that_was_cut_has_the_same_bits(cut):
    spot = 24_000 + np.cumsum(np.random.default_rng(7).normal(0, 0.4, 300))
    for window in (10, 30, 120):
        whole = realized_volatility(log_returns(spot, 1), window, LEAST)[0]
        past = realized_volatility(log_returns(spot[:cut], 1), window, LEAST)[0]
        assert whole[:cut].tobytes() == past.tobytes()
