"""Ranks around a quantile against fractions of the binomial."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.quantile_ranks import quantile_ranks
from lake_assets_tests.oracles import quantile_ranks as oracle


def found(n, share, tail=0.025):
    """Ranks from 1, None where there is none."""
    pair = quantile_ranks(np.array([n]), share, tail)
    return tuple(int(place[0]) + 1 if place[0] >= 0 else None for place in pair)


@given(st.integers(1, 250), st.sampled_from([0.5, 0.9, 0.95, 0.3]))
def test_every_rank_equals_the_slow_one(n, share):
    assert found(n, share) == oracle.ranks(n, share, 0.025)


@pytest.mark.parametrize(
    ("n", "share", "ranks"),
    [
        (20, 0.5, (6, 15)),
        (20, 0.9, (15, None)),
        (100, 0.9, (84, 96)),
        (100, 0.95, (90, 100)),
        (5, 0.5, (None, None)),
    ],
)
def test_the_worked_ranks(n, share, ranks):
    assert found(n, share) == ranks


def test_nothing_has_no_rank():
    assert found(0, 0.5) == (None, None)


@pytest.mark.parametrize("share", [0.5, 0.95])
def test_many_values_follow_the_normal_law(share):
    n = 2_000_000
    away = 1.959963984540054 * (n * share * (1 - share)) ** 0.5
    low, high = found(n, share)
    assert low == pytest.approx(n * share - away, abs=2)
    assert high == pytest.approx(n * share + away, abs=2)
