"""Planted days are read back: nearly everything that is planted is found, and little else.

LAKE_RECOVERY_SEEDS sets how many days of each underlying are tried; 20 is the full run.
"""

import os
from dataclasses import fields
from datetime import date, timedelta
from functools import reduce

import polars as pl
import pytest

from lake_assets.market.option_vocabulary import DteBucket, Regime
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets_tests.seconds.matching import KINDS, Events, judge, silent_decoys
from lake_assets_tests.seconds.recovery import recover

SEEDS = int(os.environ.get("LAKE_RECOVERY_SEEDS", "2"))
DAYS = (date(2025, 8, 1), date(2025, 12, 17), date(2025, 11, 20), date(2025, 3, 12))
WITHIN = 0.95
LATE_S = 200


def parameters(seed):
    """A seed's day: every bucket of days to expiry comes up, every other day is flawed."""
    days_to_expiry = (5, 0, 2, 3)[seed % 4]
    return OptionBookParams(seed=seed, days_to_expiry=days_to_expiry, flaws=seed % 2 == 1)


def recover_day(underlying, seed, root):
    """One simulated day: the scores, the scores of a late detector, the regimes."""
    day = DAYS[seed // 4 % len(DAYS)]
    session = session_on(day, underlying.calendar)
    made = simulate_option_books(session, underlying, root, parameters(seed))
    found = recover(made, root)
    answers = pl.read_parquet(made.path("answers"))
    bucket = DteBucket.of(parameters(seed).days_to_expiry).place
    bounds = {
        "step_points": underlying.burst_step_points[bucket],
        "opens": session.rth.opens // 10**9,
    }
    scores = judge(answers, found.events, **bounds)
    late = judge(answers, delayed(found.events), **bounds)
    return scores | {"decoy": silent_decoys(answers, found.events)}, late, found.regimes


def delayed(events):
    """The same events, found minutes after."""
    names = ("start_time", "timestamp", "end_time")
    moved = {
        field.name: getattr(events, field.name).with_columns(
            pl.col(name) + timedelta(seconds=LATE_S)
            for name in names
            if name in getattr(events, field.name).columns
        )
        for field in fields(events)
    }
    return Events(**moved)


@pytest.fixture(scope="module", params=UNDERLYINGS)
def days(request, tmp_path_factory):
    underlying = UNDERLYINGS[request.param]
    found = [
        recover_day(underlying, seed, tmp_path_factory.mktemp(f"seed{seed}"))
        for seed in range(SEEDS)
    ]
    scores, late = (
        reduce(lambda one, two: {kind: one[kind] + two[kind] for kind in one}, each)
        for each in ([day[0] for day in found], [day[1] for day in found])
    )
    return scores, late, pl.concat([day[2].select("regime") for day in found])


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_planted_is_found(days, kind):
    score = days[0][kind]
    assert score.planted >= 3 * SEEDS
    assert score.recall >= WITHIN, score


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_found_was_planted(days, kind):
    score = days[0][kind]
    assert score.precision >= WITHIN, score


def test_decoys_are_silent(days):
    score = days[0]["decoy"]
    assert score.planted >= 18 * SEEDS
    assert score.recall >= WITHIN, score


def test_all_regimes_are_reached(days):
    assert set(days[2]["regime"].drop_nulls().cast(pl.String)) == set(Regime)


def test_a_detector_that_is_late_is_caught(days):
    """The judge itself: the same events, some minutes after, match little."""
    for kind, score in days[1].items():
        assert score.recall < WITHIN, kind
