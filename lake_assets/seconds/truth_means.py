"""Means by slice and their bootstrap intervals."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from lake_assets.kernels.bootstrap import bootstrap_intervals
from lake_assets.kernels.slices import tally
from lake_assets.market.truth_vocabulary import CiMethod
from lake_assets.seconds.readings import F8, I8
from lake_assets.seconds.truth_slices import NAMES, SLICES_OF, U8

TAIL: Final = 0.025
LEAST_EVENTS: Final = 5  # fewer have no interval
LEAST_DAYS: Final = 10  # from so many on days are drawn, not events
DRAWS: Final = 2_000
NO_METHOD: Final = -1
METHODS: Final = tuple(CiMethod)


@dataclass(frozen=True, slots=True)
class Span:
    """How many sessions there are, and where each slice's draws begin."""

    days: int
    seeds: U8


@dataclass(frozen=True, slots=True)
class Observations:
    """Values in order of time, each with its session's place and its finest slice.

    ``are_events`` tells events from seconds: neighbouring seconds repeat each other, and are
    never drawn one by one. ``tallies`` are sums and counts that were made of the values in that
    order; values may since stand in another.
    """

    value: F8
    day: I8
    cell: I8
    are_events: bool = True
    tallies: tuple[F8, I8] | None = None

    def tallied(self, span: Span) -> tuple[F8, I8]:
        """Sums and counts by slice and session."""
        if self.tallies is not None:
            return self.tallies
        return tally(self.value, self.day, self.cell, SLICES_OF, len(NAMES), span.days)


Seen: TypeAlias = Mapping[str, Observations]
"""Observations by a name of their own."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """An interval a slice, NaN where there is none, and how it was found."""

    low: F8
    high: F8
    method: I8

    @classmethod
    def none(cls) -> "Bounds":
        """No interval for any slice."""
        nothing = np.full(len(NAMES), np.nan)
        return cls(nothing, nothing, np.full(len(NAMES), NO_METHOD))


def in_turn(parts: F8) -> F8:
    """Sum over the last axis, one after another: numpy's own order depends on the length."""
    if parts.shape[-1] == 0:
        return np.zeros(parts.shape[:-1])
    total: F8 = np.add.accumulate(parts, axis=-1)[..., -1]
    return total


def quotient(top: F8, bottom: F8) -> F8:
    """Top by bottom, NaN where the bottom is 0."""
    found: F8 = np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0)
    return found


def drawn_days(top: F8, bottom: F8, wanted: np.ndarray, span: Span) -> Bounds:
    """Interval of sum(top) / sum(bottom) of the wanted slices, sessions drawn; (slices, days)."""
    units = (bottom > 0) & wanted[:, None]
    return _bounds(
        top[units], bottom[units], units.sum(axis=1), span, METHODS.index(CiMethod.BOOTSTRAP_DAYS)
    )


def drawn_for_mean(seen: Observations, sums: F8, counts: I8, span: Span) -> Bounds:
    """Interval of a mean: of sessions where there are enough, else of events, of seconds none."""
    enough = counts.sum(axis=1) >= LEAST_EVENTS
    many_days = (counts > 0).sum(axis=1) >= LEAST_DAYS
    days = drawn_days(sums, counts.astype(np.float64), enough & many_days, span)
    if not seen.are_events:
        return days
    events = _drawn_events(seen, enough & ~many_days, span)
    return Bounds(
        np.where(many_days, days.low, events.low),
        np.where(many_days, days.high, events.high),
        np.where(many_days, days.method, events.method),
    )


def _drawn_events(seen: Observations, wanted: np.ndarray, span: Span) -> Bounds:
    of = SLICES_OF[seen.cell]  # (m, 8)
    mine = (of >= 0) & wanted[of]
    event, _ = np.nonzero(mine)
    order = np.argsort(of[mine], kind="stable")
    value = seen.value[event[order]]
    counts = np.bincount(of[mine], minlength=len(NAMES))
    method = METHODS.index(CiMethod.BOOTSTRAP_EVENTS)
    return _bounds(value, np.ones(value.size), counts, span, method)


def _bounds(top: F8, bottom: F8, counts: I8, span: Span, method: int) -> Bounds:
    starts = np.concatenate(([0], np.cumsum(counts))).astype(np.int64)
    low, high = bootstrap_intervals(top, bottom, starts, span.seeds, DRAWS, TAIL)
    return Bounds(low, high, np.where(np.isnan(low), NO_METHOD, method))
