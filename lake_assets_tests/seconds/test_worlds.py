"""What holds of all events together: the past is fixed, order is nothing, regimes are reached."""

from functools import cache

import polars as pl
import pytest

from lake_assets.catalog.option_events import (
    BURSTS,
    CHOP_POCKETS,
    FEAR_SPIKES,
    LIQUIDITY_EVENTS,
    REGIMES,
)
from lake_assets.market.option_vocabulary import LiquidityEventType, Regime, RegimeReason
from lake_assets.seconds.event_parameters import BurstParams
from lake_assets_tests.seconds.states import NIFTY
from lake_assets_tests.seconds.worlds import World, drawn, events, silent, spliced

SEEDS = range(6)
FAMILIES = {f.table: f for f in (BURSTS, LIQUIDITY_EVENTS, FEAR_SPIKES, CHOP_POCKETS, REGIMES)}


@cache
def world(seed: int) -> World:
    return drawn(seed)


@cache
def found(seed: int) -> dict[str, pl.DataFrame]:
    return events(world(seed))


@pytest.mark.parametrize("seed", SEEDS)
def test_every_table_keeps_its_schema_and_its_order(seed):
    for table, frame in found(seed).items():
        declared = FAMILIES[table].of("NIFTY")
        declared.schema.validate(frame)
        assert frame.equals(frame.sort(declared.sort_by))
        assert not frame.select(declared.sort_by).is_duplicated().any()


@pytest.mark.parametrize("cut", [130, 155, 199, 230, 271, 340, 404, 466, 533, 598])
@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_known_is_not_changed_by_the_future(seed, cut):
    known_at = world(seed).state["known_at"][cut]
    before = {name: f.filter(pl.col("known_at") <= known_at) for name, f in found(seed).items()}

    for future in (silent(), world(seed + 1), world(seed + 7)):
        after = events(spliced(world(seed), future, cut))
        for name, frame in before.items():
            assert frame.equals(after[name].filter(pl.col("known_at") <= known_at)), name


@pytest.mark.parametrize("seed", SEEDS)
def test_the_order_of_the_books_is_nothing(seed):
    shuffled = world(seed).books.sample(fraction=1.0, shuffle=True, seed=seed)

    for name, frame in events(World(world(seed).state, shuffled)).items():
        assert frame.equals(found(seed)[name]), name


def test_everything_that_can_happen_happens():
    everything = {name: pl.concat([found(seed)[name] for seed in SEEDS]) for name in FAMILIES}

    assert set(everything["regimes"]["regime"].drop_nulls()) == set(Regime)
    assert set(everything["regimes"]["reason"]) == set(RegimeReason)
    assert set(everything["liquidity_events"]["event_type"]) == set(LiquidityEventType)
    assert {"quiet", "gap"} <= set(everything["bursts"]["end_reason"])
    assert everything["bursts"]["merged_count"].max() > 1
    assert everything["liquidity_events"]["in_vacuum"].any()
    assert everything["fear_spikes"]["decay_time_s"].null_count() > 0
    assert everything["fear_spikes"]["decay_time_s"].drop_nulls().len() > 0
    assert everything["chop_pockets"].height > 0


@pytest.mark.parametrize("seed", SEEDS)
def test_every_burst_is_as_large_as_it_must_be_and_points_where_it_went(seed):
    spot = world(seed).state.select("timestamp", "spot_price")
    least = BurstParams.of(NIFTY).burst_points[0]
    bursts = found(seed)["bursts"].join(
        spot.rename({"timestamp": "trigger_time", "spot_price": "then"}), on="trigger_time"
    )

    assert bursts.height > 0
    for burst in bursts.iter_rows(named=True):
        assert burst["size_points"] >= burst["peak_points"] >= least
        assert burst["direction"] * (burst["then"] - burst["start_price"]) > 0
        assert burst["start_time"] < burst["trigger_time"] <= burst["end_time"]
        assert burst["duration_s"] <= 600
    assert (bursts["start_time"].shift(-1) > bursts["end_time"]).drop_nulls().all()


@pytest.mark.parametrize("seed", SEEDS)
def test_regimes_agree_with_the_events(seed):
    tables = found(seed)
    inside = tables["regimes"].filter("in_burst")

    assert set(inside["burst_id"]) == set(tables["bursts"]["event_id"])
    assert (inside["regime"].drop_nulls() == "burst").all()
    assert (tables["regimes"]["in_burst"] == tables["regimes"]["burst_id"].is_not_null()).all()
    starts = tables["bursts"].select("event_id", "trigger_time").rename({"event_id": "burst_id"})
    assert (
        inside.join(starts, on="burst_id")
        .filter(pl.col("timestamp") < pl.col("trigger_time"))
        .is_empty()
    )


def test_a_silent_session_has_tables_without_rows():
    tables = events(silent())

    for name in ("bursts", "liquidity_events", "fear_spikes", "chop_pockets"):
        assert tables[name].equals(FAMILIES[name].of("NIFTY").empty())
    assert set(tables["regimes"]["reason"]) == {"stale_spot"}
