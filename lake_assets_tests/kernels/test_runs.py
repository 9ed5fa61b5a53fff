"""Runs against their slow twin, and at their edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.runs import find_runs
from lake_assets_tests.oracles import runs as oracle


def found(flags, max_hole) -> list[tuple]:
    return [tuple(run) for run in find_runs(np.array(flags, bool), max_hole).tolist()]


@given(st.lists(st.booleans(), max_size=60), st.integers(0, 4))
def test_every_run_equals_the_slow_one(flags, max_hole):
    assert found(flags, max_hole) == oracle.runs(flags, max_hole)


@pytest.mark.parametrize(("hole", "count"), [(3, 1), (4, 2)])
def test_a_hole_longer_than_allowed_separates(hole, count):
    assert len(found([True, *[False] * hole, True], 3)) == count


def test_alternating_flags_have_a_run_each():
    assert found([True, False] * 5 + [True], 0) == [(t, t) for t in range(0, 11, 2)]


def test_nothing_has_no_runs():
    assert found([], 3) == found([False], 3) == []
