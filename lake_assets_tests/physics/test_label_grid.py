"""Labels by grid: each cell on its own, from the level and from the touch."""

from datetime import date
from itertools import product

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lake_assets.catalog.label_grid import LABEL_GRID
from lake_assets.catalog.touch import TOUCHES
from lake_assets.errors import UnorderedInputError
from lake_assets.market.sessions import session_on
from lake_assets.market.vocabulary import TouchHours
from lake_assets.physics.label_grid import label_touches_by_grid
from lake_assets.physics.labels import label_touches
from lake_assets.physics.parameters import LabelGridParams, LabelParams
from lake_assets_tests.oracles import labels as oracle
from lake_assets_tests.physics.frames import SESSION, table
from lake_assets_tests.physics.paths import (
    CLOSE_NS,
    FRONT,
    MINUTE,
    QUIET,
    SECOND,
    TOUCH_NS,
    chosen_trades,
    tape,
    told_of,
    touch_some,
    trades_in_order,
    upside_down,
)

FEW = LabelGridParams(grid_thresholds_u=[2_000])  # a quarter of the cells, where any would do
CELL = ["anchor", "threshold", "horizon_min"]
TOLD = ["outcome", "hit_ns", "label_reason"]


def label_all(touches, trades, *, session=SESSION, params=None) -> pl.DataFrame:
    return label_touches_by_grid(touches, tape(trades), FRONT, session, params or LabelGridParams())


def label(path, *, at=TOUCH_NS, ticks=27_596, session=SESSION, params=None, **touch) -> dict:
    """Every cell of one touch of 690.00, and the prices of a path {seconds after it: ticks}."""
    trades = [(at, ticks), *((at + s * SECOND, k) for s, k in sorted(path.items()))]
    touches = table(TOUCHES, ts_event_ns=[at], price_ticks=ticks, **touch)
    rows = label_all(touches, trades, session=session, params=params)
    told = zip(rows.select(CELL).rows(), rows.select(TOLD).rows(), strict=True)
    return dict(told)


def reasons(cells) -> dict[int, str]:
    """Reason by horizon, which must be the same for every anchor and threshold."""
    found = {(minutes, reason) for (_, _, minutes), (_, _, reason) in cells.items()}
    assert len(found) == len({minutes for minutes, _ in found})
    return dict(sorted(found))


def test_each_cell_has_its_own_barriers_and_horizon():
    path = {10: 27_593, 20: 27_606, 31: 27_608, 32: 27_609}
    path |= dict.fromkeys((60, 110, 165, 220, 275), 27_580)

    cells = label(path)

    # y0 is -$0.10: from the touch a break is beyond 690.10 and a bounce below 689.70.
    assert cells["level", 0.2, 5] == ("BREAK", TOUCH_NS + 32 * SECOND, "OK")
    assert cells["touch", 0.2, 5] == ("BREAK", TOUCH_NS + 20 * SECOND, "OK")
    assert cells["level", 0.2, 1] == ("BREAK", TOUCH_NS + 32 * SECOND, "OK")
    assert cells["level", 0.5, 5] == cells["touch", 0.5, 5] == ("CHOP", None, "OK")
    assert cells["level", 0.2, 15] == cells["touch", 2.0, 15] == (None, None, "DATA_GAP")
    assert list(cells) == list(product(["level", "touch"], [0.2, 0.5, 1.0, 2.0], [1, 5, 15]))


@pytest.mark.parametrize("ticks", [27_588, 27_596, 27_600, 27_610])
@pytest.mark.parametrize(("direction", "above"), [("UP", "BREAK"), ("DOWN", "BOUNCE")])
def test_from_the_touch_the_barriers_are_symmetric(ticks, direction, above):
    below = "BOUNCE" if above == "BREAK" else "BREAK"
    still = dict.fromkeys(QUIET, ticks)
    outcomes = [
        label(still | {20: ticks + move}, ticks=ticks, direction=direction)["touch", 0.2, 5][0]
        for move in (8, 9, -8, -9)
    ]

    assert outcomes == ["CHOP", above, "CHOP", below]


def test_a_barrier_the_touch_stands_beyond_moves_by_its_own_threshold():
    # y0 is -$0.275: beyond the $0.20 barrier, which moves to -$0.475; short of the $0.50 one.
    cells = label(QUIET | {60: 27_579}, ticks=27_589)

    assert cells["level", 0.2, 5][0] == "BOUNCE"
    assert cells["level", 0.5, 5][0] == "BOUNCE"
    assert cells["touch", 0.2, 5][:2] == ("BREAK", TOUCH_NS + 50 * SECOND)
    assert label(QUIET | {40: 27_581}, ticks=27_589)["level", 0.2, 5][0] == "CHOP"


def test_a_touch_exactly_at_a_barrier_moves_it():
    cells = label(QUIET | {60: 27_589}, ticks=27_592)

    assert cells["level", 0.2, 5] == ("CHOP", None, "OK")


def test_without_shifting_the_next_print_beyond_decides_from_the_level_only():
    cells = label(
        {1: 27_589, **QUIET}, ticks=27_589, params=LabelGridParams(label_shift_outside=False)
    )

    assert cells["level", 0.2, 1] == ("BOUNCE", TOUCH_NS + SECOND, "OK")
    assert cells["touch", 0.2, 1] == ("BREAK", TOUCH_NS + 50 * SECOND, "OK")


@pytest.mark.parametrize("session", [SESSION, session_on(date(2025, 11, 28))], ids=["", "half day"])
@pytest.mark.parametrize(
    ("before_close", "past"),
    [
        (15 * MINUTE, []),
        (15 * MINUTE - 1, [15]),
        (5 * MINUTE, [15]),
        (4 * MINUTE, [5, 15]),
        (MINUTE - 1, [1, 5, 15]),
    ],
)
def test_each_horizon_has_its_own_close(session, before_close, past):
    found = reasons(label(QUIET, at=int(session.rth.closes) - before_close, session=session))

    assert found == {m: "PAST_CLOSE" if m in past else "OK" for m in (1, 5, 15)}


def test_all_of_globex_is_cut_at_the_sessions_close():
    params = LabelGridParams(touch_hours=TouchHours.globex)

    assert reasons(label(QUIET, at=CLOSE_NS, params=params)) == {1: "OK", 5: "OK", 15: "OK"}


def test_a_silence_leaves_the_horizons_before_it_and_past_the_close_wins():
    silent_later = {s: k for s, k in QUIET.items() if s != 100}

    assert reasons(label(silent_later)) == {1: "OK", 5: "DATA_GAP", 15: "DATA_GAP"}
    assert reasons(label(silent_later, at=CLOSE_NS - 5 * MINUTE)) == {
        1: "OK",
        5: "DATA_GAP",
        15: "PAST_CLOSE",
    }


@pytest.mark.parametrize(("after", "reason"), [(0, "DATA_GAP"), (1, "OK")])
def test_data_as_of_a_horizons_end_do_not_reach_it(after, reason):
    params = LabelGridParams(as_of_ns=TOUCH_NS + 5 * MINUTE + after)

    assert reasons(label(QUIET, params=params)) == {1: "OK", 5: reason, 15: "DATA_GAP"}


def test_dollars_are_the_nearest_floats():
    params = LabelGridParams(grid_thresholds_u=[3, 1_100, 6_911], grid_horizons_min=[1])

    assert {threshold for _, threshold, _ in label(QUIET, params=params)} == {0.0003, 0.11, 0.6911}


def test_the_rows_are_those_declared_and_in_their_order():
    trades = [(TOUCH_NS + s * SECOND, k) for s, k in sorted(QUIET.items())]
    touches = table(TOUCHES, ts_event_ns=[TOUCH_NS, TOUCH_NS, CLOSE_NS - 1], level_u=[2, 1, 1])

    told = label_all(touches, trades)

    LABEL_GRID.schema.validate(told)
    assert told.equals(told.sort(LABEL_GRID.sort_by))
    assert told.height == 3 * 24
    assert told.select(LABEL_GRID.sort_by).is_unique().all()
    assert told["event_id"].unique(maintain_order=True).to_list() == [
        "event-1",
        "event-0",
        "event-2",
    ]


def test_no_touches_give_no_rows():
    told = label_all(TOUCHES.empty(), [(TOUCH_NS, 27_600)])

    assert told.height == 0
    assert told.schema == LABEL_GRID.dtypes


def test_a_session_without_regular_hours_or_trades_has_no_rows():
    closed = session_on(date(2025, 1, 9))

    assert closed.rth is None
    assert label_all(TOUCHES.empty(), [], session=closed).equals(LABEL_GRID.empty())


def test_trades_that_go_back_in_time_are_refused():
    with pytest.raises(UnorderedInputError, match="es_trades must be sorted"):
        label_all(table(TOUCHES), [(TOUCH_NS, 27_600), (TOUCH_NS - 1, 27_600)])


@pytest.mark.parametrize(
    "values", [[], [0], [5, 5], [5, 1], [1_000_001], list(range(1, 18))], ids=str
)
@pytest.mark.parametrize("name", ["grid_thresholds_u", "grid_horizons_min"])
def test_a_grid_is_a_few_positive_rising_numbers(name, values):
    with pytest.raises(ValidationError, match=name):
        LabelGridParams(**{name: values})


rising = st.sets(st.sampled_from([1, 250, 1_000, 2_000, 3_000, 5_000]), min_size=1, max_size=3)
parameters = st.builds(
    LabelGridParams,
    grid_thresholds_u=rising.map(sorted),
    grid_horizons_min=st.sets(st.sampled_from([1, 2, 5, 15]), min_size=1, max_size=3).map(sorted),
    label_gap_s=st.sampled_from([59, 60, 300]),
    label_shift_outside=st.booleans(),
    as_of_ns=st.none() | st.integers(1, 1_300).map(lambda s: CLOSE_NS - s * SECOND),
)


@given(trades_in_order, chosen_trades, parameters, st.sampled_from([0, 56_663, -3]))
def test_every_cell_equals_the_slow_walk(trades, chosen, params, basis_u):
    touches = touch_some(trades, chosen, basis_u)

    told = label_all(touches, trades, params=params)

    expected = {
        (event, *cell): row
        for event, touch in zip(touches["event_id"], told_of(touches), strict=True)
        for cell, row in oracle.grid(trades, touch, CLOSE_NS, params).items()
    }
    keys = told.select("event_id", *CELL).rows()
    assert dict(zip(keys, told.select(TOLD).rows(), strict=True)) == expected


@given(trades_in_order, chosen_trades, parameters)
def test_from_the_level_the_default_cell_is_the_label(trades, chosen, params):
    touches = touch_some(trades, chosen)
    same = params.model_dump(include=set(LabelParams.model_fields))

    labels = label_touches(touches, tape(trades), FRONT, SESSION, LabelParams(**same))
    cell = label_all(touches, trades, params=LabelGridParams(**same)).filter(
        (pl.col("anchor") == "level") & (pl.col("threshold") == 0.2) & (pl.col("horizon_min") == 5)
    )

    hit = pl.when(pl.col("outcome") != "CHOP").then("label_end_ns").alias("hit_ns")
    keys = ["event_id", "ts_event_ns", "level_kind", "level_u"]
    wanted = labels.select(*keys, "outcome", hit, "label_reason").sort("event_id")
    assert cell.select(*keys, *TOLD).sort("event_id").equals(wanted)


@given(trades_in_order, chosen_trades, st.integers(27_588 * 250, 27_612 * 250))
def test_from_the_touch_it_does_not_matter_where_the_level_stands(trades, chosen, level_e):
    touches = touch_some(trades, chosen)
    elsewhere = touches.with_columns(level_e=pl.lit(level_e))

    told, other = (
        label_all(frame, trades, params=FEW).filter(pl.col("anchor") == "touch")
        for frame in (touches, elsewhere)
    )

    assert told.equals(other)


@given(trades_in_order, st.integers(0, 60), st.sampled_from([1, 5, 15]), trades_in_order)
def test_what_comes_after_a_horizon_changes_nothing_before_it(trades, chosen, minutes, other):
    touch = touch_some(trades, [(chosen, 1)])
    ends = touch["ts_event_ns"].item() + minutes * MINUTE
    within = [row for row in trades if row[0] <= ends]
    known = pl.col("horizon_min") <= minutes

    whole = label_all(touch, trades, params=FEW).filter(known)
    for future in ([], [row for row in other if row[0] > ends]):
        assert label_all(touch, within + future, params=FEW).filter(known).equals(whole)


@given(trades_in_order, chosen_trades, st.integers(0, 1_300), trades_in_order)
def test_a_row_whose_horizon_ended_is_not_changed_by_the_future(trades, chosen, seconds, other):
    cut = CLOSE_NS - seconds * SECOND
    touches = touch_some(trades, chosen).filter(pl.col("ts_event_ns") < cut)
    past = [row for row in trades if row[0] < cut]
    as_of = FEW.model_copy(update={"as_of_ns": cut})
    known = pl.col("ts_event_ns") + pl.col("horizon_min").cast(pl.Int64) * MINUTE < cut

    whole = label_all(touches, trades, params=FEW)
    for future in ([], [row for row in other if row[0] >= cut]):
        early = label_all(touches, past + future, params=as_of)

        assert early.filter(known).equals(whole.filter(known))
        assert early.filter(~known)["outcome"].null_count() == early.filter(~known).height


@given(trades_in_order, chosen_trades)
def test_the_market_upside_down_tells_the_same_of_the_other_direction(trades, chosen):
    touches = touch_some(trades, chosen)
    turned, mirror = upside_down(touches, trades)

    told = label_all(touches, trades, params=FEW)
    assert told.equals(label_all(turned, mirror, params=FEW))
