"""Regimes: how many seconds, which share of them, and how long at a stretch."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.schema import SECONDS, SHARE
from lake_assets.market.truth_vocabulary import Statistic, Subject
from lake_assets.seconds.readings import B1, F8, whole
from lake_assets.seconds.truth_means import (
    LEAST_DAYS,
    Observations,
    Seen,
    Span,
    drawn_days,
    in_turn,
    quotient,
)
from lake_assets.seconds.truth_slices import NAMES, SHAPE, cells
from lake_assets.seconds.truth_summary import COUNTED, Finding, Measure, counted, described

_SECONDS, _RUNS, _WHOLE_RUNS = "regime_seconds", "regime_runs", "regime_whole_runs"
_RUN: Final = Measure(Subject.REGIME, "run_length_s", SECONDS)


def see_regimes(seconds: pl.DataFrame) -> Seen:
    """The seconds in which spot was observed and the regime is known, and the runs of regimes."""
    seen = seconds.filter(pl.col("spot_observed") & pl.col("regime").is_not_null())
    day = seen["day"].to_numpy(writable=True)
    runs, ended = _runs(seconds)
    return {
        _SECONDS: Observations(np.ones(day.size), day, cells(seen), are_events=False),
        _RUNS: runs,
        _WHOLE_RUNS: Observations(runs.value[ended], runs.day[ended], runs.cell[ended]),
    }


def of_regimes(seen: Seen, eligible: F8, span: Span) -> Iterator[Finding]:
    """Statistics of what `see_regimes` saw.

    Shares are of all regimes in the same expiry and part of the session, so they add to 1.
    """
    here = seen[_SECONDS]
    yield from counted(Measure(Subject.REGIME, "seconds", SECONDS), here, eligible, span)
    yield _share(here, span)
    yield from counted(Measure(Subject.REGIME, "runs", COUNTED), seen[_RUNS], eligible, span)
    yield from described(_RUN, seen[_WHOLE_RUNS], span)


def _share(here: Observations, span: Span) -> Finding:
    top, _ = here.tallied(span)
    all_regimes = top.reshape(*SHAPE, -1)[:, :, -1:]
    bottom = np.broadcast_to(all_regimes, (*SHAPE, span.days)).reshape(len(NAMES), -1)
    n, n_days = in_turn(bottom), (bottom > 0).sum(axis=1)
    bounds = drawn_days(top, bottom, n_days >= LEAST_DAYS, span)
    value = quotient(in_turn(top), n)
    measure = Measure(Subject.REGIME, "share", SHARE)
    return Finding(measure, Statistic.SHARE, value, n.astype(np.int64), n_days, bounds)


def _runs(seconds: pl.DataFrame) -> tuple[Observations, B1]:
    """Lengths of the runs of one regime, sliced at their start, and whether each was seen to end.

    One that the close or an unknown regime cuts is not.
    """
    day, cell = seconds["day"].to_numpy(), cells(seconds)
    code = whole(seconds["regime"].to_physical())
    changes = (np.diff(code) != 0) | (np.diff(day) != 0)
    start = np.concatenate(([0], np.flatnonzero(changes) + 1))[: code.size]
    length = np.diff(np.concatenate((start, [code.size])))
    following = np.append(start[1:], -1)
    ended = (following >= 0) & (code[following] >= 0) & (day[following] == day[start])
    known = code[start] >= 0
    runs = Observations(length.astype(np.float64), day[start], cell[start])
    return Observations(runs.value[known], runs.day[known], runs.cell[known]), ended[known]
