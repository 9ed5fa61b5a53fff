"""The regime of each second: what comes first, and what was known of bursts in it."""

import polars as pl
import pytest

from lake_assets.catalog.option_events import FEAR_SPIKES, REGIMES
from lake_assets.seconds.event_parameters import ChopParams
from lake_assets.seconds.regimes import label_regimes
from lake_assets_tests.oracles import regimes as oracle
from lake_assets_tests.seconds.states import NIFTY, merged_path, quiet, session_of, state
from lake_assets_tests.seconds.worlds import drawn, events

NO_FEAR = FEAR_SPIKES.of("NIFTY").empty()
ALWAYS_QUIET = {"chop_max_rv": 1.0, "chop_max_volume": 0.0, "chop_max_spread_points": 1.0}


def label(path, fear=NO_FEAR, chosen=None, **cells) -> pl.DataFrame:
    frame = state(path, **cells)
    params = ChopParams.of(NIFTY, **(chosen or {}))
    found = label_regimes(frame, fear, NIFTY, session_of(len(path)), params)
    REGIMES.of("NIFTY").schema.validate(found)
    return found


@pytest.mark.parametrize("seed", range(3))
def test_every_second_equals_the_slow_answer(seed):
    world = drawn(seed)
    regimes = events(world)["regimes"]

    known = regimes.with_columns(world.state.select("spot_price", "rv_120s"))
    for second in known.iter_rows(named=True):
        told = second["regime"], second["regime_code"], second["reason"]
        assert told == oracle.regime(second)


def test_there_is_a_row_for_each_second():
    regimes = label(quiet(300))

    assert regimes["timestamp_ns"].diff().drop_nulls().unique().to_list() == [10**9]
    assert regimes.height == 300


def test_two_minutes_pass_before_the_first_regime():
    regimes = label(quiet(300))

    assert regimes["reason"].to_list() == ["warm_up"] * 120 + ["none"] * 180
    assert regimes["regime"].to_list() == [None] * 120 + ["normal"] * 180
    assert regimes["regime_code"].to_list() == [None] * 120 + [0] * 180


def test_without_a_price_there_is_no_regime():
    reasons = label([*quiet(200), *[None] * 20])["reason"].to_list()

    assert reasons[200:] == ["none"] * 5 + ["stale_spot"] * 15


def test_flicker_comes_before_chop_and_unknown_flicker_is_none():
    flickers = {130: True, 131: None}

    regimes = label(quiet(140), chosen=ALWAYS_QUIET, flicker_30s=flickers)

    assert regimes["regime"].to_list()[129:133] == ["chop", "flicker", "chop", "chop"]
    assert regimes["flicker_30s"].to_list()[129:133] == [False, True, None, False]


def test_a_burst_is_on_from_its_trigger_and_named_after_it():
    regimes = label(merged_path(), flicker_30s=True)

    on = regimes.with_row_index("second").filter(pl.col("regime") == "burst")
    assert on["second"].to_list() == [*range(154, 166), *range(169, 180)]
    assert on["burst_id"].unique().to_list() == ["NIFTY_2025-08-01_burst_00154"]
    assert regimes["burst_id"].null_count() == regimes.height - on.height
