"""Parameters of events refuse what would have no meaning, when they are made."""

import pytest
from pydantic import ValidationError

from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.seconds.event_parameters import (
    RATIO_CEILING,
    BurstParams,
    ChopParams,
    FearParams,
    LiquidityParams,
)
from lake_assets_tests.seconds.states import NIFTY, SPY

GROUPS = [BurstParams, LiquidityParams, FearParams, ChopParams]


@pytest.mark.parametrize("group", GROUPS)
@pytest.mark.parametrize("underlying", UNDERLYINGS.values(), ids=lambda u: u.name)
def test_every_underlying_has_every_threshold(group, underlying):
    params = group.of(underlying)

    assert params.burst_points == underlying.burst_points
    assert params.burst_k1 == (1.6, 1.8, 2.0, 2.2)
    assert params.burst_k2 == (1.2, 1.3, 1.4, 1.5)


def test_thresholds_derived_for_spy_are_those_of_nifty_scaled_and_rounded_up():
    derived = [-(-int(points * 1_000) * 25 // 10_000) / 100 for points in NIFTY.burst_points]

    assert list(SPY.burst_points) == derived


@pytest.mark.parametrize("name", ["burst_points", "burst_step_points", "burst_end_points"])
def test_a_threshold_left_out_is_refused(name):
    stated = BurstParams.of(NIFTY).model_dump()
    del stated[name]

    with pytest.raises(ValidationError, match=name):
        BurstParams(**stated)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("burst_k1", (1.6, 1.8, 2.0, RATIO_CEILING)),
        ("burst_k1", (1.6, 1.8, 2.0, 12**0.5)),
        ("burst_k1", (1.6, 1.8, 2.0)),
        ("burst_points", (8.0, 10.0, 12.0, 0.0)),
        ("burst_points", (8.0, 10.0, 12.0)),
        ("burst_end_points", (2.0, 2.0, 3.0, float("nan"))),
        ("burst_end_points", (2.0, 2.0, 3.0, float("inf"))),
        ("theta_put", (0.6, 0.57, 0.55, 1.0)),
        ("theta_put", (0.6, 0.57, 0.55, 0.0)),
        ("burst_max_duration_s", 10),
        ("calm_wait_s", 61),
        ("exhausted_s", 601),
        ("pull_rate_share", 1.1),
        ("nobody_declared_it", 1),
    ],
)
def test_what_would_never_fire_or_always_is_refused(name, value):
    with pytest.raises(ValidationError, match=name):
        FearParams.of(NIFTY, **{name: value})


@pytest.mark.parametrize(
    ("name", "value"), [("vacuum_fall_pct", 101), ("vacuum_widen_pct", 100), ("vacuum_rest_s", -1)]
)
def test_a_collapse_that_is_none_is_refused(name, value):
    with pytest.raises(ValidationError, match=name):
        LiquidityParams.of(NIFTY, **{name: value})


def test_just_below_the_ceiling_is_allowed():
    assert BurstParams.of(NIFTY, burst_k1=(1.6, 1.8, 2.0, 3.4640)).burst_k1[3] == 3.4640


def test_parameters_are_frozen():
    with pytest.raises(ValidationError, match="frozen"):
        BurstParams.of(NIFTY).burst_points = (1.0, 1.0, 1.0, 1.0)


def test_a_changed_threshold_changes_the_digest():
    assert BurstParams.of(NIFTY).digest != BurstParams.of(NIFTY, burst_merge_gap_s=4).digest
