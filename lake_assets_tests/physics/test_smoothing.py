"""The smooth score: the reference vectors, gaps, and the slow twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.physics.smoothing import smooth_last
from lake_assets_tests.oracles import score as oracle

score = st.one_of(st.none(), st.floats(0, 100))


def smooth(*paths):
    """Last values of scores a second apart, None where unknown."""
    raw = np.array(paths, "f8").T
    return [None if np.isnan(value) else value for value in smooth_last(raw, 2.0)]


@pytest.mark.parametrize(
    ("path", "last"),
    [
        ([50, 50, 50, 60, 60, 70, 80, 85, 85, 90, 85], 84.014702618),
        ([50, None, None, 80], 73.306095196),
    ],
)
def test_the_reference_paths(path, last):
    assert smooth(path) == [pytest.approx(last, abs=1e-9)]


@pytest.mark.parametrize(
    ("path", "last"),
    [([70, 80, None], None), ([None, None, 64], 64.0), ([None, None], None), ([80], 80.0)],
    ids=["unknown at the touch", "known at the touch only", "never known", "no grid"],
)
def test_what_is_unknown_is_neither_carried_nor_counted(path, last):
    assert smooth(path) == [last]


@given(st.lists(st.lists(score, min_size=11, max_size=11), min_size=1, max_size=5))
def test_every_path_equals_the_slow_one(paths):
    for found, path in zip(smooth(*paths), paths, strict=True):
        expected = oracle.smooth(path, 2.0)
        assert found == (None if expected is None else pytest.approx(expected, abs=1e-9))


@given(st.lists(score, min_size=11, max_size=11))
def test_a_mean_stays_among_what_it_is_the_mean_of(path):
    (found,) = smooth(path)

    known = [value for value in path if value is not None]
    assert found is None or min(known) - 1e-9 <= found <= max(known) + 1e-9


def test_no_paths_have_no_means():
    assert smooth_last(np.empty((11, 0)), 2.0).size == 0
