"""The uniqueness kernel against its slow twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.uniqueness import mean_uniqueness
from lake_assets_tests.oracles import uniqueness as oracle

lives_of_labels = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 40)).map(lambda life: (life[0], sum(life))),
    max_size=25,
)


def mean(lives) -> list[float]:
    first, last = np.array(lives, np.int64).reshape(-1, 2).T.copy()
    return mean_uniqueness(first, last).tolist()


@given(lives_of_labels)
def test_every_mean_equals_the_slow_count(lives):
    expected = [float(exact) for exact in oracle.average_uniqueness(lives)]

    assert mean(lives) == pytest.approx(expected, rel=1e-12)


@given(lives_of_labels)
def test_a_share_is_positive_and_at_most_one(lives):
    assert all(0 < share <= 1 for share in mean(lives))


@given(lives_of_labels, st.integers(-(10**10), 10**10))
def test_only_differences_of_time_matter(lives, shift):
    moved = [(first + shift, last + shift) for first, last in lives]

    assert mean(moved) == mean(lives)


@given(lives_of_labels.filter(bool))
def test_shares_add_up_to_the_seconds_covered(lives):
    # each covered second is handed out once, whoever shares it
    lengths = [last - first + 1 for first, last in lives]
    covered = {second for first, last in lives for second in range(first, last + 1)}

    handed_out = sum(share * length for share, length in zip(mean(lives), lengths, strict=True))

    assert handed_out == pytest.approx(len(covered))


def test_a_life_alone_is_exactly_its_own():
    assert mean([(0, 6), (7, 9), (100, 100)]) == [1.0, 1.0, 1.0]


def test_no_lives_have_no_shares():
    assert mean([]) == []
