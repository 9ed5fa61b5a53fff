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
    Span,
    drawn_days,
    in_turn,
    quotient,
)
from lake_assets.seconds.truth_slices import NAMES, SHAPE, cells
from lake_assets.seconds.truth_summary import COUNTED, Finding, Measure, counted, described

_RUN: Final = Measure(Subject.REGIME, "run_length_s", SECONDS)


def of_regimes(seconds: pl.DataFrame, eligible: F8, span: Span) -> Iterator[Finding]:
    """Statistics of the seconds in which spot was observed and the regime is known.

    Shares are of all regimes in the same expiry and part of the session, so they add to 1.
    """
    seen = seconds.filter(pl.col("spot_observed") & pl.col("regime").is_not_null())
    day = seen["day"].to_numpy(writable=True)
    here = Observations(np.ones(day.size), day, cells(seen), are_events=False)
    yield from counted(Measure(Subject.REGIME, "seconds", SECONDS), here, eligible, span)
    yield _share(here, span)
    runs, ended = _runs(seconds)
    yield from counted(Measure(Subject.REGIME, "runs", COUNTED), runs, eligible, span)
    whole_runs = Observations(runs.value[ended], runs.day[ended], runs.cell[ended])
    yield from described(_RUN, whole_runs, span)


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
