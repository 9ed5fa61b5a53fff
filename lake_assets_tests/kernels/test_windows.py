"""Window sums against sums of slices."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.windows import window_sums
from lake_assets_tests.oracles import windows as oracle


@given(st.lists(st.none() | st.integers(-(2**40), 2**40), max_size=50), st.sampled_from([1, 10]))
def test_sums_equal_the_slow_ones(values, window):
    known = np.array([v is not None for v in values], np.bool_)

    sums, counts = window_sums(np.array([v or 0 for v in values], np.int64), known, window)

    slow = [oracle.window_sum(values, t, window) for t in range(len(values))]
    assert list(zip(sums.tolist(), counts.tolist(), strict=True)) == slow
