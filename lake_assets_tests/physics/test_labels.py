"""What followed a touch: the reference vector, the hours, the gaps, and what is known when."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.gold import LABELS
from lake_assets.catalog.touch import TOUCHES
from lake_assets.errors import UnorderedInputError
from lake_assets.market.sessions import session_on
from lake_assets.market.vocabulary import TouchHours
from lake_assets.physics.labels import label_touches
from lake_assets.physics.parameters import LabelParams
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

HALF_DAY = session_on(date(2025, 11, 28))
PATH = {10: 27_593, 20: 27_606, 31: 27_608, 32: 27_609}
PATH |= dict.fromkeys((60, 110, 165, 220, 275), 27_580)
NAMES = list(oracle.UNKNOWN)


def label(path, *, at=TOUCH_NS, ticks=27_596, session=SESSION, params=None, **touch) -> dict:
    """Label one touch of 690.00, then the prices of a path {seconds after it: ticks}."""
    trades = [(at, ticks), *((at + s * SECOND, k) for s, k in sorted(path.items()))]
    touches = table(TOUCHES, ts_event_ns=[at], price_ticks=ticks, **touch)
    return label_all(touches, trades, session=session, params=params).row(0, named=True)


def label_all(touches, trades, *, session=SESSION, params=None) -> pl.DataFrame:
    return label_touches(touches, tape(trades), FRONT, session, params or LabelParams())


def test_the_first_trade_beyond_a_barrier_decides():
    told = label(PATH)

    assert told["outcome"] == "BREAK"
    assert (told["time_to_break_s"], told["time_to_bounce_s"]) == (32.0, 60.0)
    assert told["future_price_5min"] == 689.5
    assert (told["excursion_max"], told["excursion_min"]) == (0.225, -0.5)
    assert told["label_end_ns"] == TOUCH_NS + 32 * SECOND
    assert told["label_horizon_end_ns"] == TOUCH_NS + 300 * SECOND
    assert (told["label_reason"], told["label_barrier_shifted"]) == ("OK", False)
    assert told["avg_uniqueness"] == 1.0


def test_a_silence_in_the_horizon_leaves_no_label():
    told = label({s: k for s, k in PATH.items() if s not in (110, 165)})

    assert told["label_reason"] == "DATA_GAP"
    assert [told[name] for name in (*NAMES, "avg_uniqueness")] == [None] * 9
    assert told["label_horizon_end_ns"] == TOUCH_NS + 300 * SECOND


@pytest.mark.parametrize(
    ("low", "outcome"), [(27_581, "CHOP"), (27_580, "BOUNCE")], ids=["at 689.525", "below it"]
)
def test_a_barrier_the_touch_stands_beyond_moves_on(low, outcome):
    told = label(QUIET | {60: low}, ticks=27_589)

    assert (told["outcome"], told["label_barrier_shifted"]) == (outcome, True)


@pytest.mark.parametrize(
    ("ticks", "moved"), [(27_593, False), (27_592, True), (27_607, False), (27_608, True)]
)
def test_a_touch_exactly_at_a_barrier_moves_it(ticks, moved):
    assert label(QUIET, ticks=ticks)["label_barrier_shifted"] is moved


def test_without_shifting_the_next_print_beyond_decides():
    told = label({1: 27_589, **QUIET}, ticks=27_589, params=LabelParams(label_shift_outside=False))

    assert (told["outcome"], told["time_to_bounce_s"]) == ("BOUNCE", 1.0)
    assert told["label_barrier_shifted"] is False


@pytest.mark.parametrize(
    ("session", "before_close", "reason"),
    [
        (SESSION, 4 * MINUTE, "PAST_CLOSE"),
        (SESSION, 5 * MINUTE, "OK"),
        (HALF_DAY, 5 * MINUTE, "OK"),
        (HALF_DAY, 5 * MINUTE - 1, "PAST_CLOSE"),
    ],
    ids=["15:56", "15:55", "12:55 on a half day", "a nanosecond after"],
)
def test_a_horizon_past_the_regular_close_leaves_no_label(session, before_close, reason):
    told = label(QUIET, at=int(session.rth.closes) - before_close, session=session)

    assert told["label_reason"] == reason
    assert (told["outcome"] is None) == (reason != "OK")


def test_past_the_close_wins_over_a_gap():
    assert label({}, at=CLOSE_NS - MINUTE)["label_reason"] == "PAST_CLOSE"


def test_all_of_globex_is_cut_at_the_sessions_close():
    params = LabelParams(touch_hours=TouchHours.globex)
    closes = int(SESSION.hours.closes)

    assert label(QUIET, at=CLOSE_NS, params=params)["label_reason"] == "OK"
    assert label(QUIET, at=closes - MINUTE, params=params)["label_reason"] == "PAST_CLOSE"


@pytest.mark.parametrize("minutes", [1, 15])
def test_the_future_price_looks_five_minutes_on_whatever_the_horizon(minutes):
    path = QUIET | {300: 27_604, 301: 27_500}

    told = label(path, params=LabelParams(label_horizon_min=minutes))

    assert told["future_price_5min"] == 690.1


def test_a_short_horizon_near_the_close_has_no_future_price():
    told = label(QUIET, at=CLOSE_NS - MINUTE, params=LabelParams(label_horizon_min=1))

    assert (told["label_reason"], told["future_price_5min"]) == ("OK", None)


def test_dollars_are_the_nearest_floats():
    # polars would multiply by 0.0001 and give 690.1225000000001
    told = label(QUIET | {300: 27_600}, basis_u=-1_225, level_e=6_900_000)

    assert told["future_price_5min"] == 690.1225


def test_excursions_take_the_touchs_own_basis():
    told = label(QUIET | {60: 27_602}, basis_u=56_663, level_e=6_900_100)

    assert (told["excursion_max"], told["excursion_min"]) == (0.04, -0.01)
    assert told["future_price_5min"] == 684.3337


@pytest.mark.parametrize(("after", "reason"), [(0, "DATA_GAP"), (1, "OK")])
def test_data_as_of_the_horizons_end_do_not_reach_it(after, reason):
    params = LabelParams(as_of_ns=TOUCH_NS + 300 * SECOND + after)

    assert label(QUIET, params=params)["label_reason"] == reason


def test_a_weight_waits_for_the_neighbour_that_is_not_labelled_yet():
    trades = [(TOUCH_NS + s * SECOND, k) for s, k in QUIET.items()]
    touches = table(TOUCHES, ts_event_ns=[TOUCH_NS, TOUCH_NS + 301 * SECOND])
    joined = table(TOUCHES, ts_event_ns=[TOUCH_NS, TOUCH_NS + 299 * SECOND])
    as_of = LabelParams(as_of_ns=TOUCH_NS + 400 * SECOND)

    weights = [
        label_all(frame, trades, params=as_of)["avg_uniqueness"].to_list()
        for frame in (touches, joined)
    ]

    assert weights == [[1.0, None], [None, None]]


def test_a_weight_waits_for_a_touch_that_may_still_come_in_its_last_second():
    ends = TOUCH_NS + 300 * SECOND

    early = label(QUIET, params=LabelParams(as_of_ns=ends + SECOND - 1))
    later = label(QUIET, params=LabelParams(as_of_ns=ends + SECOND))

    assert (early["label_reason"], early["avg_uniqueness"]) == ("OK", None)
    assert later["avg_uniqueness"] == 1.0


def test_trades_at_the_touchs_own_stamp_are_not_its_path():
    trades = [(TOUCH_NS, 27_596), (TOUCH_NS, 27_640)]
    trades += [(TOUCH_NS + s * SECOND, k) for s, k in QUIET.items()]

    told = label_all(table(TOUCHES, ts_event_ns=[TOUCH_NS], price_ticks=27_596), trades)

    assert told["outcome"].to_list() == ["CHOP"]
    assert told["label_end_ns"].to_list() == [TOUCH_NS + 300 * SECOND]


def test_two_trades_of_one_nanosecond_decide_in_their_order():
    at = TOUCH_NS + 10 * SECOND
    rest = [(TOUCH_NS + s * SECOND, k) for s, k in QUIET.items()]
    touches = table(TOUCHES, ts_event_ns=[TOUCH_NS])

    outcomes = [
        label_all(touches, [(at, first), (at, second), *rest])["outcome"].item()
        for first, second in [(27_609, 27_591), (27_591, 27_609)]
    ]

    assert outcomes == ["BREAK", "BOUNCE"]


def test_trades_that_go_back_in_time_are_refused():
    with pytest.raises(UnorderedInputError, match="es_trades must be sorted"):
        label_all(table(TOUCHES), [(TOUCH_NS, 27_600), (TOUCH_NS - 1, 27_600)])


def test_the_rows_are_those_declared():
    trades = [(TOUCH_NS + s * SECOND, k) for s, k in sorted(QUIET.items())]
    touches = table(TOUCHES, ts_event_ns=[TOUCH_NS, TOUCH_NS + 1, CLOSE_NS - 1, CLOSE_NS - SECOND])

    told = label_all(touches, trades)

    LABELS.schema.validate(told)
    assert told["event_id"].to_list() == touches["event_id"].to_list()


def test_no_touches_give_no_labels():
    assert label_all(TOUCHES.empty(), [(TOUCH_NS, 27_600)]).equals(LABELS.empty())


def test_a_session_without_regular_hours_labels_its_no_touches():
    closed = session_on(date(2025, 1, 9))

    assert closed.rth is None
    assert label_all(TOUCHES.empty(), [], session=closed).equals(LABELS.empty())


parameters = st.builds(
    LabelParams,
    label_horizon_min=st.sampled_from([1, 5, 6]),
    label_gap_s=st.sampled_from([59, 60, 300]),
    label_shift_outside=st.booleans(),
    as_of_ns=st.none() | st.integers(1, 1_300).map(lambda s: CLOSE_NS - s * SECOND),
)


@given(trades_in_order, chosen_trades, parameters, st.sampled_from([0, 56_663, -3]))
def test_every_label_equals_the_slow_walk(trades, chosen, params, basis_u):
    touches = touch_some(trades, chosen, basis_u)

    told = label_all(touches, trades, params=params)

    expected = [oracle.label(trades, touch, CLOSE_NS, params) for touch in told_of(touches)]
    assert told.select(*NAMES, "label_reason", "label_horizon_end_ns").to_dicts() == expected


@given(trades_in_order, chosen_trades, st.integers(0, 1_300), trades_in_order)
def test_a_label_whose_horizon_ended_is_not_changed_by_the_future(trades, chosen, seconds, other):
    cut = CLOSE_NS - seconds * SECOND
    touches = touch_some(trades, chosen).filter(pl.col("ts_event_ns") < cut)
    past = [row for row in trades if row[0] < cut]
    as_of = LabelParams(as_of_ns=cut)

    whole = label_all(touches, trades)
    known = pl.col("label_horizon_end_ns") < cut
    for future in ([], [row for row in other if row[0] >= cut]):
        early = label_all(touches, past + future, params=as_of)

        assert_same_but_weight(whole.filter(known), early.filter(known))
        assert early.filter(~known)["outcome"].null_count() == early.filter(~known).height


def assert_same_but_weight(whole, early):
    """Every label is the same; a weight too, or it waits."""
    assert whole.drop("avg_uniqueness").equals(early.drop("avg_uniqueness"))
    weights = zip(whole["avg_uniqueness"], early["avg_uniqueness"], strict=True)
    assert all(now is None or now == later for later, now in weights)


@given(trades_in_order, chosen_trades)
def test_the_market_upside_down_tells_the_same_of_the_other_direction(trades, chosen):
    touches = touch_some(trades, chosen)
    turned, mirror = upside_down(touches, trades)

    told = label_all(touches, trades)
    mirrored = label_all(turned, mirror)

    assert told.drop("future_price_5min").equals(mirrored.drop("future_price_5min"))
