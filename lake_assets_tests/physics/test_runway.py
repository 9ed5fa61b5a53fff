"""The runway: the reference vector, which levels stand in the way, and which of equals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lake_assets.catalog.silver import LEVELS
from lake_assets.catalog.touch import RUNWAY, SCORE, TOUCHES
from lake_assets.market.vocabulary import LevelKind
from lake_assets.physics.parameters import RunwayParams
from lake_assets.physics.runway import find_runway
from lake_assets_tests.oracles import runway as oracle
from lake_assets_tests.physics.frames import OPEN_NS, table

MINUTE = 60 * 10**9
AT = 6_900_000
AHEAD = [("VWAP", AT + 500), ("STRIKE", AT + 5_000), ("ROUND", AT + 2_500)]
COLUMNS = [name for name in RUNWAY.dtypes.names() if name.startswith("runway")]

touch = st.tuples(
    st.sampled_from([OPEN_NS, OPEN_NS + MINUTE]),
    st.integers(AT - 3, AT + 3),
    st.sampled_from(["UP", "DOWN"]),
    st.sampled_from(["BREAK", "REJECT", "NEUTRAL", None]),
)
near = st.sampled_from([-10_001, -10_000, -9_999, -1_001, -1_000, -999, 0, 999, 1_000, 1_001])
level = st.tuples(
    st.sampled_from([OPEN_NS, OPEN_NS + MINUTE]),
    st.sampled_from(list(LevelKind)).map(str),
    st.one_of(near, near.map(lambda gap: 1 - gap), st.integers(-30_000, 30_000)).map(
        lambda gap: AT + gap
    ),
)
levels_in_order = st.lists(level, max_size=12).map(
    lambda rows: sorted(rows, key=lambda row: (row[0], oracle.KINDS.index(row[1]), row[2]))
)


def runway_of(touches, levels, params=None):
    """Runways of (minute_ns, level_u, direction, signal) among (minute_ns, kind, level_u)."""
    ns, level_u, direction, signal = map(list, zip(*touches, strict=True)) if touches else [[]] * 4
    minute, kind, price = map(list, zip(*levels, strict=True)) if levels else [[]] * 3
    runway = find_runway(
        table(TOUCHES, minute_ns=ns, level_u=level_u, direction=direction),
        table(LEVELS, minute_ns=minute, kind=kind, level_u=price),
        table(SCORE, signal=signal),
        params or RunwayParams(),
    )
    RUNWAY.schema.validate(runway)
    return runway


def one(levels, direction="UP", signal=None, params=None):
    """The runway from 690.00 among (kind, level_u)."""
    rows = [(OPEN_NS, *each) for each in levels]
    return runway_of([(OPEN_NS, AT, direction, signal)], rows, params).select(COLUMNS).row(0)


def test_the_nearest_level_that_counts_obstructs():
    assert one(AHEAD) == ("UP", 690.5, 0.5, "OBSTRUCTED", "STRIKE")


def test_round_prices_obstruct_nothing():
    assert one([("ROUND", AT + 2_500)]) == ("UP", None, None, "CLEAR", None)


def test_a_rejected_price_runs_back():
    behind = [("OR_LOW", AT - 7_500)]

    assert one(AHEAD + behind, signal="REJECT") == ("DOWN", 689.25, 0.75, "OBSTRUCTED", "OR_LOW")
    assert one(AHEAD + behind, "DOWN", "REJECT") == ("UP", 690.5, 0.5, "OBSTRUCTED", "STRIKE")


@pytest.mark.parametrize(
    ("gap_u", "found"),
    [(1_000, None), (1_001, 0.1001)],
    ids=["ten cents off is the same place", "more is another"],
)
def test_a_level_must_lie_beyond_ten_cents(gap_u, found):
    assert one([("VWAP", AT + gap_u)])[2] == found


@pytest.mark.parametrize(("gap_u", "quality"), [(9_999, "OBSTRUCTED"), (10_000, "CLEAR")])
def test_a_level_a_dollar_away_leaves_the_runway_clear(gap_u, quality):
    assert one([("VWAP", AT + gap_u)])[3:] == (quality, "VWAP")


@pytest.mark.parametrize("turn", [1, -1])
def test_of_levels_at_one_price_the_first_kind_is_named(turn):
    kinds = [("SESSION_LOW", AT + 5_000), ("STRIKE", AT + 5_000), ("SMA_400", AT + 5_000)][::turn]

    assert one(kinds)[4] == "SMA_400"


def test_which_kinds_obstruct_nothing_is_a_parameter():
    chosen = RunwayParams(runway_excluded_kinds=["STRIKE", "VWAP"])

    assert one(AHEAD, params=chosen)[4] == "ROUND"
    assert one(AHEAD, params=RunwayParams(runway_excluded_kinds=[]))[4] == "ROUND"


def test_a_kind_that_does_not_exist_is_refused():
    with pytest.raises(ValidationError, match="'FIBONACCI' is not a valid LevelKind"):
        RunwayParams(runway_excluded_kinds=["FIBONACCI"])


@given(st.lists(touch, max_size=5), levels_in_order)
def test_every_runway_equals_the_slow_one(touches, levels):
    runway = runway_of(touches, levels)

    for row, each in zip(runway.select(COLUMNS).iter_rows(), touches, strict=True):
        direction, price, distance, quality, kind = oracle.runway(each, levels)
        dollars = [None if u is None else u / 10_000 for u in (price, distance)]
        assert row == (direction, *dollars, quality, kind)


@given(touch, levels_in_order, levels_in_order)
def test_the_levels_of_later_minutes_change_nothing(now, levels, later):
    past = [row for row in levels if row[0] <= now[0]]
    changed = past + [row for row in later if row[0] > now[0]]

    assert runway_of([now], levels).equals(runway_of([now], past))
    assert runway_of([now], levels).equals(runway_of([now], changed))


def test_no_touches_have_no_runway():
    assert runway_of([], [(OPEN_NS, "VWAP", AT)]).equals(RUNWAY.empty())
