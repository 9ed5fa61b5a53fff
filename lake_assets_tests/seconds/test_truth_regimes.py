"""Runs of a regime: where they are counted, and which were seen to end."""

import polars as pl
import pytest

from lake_assets.market.option_vocabulary import DteBucket, Regime, TimeOfDay
from lake_assets.seconds.truth_means import Span
from lake_assets.seconds.truth_regimes import of_regimes, see_regimes
from lake_assets.seconds.truth_slices import NAMES, seeds_of
from lake_assets_tests.oracles.truth_tables import SLICES

DAYS = 2


def told(*sessions):
    """Value by regime, measure and statistic, over every expiry and part of the session."""
    regimes = [(day, regime) for day, session in enumerate(sessions) for regime in session]
    seconds = pl.DataFrame(
        {
            "day": [day for day, _ in regimes],
            "regime": pl.Series([r for _, r in regimes], dtype=pl.Enum(Regime)),
            "dte_bucket": pl.Series(["0"] * len(regimes), dtype=pl.Enum(DteBucket)),
            "time_of_day": pl.Series(["morning"] * len(regimes), dtype=pl.Enum(TimeOfDay)),
            "spot_observed": [True] * len(regimes),
        }
    )
    span = Span(DAYS, seeds_of("NIFTY"))
    eligible = pl.DataFrame([[1.0] * len(NAMES)] * DAYS).to_numpy()
    return {
        (SLICES[s][2], f.measure.name, f.statistic.value): f.value[s]
        for f in of_regimes(see_regimes(seconds), eligible, span)
        for s in range(len(SLICES))
        if SLICES[s][:2] == ("all", "all")
    }


def test_a_run_the_close_or_an_unknown_regime_cuts_counts_without_a_length():
    found = told(
        ["normal", "normal", "chop", None, "chop", "chop", "normal"],
        ["normal", "burst", "burst"],
    )
    assert found["normal", "runs", "count"] == 3
    assert found["normal", "run_length_s", "mean"] == 1.5
    assert found["chop", "run_length_s", "max"] == 2
    assert found["burst", "runs", "count"] == 1
    assert found["burst", "run_length_s", "mean"] != found["burst", "run_length_s", "mean"]


def test_shares_are_of_the_known_seconds():
    found = told(["normal", None, "chop", "chop"], ["chop"])
    assert found["normal", "share", "share"] == pytest.approx(0.25)
    assert found["chop", "share", "share"] == pytest.approx(0.75)
    assert found["all", "seconds", "count"] == 4
