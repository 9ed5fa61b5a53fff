"""Bursts as they are lived through: never before the trigger, never past the decision."""

import numpy as np
import pytest

from lake_assets.seconds.event_parameters import BurstParams
from lake_assets.seconds.live_bursts import least_units, live_through
from lake_assets_tests.seconds.states import NIFTY, SPY, burst_path, merged_path, quiet, state


def lived(path, **cells):
    frame = state(path, **cells)
    return live_through(frame, NIFTY, BurstParams.of(NIFTY)), frame


def test_a_burst_is_on_from_its_trigger_to_its_end():
    walked, _ = lived(burst_path())

    assert np.flatnonzero(walked.in_burst).tolist() == list(range(154, 166))


def test_between_an_end_and_a_reopening_nothing_is_on():
    walked, frame = lived(merged_path())

    first, again = list(range(154, 166)), list(range(169, 180))
    assert np.flatnonzero(walked.in_burst).tolist() == first + again
    assert set(walked.burst[first + again].tolist()) == {0}
    assert walked.ids(frame, NIFTY).to_list() == ["NIFTY_2025-08-01_burst_00154"]


def test_a_gap_is_decided_in_its_first_second_without_a_price():
    walked, _ = lived(burst_path()[:160] + [None] * 20)

    (end,), (decided,) = walked.stretches.end, walked.stretches.decided
    assert (end, decided) == (159, 165)
    assert np.flatnonzero(walked.in_burst).tolist() == list(range(154, 166))


def test_no_burst_is_no_second_in_one():
    walked, frame = lived(quiet(300))

    assert not walked.in_burst.any()
    assert walked.ids(frame, NIFTY).to_list() == []


@pytest.mark.parametrize(("bucket", "bursts"), [("0", 1), ("2", 0), (None, 0)])
def test_thresholds_are_those_of_the_days_to_expiry(bucket, bursts):
    # its largest step is 2.5 points; two are asked for on the day of expiry, three the day before
    walked, _ = lived(burst_path(), dte_bucket=bucket)

    assert walked.first.size == bursts


@pytest.mark.parametrize(
    ("underlying", "points", "units"),
    [(NIFTY, 8.0, 800), (SPY, 0.20, 2_000), (NIFTY, 0.105, 11), (SPY, 0.38, 3_800)],
)
def test_a_threshold_is_exact_in_whole_units(underlying, points, units):
    assert least_units((points,), underlying.spot_decimals).tolist() == [units]
