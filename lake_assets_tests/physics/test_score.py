"""The score of a touch: the seconds before it, the slow twin, and the past alone."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lake_assets.catalog.options import OPTION_FLOW
from lake_assets.catalog.silver import FRONT_CONTRACT
from lake_assets.catalog.stream import RowStream
from lake_assets.catalog.touch import SCORE, TOUCHES
from lake_assets.errors import ComputationRefusedError
from lake_assets.physics.barrier_grid import barrier_of, measure_barrier_grid
from lake_assets.physics.fuel import measure_fuel
from lake_assets.physics.parameters import ScoreParams
from lake_assets.physics.score import earlier_moments, score_moments, score_touches
from lake_assets.physics.tape import measure_tape
from lake_assets_tests.kernels.books import (
    MID,
    SECOND,
    START,
    records_in_order,
    trades_in_order,
    windows,
)
from lake_assets_tests.oracles import score as oracle
from lake_assets_tests.physics.books import book_frame, trades_frame
from lake_assets_tests.physics.frames import OPEN_NS, table
from lake_assets_tests.physics.options import flow

FRONT = table(FRONT_CONTRACT)
DEFAULTS = ScoreParams()
MINUTE = 60 * SECOND
TOUCH_NS = OPEN_NS + 600 * SECOND + 30 * SECOND
K = 27_600
LEVEL_U = 6_900_000
HERE = (TOUCH_NS, 250 * K, LEVEL_U, 1, K)
MINUTES = [START - START % MINUTE + at * MINUTE for at in range(-1, 4)]
# Thresholds that small books and tapes reach.
EASY = ScoreParams(
    barrier_delta_contracts=20,
    weak_depth_contracts=10,
    absorb_filled_contracts=10,
    sweep_min_notional_usd=10_000_000,
    tape_slope_full_points_s=0.25,
    score_hold_s=1,
    score_grid_s=4,
    break_score=60.0,
    reject_score=30.0,
    contested_contracts=5,
    confidence_churn_contracts=50,
    confidence_tape_contracts=50,
    confidence_fuel_contracts=100,
)

contract = st.tuples(
    st.sampled_from([LEVEL_U - 20_001, LEVEL_U - 20_000, LEVEL_U]),
    st.sampled_from("CP"),
    st.integers(1, 150),
    st.sampled_from([-60, -20, 0, 20, 60]),
    st.sampled_from([0, 1, 900]),
    st.one_of(st.none(), st.just(0.1)),
)
chain = st.lists(contract, max_size=3, unique_by=lambda row: row[:2]).map(
    lambda rows: sorted(rows, key=lambda row: row[:2])
)
flows_by_minute = st.dictionaries(st.sampled_from(MINUTES), chain, max_size=4)


@st.composite
def touches_of(draw, *histories):
    """Touches at and after what happened, some of them on the next minute's first seconds."""
    asked = draw(windows(*histories))
    shift = st.sampled_from([-1_001, -1_000, 0, 1_000, 1_001])
    return [
        (ns, level_e, LEVEL_U + draw(shift), sign, round(level_e / 250) + draw(st.integers(-5, 5)))
        for ns, level_e, sign in asked
    ]


def market(records=(), trades=(), flows=None):
    """Book, trades, front contract and options, as the score reads them."""
    chains = [flow(rows, at) for at, rows in sorted((flows or {}).items()) if rows]
    return (
        RowStream.of(book_frame(list(records))),
        trades_frame(list(trades)),
        FRONT,
        pl.concat(chains) if chains else OPTION_FLOW.empty(),
    )


def touch_frame(touches) -> pl.DataFrame:
    """Touches of (ns, level_e, level_u, sign, ticks)."""
    return table(
        TOUCHES,
        ts_event_ns=[row[0] for row in touches],
        minute_ns=[row[0] - row[0] % MINUTE for row in touches],
        level_e=[row[1] for row in touches],
        level_u=[row[2] for row in touches],
        direction=["UP" if row[3] > 0 else "DOWN" for row in touches],
        price_ticks=[row[4] for row in touches],
    )


def engines_of(touches, observed, params):
    """Barrier, tape and fuel at the touches, and the barrier at every second of the grid."""
    book, trades, front, options = observed
    grid = measure_barrier_grid(touches, book, trades, front, params)
    return (
        barrier_of(grid),
        measure_tape(touches, trades, front, params),
        measure_fuel(touches, options, params),
        grid,
    )


def score_of(touches, records=(), trades=(), flows=None, params=DEFAULTS) -> pl.DataFrame:
    frame, observed = touch_frame(touches), market(records, trades, flows)
    score = score_touches(frame, *engines_of(frame, observed, params), *observed[1:], params)
    SCORE.schema.validate(score)
    return score


def sweeps(*backs, side=1):
    """Prints that sweep two prices within ten milliseconds, seconds before the touch."""
    at = [TOUCH_NS - round(back * SECOND) for back in backs]
    pairs = [[(ns, 0, K, 40, side), (ns + 10**7, 1, K + 1, 40, side)] for ns in at]
    return [trade for pair in pairs for trade in pair]


@pytest.mark.parametrize(
    ("back_s", "word"),
    [(3.5, "BREAK"), (2.5, "NEUTRAL")],
    ids=["for three seconds", "for two"],
)
def test_a_break_has_held_for_three_seconds(back_s, word):
    # a sweep is all there is: the score is 100 from the first whole second after it
    score = score_of([HERE], trades=sweeps(back_s))

    assert score.select("break_score_raw", "signal").row(0) == (100, word)


def quiet_touch(raws_of_options, trades=()):
    """A touch in the first seconds of a minute, so the fuel may change on the way to it."""
    first = TOUCH_NS - TOUCH_NS % MINUTE
    before, now = raws_of_options
    flows = {first - MINUTE: effect(before), first: effect(now)}
    touch = (first + 2 * SECOND, 250 * K, LEVEL_U, 1, K)
    return score_of([touch], trades=trades, flows=flows).row(0, named=True)


def effect(net):
    """A chain whose customers hold ``net``: 60 and more speak, one way or the other."""
    return [] if net is None else [(LEVEL_U, "C", 60, net, 900, 0.10)]


@pytest.mark.parametrize(
    ("before", "now", "word"),
    [
        (60, 60, "BREAK"),
        (-60, -60, "REJECT"),
        (None, 60, "NEUTRAL"),
        (None, -60, "NEUTRAL"),
        (0, 60, "NEUTRAL"),
        (60, None, None),
    ],
    ids=[
        "amplified",
        "dampened",
        "unknown before, amplified now",
        "unknown before, dampened now",
        "neutral before",
        "unknown now",
    ],
)
def test_an_unknown_second_holds_neither_a_break_nor_a_rejection(before, now, word):
    row = quiet_touch((before, now))

    assert row["signal"] == word


def test_the_fuel_of_each_second_is_that_of_its_own_minute():
    row = quiet_touch((0, 60))

    # eight seconds of 50, then three of 100 from the minute's start on
    expected = oracle.smooth([50] * 8 + [100] * 3, 2.0)
    assert row["break_score_smooth"] == pytest.approx(expected, abs=1e-12)


def test_exactly_eighty_breaks_and_exactly_twenty_rejects():
    # bought nine to one, nothing else known: 25 of 100 times eight tenths is 20
    one_sided = [(TOUCH_NS - 30 * SECOND, 0, K, 9, 1), (TOUCH_NS - 30 * SECOND, 1, K, 1, -1)]
    rejected = score_of([HERE], trades=one_sided)
    # asks pulled under an amplified move, and a tape of sellers: 45 and 35 of 100
    emptied = [(0, 300), (1, 300)], [(0, 60), (1, 60)]
    records = [
        (TOUCH_NS - s * SECOND, 0, 128, "A", [(K - 9, 5)], [(K + at, n) for at, n in levels])
        for s, levels in zip((31, 30), emptied, strict=True)
    ]
    sellers = [(TOUCH_NS - 20 * SECOND, 0, K, 5, -1)]
    minute = TOUCH_NS - TOUCH_NS % MINUTE
    broken = score_of([HERE], records, sellers, {minute: effect(60)})

    assert rejected.select("break_score_raw", "signal").row(0) == (20, "REJECT")
    assert broken.select("break_score_raw", "signal").row(0) == (80, "BREAK")


def test_nothing_known_gives_a_row_of_nulls():
    measured = score_of([HERE]).drop("event_id", "ts_event_ns", "level_kind", "level_u")

    assert set(measured.row(0)) == {None}


def test_no_touches_have_no_scores():
    assert score_of([]).equals(SCORE.empty())


def test_a_table_of_other_touches_is_refused():
    touches, observed = touch_frame([HERE, HERE]), market()
    barrier, tape, fuel, grid = engines_of(touches, observed, DEFAULTS)

    with pytest.raises(ComputationRefusedError, match=r"tape .2 rows. must hold the 2 rows"):
        score_touches(touches, barrier, tape.reverse(), fuel, grid, *observed[1:], DEFAULTS)


def test_a_grid_of_other_seconds_is_refused():
    touches, observed = touch_frame([HERE]), market()
    engines = engines_of(touches, observed, ScoreParams(score_grid_s=9))

    with pytest.raises(ComputationRefusedError, match=r"barrier_grid .10 rows. must hold the 11"):
        score_touches(touches, *engines, *observed[1:], DEFAULTS)


def test_what_must_hold_lies_within_the_grid():
    with pytest.raises(ValidationError, match="score_hold_s must not exceed score_grid_s"):
        ScoreParams(score_grid_s=2)


def test_the_grid_is_every_second_before_the_touch():
    moments = earlier_moments(touch_frame([HERE]), DEFAULTS)

    assert moments["ts_event_ns"].to_list() == [TOUCH_NS - s * SECOND for s in range(10, 0, -1)]
    assert set(moments["level_e"]) == {250 * K}


@settings(max_examples=40)
@given(records_in_order, trades_in_order, flows_by_minute, st.data())
def test_asked_at_the_touch_the_grid_says_what_the_engines_tables_say(records, trades, flows, data):
    touches = data.draw(touches_of(records, trades))
    frame, observed = touch_frame(touches), market(records, trades, flows)

    score = score_of(touches, records, trades, flows, EASY)

    barrier, *_ = engines_of(frame, observed, EASY)
    asked = score_moments(frame, barrier, *observed[1:], EASY)
    assert asked.equals(score.select(asked.columns))


@settings(max_examples=60)
@given(records_in_order, trades_in_order, flows_by_minute, st.data())
def test_every_score_equals_the_slow_one(records, trades, flows, data):
    params = data.draw(st.sampled_from([DEFAULTS, EASY]))
    touches = data.draw(touches_of(records, trades))

    score = score_of(touches, records, trades, flows, params)

    for row, touch in zip(score.iter_rows(named=True), touches, strict=True):
        for name, value in oracle.score(records, trades, flows, touch, params).items():
            is_number = isinstance(value, int | float | Fraction)
            expected = pytest.approx(float(value), abs=1e-9) if is_number else value
            assert row[name] == expected, name


@settings(max_examples=25)
@given(records_in_order, trades_in_order, flows_by_minute, st.data())
def test_the_future_changes_nothing(records, trades, flows, data):
    touches = data.draw(touches_of(records, trades))
    cut = data.draw(st.sampled_from([touch[0] for touch in touches] or [START]))
    early = [touch for touch in touches if touch[0] <= cut]
    past = [[row for row in rows if row[0] < cut] for rows in (records, trades)]
    known = {at: rows for at, rows in flows.items() if at <= cut}
    wild = [data.draw(records_in_order), data.draw(trades_in_order)]
    later = {at: rows for at, rows in data.draw(flows_by_minute).items() if at > cut}

    whole = score_of(early, records, trades, flows)

    assert whole.equals(score_of(early, *past, known))
    changed = [
        before + [row for row in rows if row[0] >= cut]
        for before, rows in zip(past, wild, strict=True)
    ]
    assert whole.equals(score_of(early, *changed, known | later))


def test_a_sweep_toward_the_level_counts_for_either_direction():
    down = (TOUCH_NS, 250 * MID, LEVEL_U, -1, MID)

    assert score_of([down], trades=sweeps(5, side=-1))["tape_score"].to_list() == [100]
    assert score_of([down], trades=sweeps(5, side=1))["tape_score"].to_list() == [0]
