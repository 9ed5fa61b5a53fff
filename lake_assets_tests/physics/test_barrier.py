"""The barrier before a touch: the reference vectors, its nulls, and the past alone."""

from fractions import Fraction

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.silver import FRONT_CONTRACT
from lake_assets.catalog.stream import RowStream
from lake_assets.catalog.touch import BARRIER, TOUCHES
from lake_assets.errors import UnorderedInputError
from lake_assets.physics.barrier import BarrierWindows, barrier_at, measure_barrier
from lake_assets.physics.parameters import BarrierParams
from lake_assets_tests.kernels.books import (
    SECOND,
    START,
    records_in_order,
    trades_in_order,
    windows,
)
from lake_assets_tests.oracles import barrier as oracle
from lake_assets_tests.physics.books import book_frame, trades_frame
from lake_assets_tests.physics.frames import OPEN_NS, table

FRONT = table(FRONT_CONTRACT)
TOUCH_NS = OPEN_NS + 600 * SECOND
COUNTS = ("book_updates", "book_coverage_s")
BIDS = [(27_500, 10)]
K = 27_600  # 6900.00


def barrier_of(records, trades, touches=((TOUCH_NS, 250 * K, 1),), params=None) -> pl.DataFrame:
    """Measure (ns, level_e, sign) touches."""
    return measure_barrier(
        touch_frame(touches),
        RowStream.of(book_frame(records)),
        trades_frame(trades),
        FRONT,
        params or BarrierParams(),
    )


def touch_frame(touches) -> pl.DataFrame:
    return table(
        TOUCHES,
        ts_event_ns=[ns for ns, *_ in touches],
        level_e=[level for _, level, _ in touches],
        direction=["UP" if sign > 0 else "DOWN" for *_, sign in touches],
    )


def asks(*levels):
    return [(K + at, size) for at, size in levels]


def state(ns, ask_levels, bids=BIDS):
    return (ns, 0, 128, "A", bids, ask_levels)


def worked_example():
    """Five states of asks about 6900.00 and the trades between them."""
    at = [TOUCH_NS - 61 * SECOND, *(TOUCH_NS - s * SECOND for s in (40, 30, 20, 4))]
    book = [
        asks((0, 100), (1, 80), (2, 60), (3, 40)),
        asks((0, 60), (1, 80), (2, 90), (3, 40)),
        asks((1, 80), (2, 90), (3, 40), (4, 55)),
        asks((-1, 20), (0, 25), (1, 80), (2, 50)),
        asks((-1, 5), (0, 25), (1, 80), (2, 50)),
    ]
    trades = [(at[1] - 1, 0, K, 30, 1), (at[2] - 1, 0, K, 70, 1), (at[4] - 1, 0, K - 1, 15, -1)]
    return [state(ns, levels) for ns, levels in zip(at, book, strict=True)], trades


def test_the_book_is_accounted_price_by_price_where_it_is_visible():
    records, trades = worked_example()

    row = barrier_of(records, trades).row(0, named=True)

    assert row["barrier_replenishment_ratio"] == pytest.approx(0.4838709677, abs=1e-10)
    exact = {name: row[name] for name in row if name.startswith(("barrier", "churn", "depth", "b"))}
    assert exact == {
        "barrier_added": 75,
        "barrier_canceled": 65,
        "barrier_filled": 90,
        "barrier_delta_liq": -80.0,
        "barrier_replenishment_ratio": 75 / 155,
        "churn": 230.0,
        "barrier_hidden": 10,
        "barrier_masked_updates": 3,
        "depth_in_zone": 160,
        "barrier_zone_prices": 4,
        "barrier_state": "NEUTRAL",
        "book_updates": 4,
        # 1 to 5 s after the state before the window and after three of its four states, 4 s
        # after the last
        "book_coverage_s": 4.0 + 5 + 5 + 5 + 4,
    }


def test_bids_defend_a_level_met_from_above():
    records, trades = worked_example()
    mirrored = [
        state(ns, [(K + 10, 10)], [(2 * K - k, n) for k, n in levels])
        for ns, _, _, _, _, levels in records
    ]
    against = [(ns, seq, 2 * K - k, size, -side) for ns, seq, k, size, side in trades]

    down = barrier_of(mirrored, against, [(TOUCH_NS, 250 * K, -1)])

    assert down.equals(barrier_of(records, trades))


def test_the_wall_is_measured_by_the_depth_of_five_minutes():
    # 40 contracts a price for 200 s, then 55 for 100 s; 160 at the four prices of the zone
    records = []
    for before in range(300, 0, -5):
        outside = 40 if before > 100 else 115
        levels = asks((5, 40), (6, 40), (7, 40), (8, 40), (9, outside))
        records.append(state(TOUCH_NS - before * SECOND, levels))

    row = barrier_of(records, [])

    assert row.select("depth_in_zone", "barrier_zone_prices").row(0) == (160, 4)
    assert row["wall_ratio"].to_list() == [160 / (45 * 4)]
    assert row["wall_ratio"].item() == pytest.approx(0.8888888889, abs=1e-10)


@pytest.mark.parametrize(("late_ns", "ratio"), [(0, 1.0), (1, None)])
def test_a_wall_is_known_after_a_minute_of_states(late_ns, ratio):
    # twelve states that speak for five seconds each, the last of them a little less
    ages = [115 - 10 * at for at in range(12)]
    records = [state(TOUCH_NS - s * SECOND, asks((0, 7), (1, 7))) for s in ages]
    records[-1] = state(records[-1][0] + late_ns, asks((0, 7), (1, 7)))

    assert barrier_of(records, [])["wall_ratio"].to_list() == [ratio]


def test_a_usual_depth_that_is_no_whole_number_loses_nothing():
    # ten contracts at three prices, one of them seen into: 10/3 is usual, and 5/3 is half of it
    levels = asks((7, 2), (8, 3), (9, 5))
    records = [state(TOUCH_NS - s * SECOND, levels) for s in range(300, 0, -1)]
    whole = [state(TOUCH_NS - s * SECOND, asks((6, 2), (7, 3), (8, 5))) for s in range(300, 0, -1)]

    assert barrier_of(records, [])["wall_ratio"].to_list() == [0.75]
    assert barrier_of(whole, [])["wall_ratio"].to_list() == [1.0]


@pytest.mark.parametrize(
    ("levels", "age_s", "depth", "prices"),
    [
        (asks((0, 7), (8, 9), (9, 1)), 5, 16, 9),
        (asks((0, 7), (8, 9), (9, 1)), 6, None, None),
        (asks((9, 7), (12, 9)), 1, 0, 0),
        (asks((-12, 7), (-9, 9)), 1, None, None),
        (asks((-12, 7), (-8, 9)), 1, 9, 1),
        ([], 1, None, None),
        (asks((3, 0), (4, 0)), 1, None, None),
    ],
    ids=[
        "both ends of the zone",
        "older than five seconds",
        "all behind the best price",
        "out of sight",
        "the first price only",
        "nothing shown",
        "shown with no size",
    ],
)
def test_depth_is_what_the_last_state_shows_in_the_zone(levels, age_s, depth, prices):
    full = asks((0, 5), (1, 5))
    records = [state(TOUCH_NS - s * SECOND, full) for s in (50, 40)]

    row = barrier_of([*records, state(TOUCH_NS - age_s * SECOND, levels)], [])

    assert row.select("depth_in_zone", "barrier_zone_prices").row(0) == (depth, prices)


def test_without_a_book_all_is_null_but_the_counts():
    row = barrier_of([], [(TOUCH_NS - 1, 0, K, 5, 1)])

    BARRIER.schema.validate(row)
    assert row.select(COUNTS).row(0) == (0, 0.0)
    measured = row.drop(COUNTS).select(pl.exclude("event_id", "ts_event_ns", "^level_.*$"))
    assert set(measured.row(0)) == {None}


def test_one_state_is_no_pair():
    records = [state(TOUCH_NS - s * SECOND, asks((0, 60), (1, s))) for s in (61, 2)]

    row = barrier_of(records, []).row(0, named=True)

    assert row["book_updates"] == 1
    assert row["book_coverage_s"] == 4 + 2
    assert {row[name] for name in ("barrier_state", "barrier_added", "depth_in_zone")} == {None}


def test_no_touches_read_no_book():
    unread = RowStream.of(pl.DataFrame({"raw_symbol": []}))

    measured = measure_barrier(touch_frame([]), unread, trades_frame([]), FRONT, BarrierParams())

    assert measured.equals(BARRIER.empty())


def test_other_contracts_are_not_read():
    records, trades = worked_example()
    other = book_frame([state(TOUCH_NS - 1, asks((0, 999)))]).with_columns(
        raw_symbol=pl.lit("ESM6")
    )
    both = RowStream.of(pl.concat([book_frame(records), other]))
    touches = touch_frame([(TOUCH_NS, 250 * K, 1)])

    row = measure_barrier(touches, both, trades_frame(trades), FRONT, BarrierParams())

    assert row.equals(barrier_of(records, trades))


def test_a_book_that_goes_back_in_time_is_refused():
    with pytest.raises(UnorderedInputError, match="es_mbp10 must be sorted"):
        barrier_of([state(TOUCH_NS - 1, []), state(TOUCH_NS - 2, [])], [])


@given(records_in_order, trades_in_order, st.data())
def test_every_column_equals_the_slow_count(records, trades, data):
    params = data.draw(st.sampled_from([BarrierParams(), EASY]))
    asked = data.draw(windows(records, trades))

    measured = barrier_of(records, trades, asked, params)

    if asked:
        BARRIER.schema.validate(measured)
    for row, window in zip(measured.iter_rows(named=True), asked, strict=True):
        slow = oracle.barrier(records, trades, window, params)
        assert row["barrier_state"] == oracle.state_of(slow, params)
        for name in row.keys() & slow.keys() - {"wall_ratio"}:
            exact = slow[name]
            assert row[name] == (float(exact) if isinstance(exact, Fraction) else exact)
        assert (row["wall_ratio"] is None) == (slow.get("wall_ratio") is None)
        if row["wall_ratio"] is not None:
            assert row["wall_ratio"] == pytest.approx(float(slow["wall_ratio"]), rel=1e-13)


# Thresholds that small books reach, so every rule of the list is met.
EASY = BarrierParams(
    barrier_delta_contracts=20,
    weak_depth_contracts=10,
    balance_delta_contracts=10,
    balance_churn_contracts=20,
    absorb_filled_contracts=10,
    wall_min_weight_s=1,
)


@given(records_in_order, trades_in_order, st.data())
def test_the_future_changes_nothing(records, trades, data):
    asked = data.draw(windows(records, trades))
    cut = data.draw(st.sampled_from([end for end, *_ in asked] or [START]))
    early = [window for window in asked if window[0] <= cut]
    past, others = [row for row in records if row[0] < cut], data.draw(records_in_order)
    before, wild = [row for row in trades if row[0] < cut], data.draw(trades_in_order)

    whole = barrier_of(records, trades, early)

    assert whole.equals(barrier_of(past, before, early))
    changed = past + [row for row in others if row[0] >= cut]
    assert whole.equals(barrier_of(changed, before + [row for row in wild if row[0] >= cut], early))


@given(records_in_order, trades_in_order, st.data())
def test_a_window_is_told_the_same_whatever_else_is_asked(records, trades, data):
    asked = data.draw(windows(records, trades))

    together = barrier_of(records, trades, asked)

    for place, each in enumerate(asked):
        alone = barrier_of(records, trades, [each])
        assert alone.drop("event_id").equals(together[place].drop("event_id"))


def test_windows_may_be_asked_without_touches():
    records, trades = worked_example()
    ends = np.array([TOUCH_NS - s * SECOND for s in range(10, -1, -1)], "i8")
    grid = BarrierWindows(ends, np.full(11, 250 * K), np.zeros(11, "i8"))

    asked = barrier_at(
        grid, RowStream.of(book_frame(records)), trades_frame(trades), FRONT, BarrierParams()
    )

    touches = barrier_of(records, trades, [(end, 250 * K, 1) for end in ends.tolist()])
    assert asked.equals(touches.select(asked.columns))
