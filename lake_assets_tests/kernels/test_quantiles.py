"""Expanding quantiles against sorting again each time."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.quantiles import expanding_quantiles
from lake_assets_tests.oracles import quantiles as oracle

numbers = st.sampled_from([0.0, 1.0, 1.5, -2.0, 7.25]) | st.floats(-1e6, 1e6)


def found(values, usable, cuts, share) -> list:
    told = expanding_quantiles(
        np.array(values, float), np.array(usable, bool), np.array(cuts, np.int64), share
    )
    return [None if np.isnan(value) else value for value in told]


@given(
    st.lists(st.tuples(numbers, st.booleans()), max_size=60),
    st.lists(st.integers(0, 60), max_size=8),
    st.sampled_from([0.0, 0.25, 0.5, 0.9, 1.0]),
)
def test_every_quantile_equals_the_slow_one(seconds, cuts, share):
    values, usable = [v for v, _ in seconds], [ok for _, ok in seconds]
    cuts = sorted(min(cut, len(values)) for cut in cuts)

    assert found(values, usable, cuts, share) == oracle.expanding(values, usable, cuts, share)


def test_four_values_interpolate_between_order_statistics():
    assert found([4.0, 1.0, 3.0, 2.0], [True] * 4, [4], 0.25) == [1.75]


def test_the_cut_itself_is_not_before_it():
    assert found([1.0, 9.0], [True, True], [0, 1, 2], 0.5) == [None, 1.0, 5.0]


def test_an_unusable_number_never_counts():
    assert found([np.nan, 2.0], [False, True], [2], 0.5) == [2.0]
