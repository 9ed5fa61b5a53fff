"""The state of a defence: its decision list, rule by rule and at the edges."""

import polars as pl
import pytest

from lake_assets.physics.barrier_state import barrier_state
from lake_assets.physics.parameters import BarrierParams

COLUMNS = ["barrier_added", "barrier_canceled", "barrier_filled", "depth_in_zone", "wall_ratio"]


def state_of(added, canceled, filled, depth, wall_ratio=None):
    row = pl.DataFrame(
        [(added, canceled, filled, depth, wall_ratio)],
        orient="row",
        schema=dict.fromkeys(COLUMNS, pl.Int64) | {"wall_ratio": pl.Float64},
    )
    return row.select(barrier_state(BarrierParams())).item()


@pytest.mark.parametrize(
    ("moves", "word"),
    [
        ((10, 150, 20, 200), "VACUUM"),
        ((10, 20, 150, 200), "CONSUMED"),
        ((10, 80, 80, 200), "CONSUMED"),
        ((300, 50, 50, 400), "WALL"),
        ((150, 0, 0, 200), "WALL"),
        ((130, 10, 70, 200), "ABSORPTION"),
        ((60, 30, 20, 200), "NEUTRAL"),
        ((0, 0, 0, 40), "WEAK"),
        ((100, 60, 60, 200), "ABSORPTION"),
        ((0, 0, 0, 200), "NEUTRAL"),
    ],
)
def test_the_first_rule_that_holds_names_the_state(moves, word):
    assert state_of(*moves) == word


@pytest.mark.parametrize(
    ("moves", "word"),
    [
        ((45, 150, 0, 200), "NEUTRAL"),  # R is 0.3, not below
        ((0, 100, 0, 200), "NEUTRAL"),  # delta is -100, not below
        ((100, 0, 0, 200), "NEUTRAL"),  # delta is 100, not above
        ((300, 200, 0, 200), "NEUTRAL"),  # R is 1.5, not above
        ((303, 201, 0, 200), "WALL"),
        ((50, 0, 50, 200), "ABSORPTION"),  # filled 50 and delta 0
        ((49, 0, 49, 200), "NEUTRAL"),
        ((26, 0, 75, 200), "ABSORPTION"),  # delta -49, churn 101
        ((25, 0, 75, 200), "NEUTRAL"),  # delta -50
        ((50, 1, 50, 200), "ABSORPTION"),  # churn 101
        ((26, 1, 50, 200), "NEUTRAL"),  # churn 77
        ((0, 0, 0, 50), "NEUTRAL"),
        ((0, 0, 0, 49), "WEAK"),
        ((0, 0, 0, None), "NEUTRAL"),
        ((0, 0, 0, 200, 0.5), "NEUTRAL"),
        ((0, 0, 0, 200, 0.49), "WEAK"),
        ((100, 60, 60, 40), "WEAK"),  # weakness comes before a balance
    ],
)
def test_a_threshold_itself_is_not_past_it(moves, word):
    assert state_of(*moves) == word


def test_an_unknown_book_has_no_state():
    assert state_of(None, None, None, 9, 0.1) is None
