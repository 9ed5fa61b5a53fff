"""The components of the score: the reference vector, every word, and sums on a threshold."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.touch import BARRIER, FUEL, TAPE, TOUCHES
from lake_assets.market.vocabulary import BarrierState, FuelEffect
from lake_assets.physics.components import score_components, share_of
from lake_assets.physics.parameters import ScoreParams
from lake_assets_tests.oracles import score as oracle
from lake_assets_tests.physics.frames import table

COLUMNS = ["liquidity_score", "hedge_score", "tape_score", "break_score_raw", "score_components"]
QUIET = {"tape_trades": 1, "tape_buy_vol": 0, "tape_sell_vol": 0, "tape_sweep_direction": "NONE"}


def seen(direction="UP", state=None, effect=None, **tape) -> pl.DataFrame:
    """What the engines saw of one touch; the tape is quiet where nothing is said of it."""
    engines = [
        table(TOUCHES, direction=direction).select("direction"),
        table(BARRIER, barrier_state=state).select("barrier_state"),
        table(FUEL, fuel_effect=effect).select("fuel_effect"),
        table(TAPE, **{**QUIET, **tape}).select(pl.col("^tape_.*$")),
    ]
    return pl.concat(engines, how="horizontal")


def scores_of(*args, **columns):
    return score_components(seen(*args, **columns), ScoreParams()).row(0, named=True)


def test_the_reference_touch():
    tape = {"tape_price_slope": 0.1, "tape_buy_vol": 7, "tape_sell_vol": 3}

    full = scores_of("UP", "CONSUMED", "AMPLIFY", **tape)
    without_fuel = scores_of("UP", "CONSUMED", None, **tape)

    assert [full[name] for name in COLUMNS] == [60, 100, 15, 65, 7]
    assert without_fuel["break_score_raw"] == pytest.approx(46.1538461538, abs=1e-10)
    assert without_fuel["score_components"] == 5


@pytest.mark.parametrize("state", [*BarrierState, None])
def test_every_barrier_state_has_its_score(state):
    assert scores_of("UP", state)["liquidity_score"] == oracle.LIQUIDITY.get(state)


@pytest.mark.parametrize("effect", [*FuelEffect, None])
def test_every_fuel_effect_has_its_score(effect):
    assert scores_of("UP", None, effect)["hedge_score"] == oracle.HEDGE.get(effect)


@pytest.mark.parametrize(
    ("direction", "tape", "score"),
    [
        ("UP", {"tape_sweep_direction": "UP", "tape_price_slope": -9.0}, 100),
        ("DOWN", {"tape_sweep_direction": "DOWN"}, 100),
        ("UP", {"tape_sweep_direction": "DOWN", "tape_price_slope": 0.25}, 12.5),
        ("DOWN", {"tape_price_slope": 0.25}, 0),
        ("DOWN", {"tape_price_slope": -0.5, "tape_sell_vol": 4}, 50),
        ("UP", {"tape_price_slope": 7.0}, 25),
        ("UP", {"tape_sell_vol": 4}, 0),
        ("UP", {"tape_price_slope": None, "tape_buy_vol": 0}, 0),
        ("UP", {"tape_trades": 0}, None),
    ],
    ids=[
        "swept up",
        "swept down",
        "swept away from the level",
        "sloping away",
        "steep and one-sided",
        "no steeper than steep",
        "against the touch",
        "prints that say nothing",
        "no print",
    ],
)
def test_the_tape_scores_what_runs_toward_the_level(direction, tape, score):
    assert scores_of(direction, **tape)["tape_score"] == score


@pytest.mark.parametrize(
    ("state", "effect", "tape", "raw"),
    [
        ("VACUUM", "AMPLIFY", {}, 80),
        ("WALL", "DAMPEN", {"tape_sweep_direction": "UP"}, 20),
        ("VACUUM", None, {"tape_price_slope": 0.5, "tape_buy_vol": 7, "tape_sell_vol": 3}, 80),
        (None, None, {"tape_buy_vol": 9, "tape_sell_vol": 1}, 20),
    ],
)
def test_a_score_on_a_threshold_is_exactly_on_it(state, effect, tape, raw):
    assert scores_of("UP", state, effect, **tape)["break_score_raw"] == raw


def test_nothing_seen_is_no_score():
    assert set(scores_of("UP", tape_trades=0).values()) == {None}


@given(
    st.sampled_from([*BarrierState, None]),
    st.sampled_from([*FuelEffect, None]),
    st.sampled_from([1, -1]),
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([0, 1, -1]),
        st.one_of(st.none(), st.integers(-64, 64).map(lambda part: part / 64)),
        st.integers(0, 9),
        st.integers(0, 9),
    ),
)
def test_every_score_equals_the_slow_one(state, effect, sign, tape):
    trades, swept, slope, buy, sell = tape
    sides = {1: "UP", -1: "DOWN", 0: "NONE"}
    params = ScoreParams()
    run = {"trades": trades, "direction": swept, "slope": slope, "buy": buy, "sell": sell}
    components = (
        oracle.LIQUIDITY.get(state),
        oracle.HEDGE.get(effect),
        oracle.tape_score(sign, run, params),
    )
    raw, bits = oracle.weigh(components, params)

    found = scores_of(
        sides[sign],
        state,
        effect,
        tape_trades=trades,
        tape_sweep_direction=sides[swept],
        tape_price_slope=slope,
        tape_buy_vol=buy,
        tape_sell_vol=sell,
    )

    for name, value in zip(COLUMNS, (*components, raw, bits), strict=True):
        assert found[name] == (None if value is None else pytest.approx(float(value), abs=1e-12))


@pytest.mark.parametrize(("amount", "share"), [(0, 0), (3, 0.3), (10, 1), (25, 1), (None, None)])
def test_a_share_is_exact_and_at_most_one(amount, share):
    amounts = pl.DataFrame({"amount": [amount]}, schema={"amount": pl.Int64()})

    assert amounts.select(share_of(pl.col("amount"), 10)).item() == share
