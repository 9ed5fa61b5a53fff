"""Extremes of stretches against their slow twin, and at their edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.extremes import find_extremes
from lake_assets_tests.oracles import extremes as oracle

value = st.none() | st.sampled_from([-1.0, 0.0, 1.0]) | st.floats(allow_nan=False)


def found(values, edges):
    array = np.array([np.nan if v is None else v for v in values], float)
    return [tuple(each) for each in find_extremes(array, np.array(edges, np.int64)).tolist()]


@given(st.lists(value, min_size=1, max_size=60), st.sets(st.integers(1, 59)))
def test_every_stretch_equals_the_slow_one(values, cuts):
    edges = [0, *sorted(cut for cut in cuts if cut < len(values)), len(values)]
    assert found(values, edges) == oracle.extremes(values, edges)


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ([2.0, 1.0, 3.0], (1, 2)),
        ([3.0, 1.0, 2.0], (0, 1)),
        ([1.0, 1.0, 1.0], (0, 0)),
        ([None, 5.0, None], (1, 1)),
        ([None, None, None], (0, 0)),
        ([0.0, -0.0, 0.0], (0, 0)),
        ([-np.inf, 0.0, np.inf], (0, 2)),
    ],
    ids=["rise", "fall", "level", "one known", "none known", "zeros", "infinite"],
)
def test_a_stretch(values, places):
    assert found(values, [0, 3]) == [places]


def test_no_stretch_has_no_extremes():
    assert found([], [0]) == []
