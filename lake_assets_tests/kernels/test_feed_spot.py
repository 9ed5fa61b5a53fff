"""Spot of each second, against the definition applied to one second after another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.feed_spot import latest_spot
from lake_assets_tests.oracles import feed_spot as oracle

SECONDS = 4
row = st.tuples(
    st.integers(-1, SECONDS), st.integers(0, 3), st.none() | st.integers(1, 4).map(float)
)


def read(rows):
    second = np.array([s for s, _, _ in rows], np.int32)
    time_us = np.array([10 * s + t for s, t, _ in rows], np.int64)
    spot = np.array([np.nan if v is None else v for _, _, v in rows])
    found, conflict = latest_spot(second, time_us, spot, SECONDS)
    return [
        (None if np.isnan(s) else s, c)
        for s, c in zip(found.tolist(), conflict.tolist(), strict=True)
    ]


@given(st.lists(row, max_size=40))
def test_every_second_equals_the_slow_look(rows):
    slow = [
        oracle.spot_of_second([(t, v) for at, t, v in rows if at == second])
        for second in range(SECONDS)
    ]
    assert read(rows) == slow


@given(st.permutations([(0, 1, 3.0), (0, 1, 1.0), (0, 1, 2.0), (0, 1, 2.0), (0, 0, 9.0)]))
def test_the_order_of_rows_does_not_matter(rows):
    assert read(rows)[0] == (2.0, True)


@pytest.mark.parametrize(
    ("rows", "spot"),
    [
        ([(0, 1, 5.0), (0, 1, 7.0)], (5.0, True)),
        ([(0, 0, 5.0), (0, 1, 7.0)], (7.0, False)),
        ([(0, 0, 5.0), (0, 1, None)], (5.0, False)),
        ([(0, 0, 5.0), (0, 0, 6.0), (0, 1, 7.0)], (7.0, False)),
        ([], (None, False)),
    ],
    ids=["lower of two", "latest", "latest that names one", "old quarrel", "nobody"],
)
def test_spot_of_a_second(rows, spot):
    assert read(rows)[0] == spot
