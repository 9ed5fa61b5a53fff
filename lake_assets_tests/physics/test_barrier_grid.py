"""The barrier before a touch, second by second: the slow twin, one reading for all, the past."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.catalog.stream import RowStream
from lake_assets.catalog.touch import BARRIER, BARRIER_GRID
from lake_assets.physics.barrier import measure_barrier
from lake_assets.physics.barrier_grid import barrier_of, measure_barrier_grid
from lake_assets.physics.parameters import BarrierGridParams
from lake_assets_tests.kernels.books import (
    SECOND,
    START,
    records_in_order,
    trades_in_order,
    windows,
)
from lake_assets_tests.oracles import barrier as oracle
from lake_assets_tests.physics.books import book_frame, trades_frame
from lake_assets_tests.physics.test_barrier import FRONT, TOUCH_NS, K, asks, state, touch_frame

# Thresholds that small books reach.
EASY = BarrierGridParams(
    score_grid_s=3, barrier_delta_contracts=20, weak_depth_contracts=10, wall_min_weight_s=1
)
KEYS = ["event_id", "ts_event_ns", "level_kind", "level_u"]


def grid_of(records, trades, touches, params=EASY):
    """Measure (ns, level_e, sign) touches."""
    observed = RowStream.of(book_frame(records)), trades_frame(trades), FRONT
    return measure_barrier_grid(touch_frame(touches), *observed, params)


def at_second(touches, back):
    return [(ns - back * SECOND, *rest) for ns, *rest in touches]


def test_a_touch_has_a_row_for_itself_and_each_second_before_it():
    grid = grid_of([], [], [(TOUCH_NS, 250 * K, 1), (TOUCH_NS + 1, 250 * K, -1)])

    assert grid["seconds_before"].to_list() == [0, 1, 2, 3] * 2
    assert grid["ts_event_ns"].to_list() == [TOUCH_NS] * 4 + [TOUCH_NS + 1] * 4
    BARRIER_GRID.schema.validate(grid)


def test_an_update_is_seen_from_the_first_second_after_it():
    records = [state(TOUCH_NS - s * SECOND, asks((0, 100 - s))) for s in (9, 8, 2)]

    grid = grid_of(records, [], [(TOUCH_NS, 250 * K, 1)])

    # the update two seconds before is no part of the window that ends there
    assert grid["barrier_added"].to_list() == [7, 7, 1, 1]


def test_no_touches_have_no_rows():
    assert grid_of([], [], []).equals(BARRIER_GRID.empty())
    assert barrier_of(BARRIER_GRID.empty()).equals(BARRIER.empty())


@settings(max_examples=60)
@given(records_in_order, trades_in_order, st.data())
def test_every_second_equals_the_slow_count(records, trades, data):
    touches = data.draw(windows(records, trades))
    seconds = [
        window for touch in touches for back in range(4) for window in at_second([touch], back)
    ]

    grid = grid_of(records, trades, touches)

    for row, window in zip(grid.iter_rows(named=True), seconds, strict=True):
        slow = oracle.barrier(records, trades, window, EASY)
        assert row["barrier_state"] == oracle.state_of(slow, EASY)
        for name in row.keys() & slow.keys():
            exact = slow[name]
            expected = pytest.approx(float(exact)) if isinstance(exact, Fraction) else exact
            assert row[name] == expected, name


@settings(max_examples=60)
@given(records_in_order, trades_in_order, st.data())
def test_one_reading_says_what_a_reading_for_each_second_says(records, trades, data):
    touches = data.draw(windows(records, trades))
    observed = RowStream.of(book_frame(records)), trades_frame(trades), FRONT

    grid = grid_of(records, trades, touches)

    for back in range(EASY.score_grid_s + 1):
        alone = measure_barrier(touch_frame(at_second(touches, back)), *observed, EASY)
        together = grid.filter(seconds_before=back)
        assert together.select(alone.columns).drop(KEYS).equals(alone.drop(KEYS))


@given(records_in_order, trades_in_order, st.data())
def test_the_touchs_own_rows_are_the_barrier(records, trades, data):
    touches = data.draw(windows(records, trades))

    barrier = barrier_of(grid_of(records, trades, touches))

    observed = RowStream.of(book_frame(records)), trades_frame(trades), FRONT
    assert barrier.equals(measure_barrier(touch_frame(touches), *observed, EASY))


@settings(max_examples=40)
@given(records_in_order, trades_in_order, st.data())
def test_the_future_changes_nothing(records, trades, data):
    touches = data.draw(windows(records, trades))
    cut = data.draw(st.sampled_from([end for end, *_ in touches] or [START]))
    early = [touch for touch in touches if touch[0] <= cut]
    past = [[row for row in rows if row[0] < cut] for rows in (records, trades)]
    wild = [data.draw(records_in_order), data.draw(trades_in_order)]
    changed = [
        before + [row for row in rows if row[0] >= cut]
        for before, rows in zip(past, wild, strict=True)
    ]

    whole = grid_of(records, trades, early)

    assert whole.equals(grid_of(*past, early))
    assert whole.equals(grid_of(*changed, early))
