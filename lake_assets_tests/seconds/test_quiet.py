"""Quiet seconds against sorting the whole past again in each of them."""

import numpy as np
import pytest

from lake_assets.seconds.event_parameters import ChopParams
from lake_assets.seconds.quiet import quiet_seconds
from lake_assets_tests.oracles import quiet as oracle
from lake_assets_tests.seconds.states import NIFTY, quiet, state
from lake_assets_tests.seconds.worlds import SETTLED, drawn


def nothing_on(frame) -> np.ndarray:
    return np.zeros(frame.height, bool)


def told(frame, **chosen):
    idle = nothing_on(frame)
    return quiet_seconds(frame, idle, idle, ChopParams.of(NIFTY, chop_settle_s=SETTLED, **chosen))


@pytest.mark.parametrize("seed", range(3))
def test_every_second_equals_the_slow_one(seed):
    frame = drawn(seed).state
    seconds = frame.to_dicts()

    found = told(frame)

    for t in range(0, frame.height, 7):
        limits = [
            None if np.isnan(v[t]) else v[t]
            for v in (found.theta_rv, found.theta_vol, found.theta_spread)
        ]
        assert tuple(limits) == oracle.thresholds(seconds, t, SETTLED)
        assert bool(found.active[t]) is oracle.active(seconds, t, SETTLED)


def test_nothing_is_quiet_before_half_an_hour():
    frame = state(quiet(1_900))

    found = quiet_seconds(frame, nothing_on(frame), nothing_on(frame), ChopParams.of(NIFTY))

    assert np.flatnonzero(found.active).tolist() == list(range(1_800, 1_900))


def test_thresholds_that_are_given_hold_from_the_start():
    given = {"chop_max_rv": 1.0, "chop_max_volume": 0.0, "chop_max_spread_points": 1.0}

    found = told(state(quiet(200), opt_vol_30s={100: 75}, spread_total={110: 1.05}), **given)

    assert np.flatnonzero(~found.active).tolist() == [*range(30), 100, 110]


def test_thresholds_change_with_the_minute_only():
    found = told(state(quiet(400), spread_total=[float(1 + t % 7) for t in range(400)]))

    changed = np.flatnonzero(np.diff(found.theta_spread[SETTLED:])) + SETTLED + 1
    assert set((changed % 60).tolist()) <= {0}


def test_neither_a_burst_nor_fear_is_quiet():
    frame = state(quiet(300))
    burst, fear = nothing_on(frame), nothing_on(frame)
    burst[200], fear[210] = True, True

    found = quiet_seconds(frame, burst, fear, ChopParams.of(NIFTY, chop_settle_s=SETTLED))

    assert np.flatnonzero(~found.active[SETTLED:]).tolist() == [20, 30]
