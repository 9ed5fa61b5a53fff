"""Levels that options make: as found in the flow up to the minute, and not a print later."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.catalog.options import OPTION_FLOW
from lake_assets.market.vocabulary import LevelKind
from lake_assets.physics.option_levels import list_option_levels
from lake_assets.physics.parameters import LevelParams
from lake_assets_tests.physics.frames import OPEN_NS, table

MINUTE = 60 * 10**9
STARTS = pl.Series([OPEN_NS + n * MINUTE for n in range(5)]).to_numpy()
contract = st.tuples(
    st.integers(1, 4), st.integers(688, 692), st.sampled_from("CP"), st.integers(1, 130)
)


def flow(rows):
    """Option flow of (minutes after the open, strike in dollars, right, volume)."""
    once = {(at, strike, right): volume for at, strike, right, volume in rows}
    ordered = sorted(once.items())
    return table(
        OPTION_FLOW,
        end_ns=[OPEN_NS + at * MINUTE for (at, _, _), _ in ordered],
        strike_u=[strike * 10_000 for (_, strike, _), _ in ordered],
        right=[right for (_, _, right), _ in ordered],
        volume=[volume for _, volume in ordered],
        gross_gamma=[float(volume) for _, volume in ordered],
        spot=690.0,
    )


def listed(rows, params=None):
    found = pl.concat(list_option_levels(flow(rows), STARTS, params or LevelParams()))
    return found.with_columns(at=(pl.col("minute_ns") - OPEN_NS) // MINUTE)


def strikes_slowly(rows, least):
    total = {}
    for (at, strike, _), volume in {(a, s, r): v for a, s, r, v in rows}.items():
        total[at, strike * 10_000] = total.get((at, strike * 10_000), 0) + volume
    return sorted(key for key, volume in total.items() if volume >= least)


@settings(max_examples=30)
@given(st.lists(contract, max_size=12), st.sampled_from([1, 100, 200]))
def test_a_strike_is_a_level_when_its_calls_and_puts_traded_enough(rows, least):
    found = listed(rows, LevelParams(strike_min_volume=least))
    strikes = found.filter(pl.col("kind") == LevelKind.STRIKE).select("at", "value_u").sort("*")
    assert strikes.rows() == strikes_slowly(rows, least)


def test_the_walls_are_the_largest_of_each_right():
    found = listed([(1, 689, "C", 9), (1, 691, "C", 12), (1, 688, "P", 7), (1, 690, "P", 5)])
    walls = found.filter(pl.col("kind") != LevelKind.STRIKE).select("kind", "value_u")
    assert dict(walls.rows())["CALL_WALL"] == 6_910_000
    assert dict(walls.rows())["PUT_WALL"] == 6_880_000


def test_a_level_is_known_at_the_minute_it_is_read_in():
    found = listed([(1, 690, "C", 150), (3, 690, "C", 200)])
    assert (found["known_at_ns"] == found["minute_ns"]).all()
    assert set(found["at"]) == {1, 3}
    assert set(found["scale"]) == {"SPY"}


@pytest.mark.parametrize("cut", [1, 2, 3])
def test_the_future_changes_nothing(cut):
    rows = [(at, 689 + at % 3, right, 60 * at) for at in (1, 2, 3, 4) for right in "CP"]
    wild = [(at, s, r, v) if at <= cut else (at, s + 1, r, 9 * v) for at, s, r, v in rows]
    past = [row for row in rows if row[0] <= cut]
    whole, perturbed, truncated = (
        listed(kind).filter(pl.col("at") <= cut).sort("*") for kind in (rows, wild, past)
    )
    assert whole.equals(perturbed)
    assert whole.equals(truncated)


def test_without_options_there_are_no_such_levels():
    assert listed([]).is_empty()
