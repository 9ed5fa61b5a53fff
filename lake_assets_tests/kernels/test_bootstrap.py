"""Bootstrap intervals against the same draws in Python's whole numbers."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.bootstrap import bootstrap_intervals
from lake_assets_tests.oracles import bootstrap as oracle

units = st.tuples(st.floats(-1e6, 1e6), st.integers(1, 1_000).map(float))


def found(groups, seeds, draws=20, tail=0.025) -> list:
    flat = [unit for group in groups for unit in group]
    starts = np.cumsum([0, *(len(group) for group in groups)])
    low, high = bootstrap_intervals(
        np.array([top for top, _ in flat], float),
        np.array([bottom for _, bottom in flat], float),
        starts.astype(np.int64),
        np.array(seeds, np.uint64),
        draws,
        tail,
    )
    return [tuple(None if np.isnan(b) else b for b in pair) for pair in zip(low, high, strict=True)]


@given(st.lists(st.tuples(st.lists(units, max_size=12), st.integers(0, 2**32 - 1)), max_size=4))
def test_every_interval_equals_the_slow_one(drawn):
    groups, seeds = [group for group, _ in drawn], [seed for _, seed in drawn]

    slow = [oracle.interval(group, seed, 20, 0.025) for group, seed in drawn]

    assert found(groups, seeds) == slow


def test_the_generator_is_the_published_one():
    numbers = oracle.split_mix(1234567)
    # test vector of the reference implementation in C
    assert [next(numbers) for _ in range(3)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
    ]


def test_two_thousand_draws_are_the_slow_ones():
    group = [(1.5, 1.0), (2.5, 2.0), (-4.0, 1.0), (9.0, 3.0), (0.25, 1.0)]
    assert found([group], [7], 2_000) == [oracle.interval(group, 7, 2_000, 0.025)]


def test_equal_units_leave_no_doubt():
    assert found([[(6.0, 2.0)] * 7], [1]) == [(3.0, 3.0)]


def test_another_group_changes_nothing():
    group = [(float(k), 1.0) for k in range(9)]
    assert found([[(1.0, 1.0)], group], [3, 5])[1] == found([group], [5])[0]


def test_an_empty_group_has_no_interval():
    assert found([[]], [1]) == [(None, None)]
