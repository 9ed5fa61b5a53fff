"""The weight of a label among its neighbours."""

import polars as pl
import pytest

from lake_assets.catalog.gold import LABELS
from lake_assets.physics.uniqueness import average_uniqueness
from lake_assets_tests.physics.frames import OPEN_NS, table

SECOND = 10**9


def labels(*lives, outcome="CHOP") -> pl.DataFrame:
    """Labels that live from one moment to another, in seconds from the open."""
    starts, ends = zip(*lives, strict=True)
    return table(
        LABELS,
        ts_event_ns=[OPEN_NS + round(start * SECOND) for start in starts],
        label_end_ns=[OPEN_NS + round(end * SECOND) for end in ends],
        outcome=outcome,
    )


def test_seconds_shared_by_two_count_half():
    assert average_uniqueness(labels((0, 9), (5, 14), (20, 24))).to_list() == [0.75, 0.75, 1.0]


def test_whole_seconds_meet_whatever_the_fractions():
    # both lives touch second 2, one at its end and one at its beginning
    assert average_uniqueness(labels((1.9, 2.1), (2.8, 3.0))).to_list() == [0.75, 0.75]


def test_a_row_without_outcome_has_no_weight_and_takes_none():
    told = labels((0, 9), (0, 9), outcome=["BREAK", None])

    assert average_uniqueness(told).to_list() == [1.0, None]


def test_weights_follow_the_rows():
    told = labels((20, 24), (0, 9), (5, 14))

    assert average_uniqueness(told).to_list() == [1.0, 0.75, 0.75]


@pytest.mark.parametrize(
    ("known_to", "weights"),
    [(None, [0.75, 0.75]), (15, [0.75, 0.75]), (14.9, [0.75, None]), (9, [None, None])],
)
def test_a_life_that_an_untold_label_may_share_waits(known_to, weights):
    unknown_from = None if known_to is None else OPEN_NS + round(known_to * SECOND)

    assert average_uniqueness(labels((0, 9), (5, 14)), unknown_from).to_list() == weights


def test_no_rows_give_no_weights():
    assert average_uniqueness(LABELS.empty()).to_list() == []
    assert average_uniqueness(LABELS.empty()).dtype == pl.Float64
