"""Pockets of quiet: holes, lengths, and when they are told."""

import polars as pl
import pytest

from lake_assets.catalog.option_events import CHOP_POCKETS, FEAR_SPIKES
from lake_assets.seconds.chop import find_chop_pockets
from lake_assets.seconds.event_parameters import ChopParams
from lake_assets_tests.seconds.states import NIFTY, quiet, session_of, state

TIMES = ("start_time", "end_time", "known_at")
GIVEN = {"chop_max_rv": 1.0, "chop_max_volume": 0.0, "chop_max_spread_points": 1.0}
NO_FEAR = FEAR_SPIKES.of("NIFTY").empty()


def find(*calm, seconds=200, **cells) -> list[dict]:
    """Pockets of a session that is quiet in the stretches given, first and last included."""
    busy = set(range(seconds)) - {t for first, last in calm for t in range(first, last + 1)}
    frame = state(quiet(seconds), opt_vol_30s=dict.fromkeys(busy, 75), **cells)
    params = ChopParams.of(NIFTY, **GIVEN)
    found = find_chop_pockets(frame, NO_FEAR, NIFTY, session_of(seconds), params)
    CHOP_POCKETS.of("NIFTY").schema.validate(found)
    opened = frame["timestamp"][0]
    return found.with_columns(
        [(pl.col(name) - opened).dt.total_seconds().alias(name) for name in TIMES]
    ).to_dicts()


def test_a_pocket_is_told_once_a_hole_is_too_long():
    (pocket,) = find((50, 100))

    assert [pocket[name] for name in TIMES] == [50, 100, 104 + 2]
    assert (pocket["duration_s"], pocket["censored"]) == (50, False)
    assert pocket["event_id"] == "NIFTY_2025-08-01_chop_00050"
    assert (pocket["theta_rv"], pocket["theta_vol"], pocket["theta_spread"]) == (1.0, 0.0, 1.0)


@pytest.mark.parametrize(("again", "pockets"), [(84, 1), (85, 2)])
def test_holes_of_three_seconds_are_joined(again, pockets):
    assert len(find((50, 80), (again, 120))) == pockets


@pytest.mark.parametrize(("last", "pockets"), [(64, 0), (65, 1)])
def test_a_pocket_lasts_fifteen_seconds(last, pockets):
    assert len(find((50, last))) == pockets


@pytest.mark.parametrize(("last", "censored"), [(195, False), (196, True), (199, True)])
def test_a_pocket_whose_end_the_close_leaves_open_is_censored(last, censored):
    (pocket,) = find((150, last))

    assert pocket["censored"] is censored
    assert pocket["known_at"] == 199 + 2


def test_what_went_on_in_a_pocket():
    traded = dict.fromkeys((49, 50, 100, 101), 75)

    (pocket,) = find((50, 100), opt_vol_1s=traded)

    assert (pocket["range_points"], pocket["opt_vol_lots"]) == (0.5, 2.0)
    assert pocket["mean_rv_30s"] == pytest.approx(0.5 / 24_000.25, rel=1e-6)


def test_a_volume_unknown_leaves_the_sum_unknown():
    assert find((50, 100), opt_vol_1s={70: None})[0]["opt_vol_lots"] is None


def test_a_busy_session_has_no_pockets_and_all_the_columns():
    params = ChopParams.of(NIFTY)

    found = find_chop_pockets(state(quiet(60)), NO_FEAR, NIFTY, session_of(60), params)

    assert found.equals(CHOP_POCKETS.of("NIFTY").empty())
