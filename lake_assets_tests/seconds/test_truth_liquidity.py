"""Stretches around bursts, and rates by the minutes that could be seen."""

from datetime import timedelta

import polars as pl
import pytest

from lake_assets.seconds.truth_liquidity import of_liquidity, phases, see_liquidity
from lake_assets.seconds.truth_means import Span
from lake_assets.seconds.truth_slices import NAMES, seeds_of
from lake_assets_tests.seconds.truths import Drawn, tables

SECOND = timedelta(seconds=1)
WHOLE = NAMES.index(("all", "all", "all"))
SESSION = {table: sessions[0][1] for table, sessions in tables(Drawn(days=1, seconds=120)).items()}
OPENS = SESSION["option_state"]["timestamp"][0]


def seconds(**cells):
    """Two minutes of one session, all observed."""
    return (
        SESSION["option_state"]
        .with_columns(
            day=pl.lit(0, pl.Int64),
            regime_before=SESSION["regimes"]["regime"].shift(1),
            spot_observed=pl.lit(value=True),
            ce_observed=pl.lit(value=True),
            pe_observed=pl.lit(value=True),
        )
        .with_columns(**cells)
    )


def burst(*stretches):
    """Bursts by their first and last second."""
    rows = [(OPENS + a * SECOND, OPENS + b * SECOND, 0) for a, b in stretches]
    moment = pl.Datetime("us", "UTC")
    schema = {"start_time": moment, "end_time": moment, "day": pl.Int64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def places(bursts):
    return {name: mask.nonzero()[0].tolist() for name, mask in phases(seconds(), bursts).items()}


def test_half_a_minute_before_and_after_a_burst_is_neither_inside_nor_outside():
    found = places(burst((40, 50)))
    assert found["_inside_bursts"] == list(range(40, 51))
    assert found["_before_bursts"] == list(range(10, 40))
    assert found["_after_bursts"] == list(range(51, 81))
    assert found["_outside_bursts"] == [*range(10), *range(81, 120)]


def test_the_session_bounds_the_stretches():
    found = places(burst((5, 100)))
    assert found["_before_bursts"] == list(range(5))
    assert found["_after_bursts"] == list(range(101, 120))


def test_inside_a_burst_is_not_before_the_next():
    found = places(burst((10, 20), (25, 30)))
    assert not set(found["_inside_bursts"]) & set(found["_before_bursts"] + found["_after_bursts"])
    assert set(range(21, 25)) <= set(found["_before_bursts"]) & set(found["_after_bursts"])


@pytest.mark.parametrize(("blind", "rate"), [(0, 1.5), (60, 2.0)])
def test_a_rate_is_of_the_minutes_that_could_be_seen(blind, rate):
    stamps = [OPENS + second * SECOND for second in (10, 70, 80)]
    events = SESSION["liquidity_events"].clear().select("timestamp", "event_type")
    events = pl.DataFrame({"timestamp": stamps, "event_type": ["bid_pull"] * 3}, events.schema)
    ground = seconds(spot_observed=pl.int_range(120) >= blind)
    found = {
        (f.measure.name, f.statistic): f.value[WHOLE]
        for f in of_liquidity(see_liquidity(events, burst(), ground), Span(1, seeds_of("NIFTY")))
    }
    assert found["bid_pull", "mean"] == rate
    assert found["bid_pull", "count"] == 3
