"""Values of overlapping slices against picking them slice by slice."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.slices import order_statistics, squares, tally
from lake_assets_tests.oracles import slices as oracle

SLICES_OF = [[0, 2, 3], [1, 2, 3], [3, -1, -1], [2, 3, -1]]
SLICES, DAYS = 4, 3
numbers = st.sampled_from([0.0, 1.0, -2.5]) | st.floats(-1e6, 1e6)
rows = st.lists(st.tuples(numbers, st.integers(0, DAYS - 1), st.integers(0, 3)), max_size=40)


def arrays(drawn):
    """Values, days and cells as kernels take them."""
    return (
        np.array([value for value, _, _ in drawn], float),
        np.array([day for _, day, _ in drawn], np.int64),
        np.array([cell for _, _, cell in drawn], np.int64),
    )


@given(rows)
def test_every_tally_equals_the_slow_one(drawn):
    sums, counts = tally(*arrays(drawn), np.array(SLICES_OF), SLICES, DAYS)

    assert (sums.tolist(), counts.tolist()) == oracle.tally(drawn, SLICES_OF, SLICES, DAYS)


@given(rows, st.lists(numbers, min_size=SLICES, max_size=SLICES))
def test_every_spread_equals_the_slow_one(drawn, means):
    value, _, cell = arrays(drawn)

    found = squares(value, cell, np.array(SLICES_OF), np.array(means))

    assert found.tolist() == oracle.squares(drawn, SLICES_OF, means)


@given(
    rows, st.lists(st.lists(st.integers(-1, 12), min_size=5, max_size=5), min_size=4, max_size=4)
)
def test_every_order_statistic_equals_the_slow_one(drawn, places):
    drawn = sorted(drawn)
    value, _, cell = arrays(drawn)

    found = order_statistics(value, cell, np.array(SLICES_OF), np.array(places))

    np.testing.assert_array_equal(found, oracle.order_statistics(drawn, SLICES_OF, places))
