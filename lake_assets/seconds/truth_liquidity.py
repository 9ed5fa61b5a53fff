"""Liquidity events: how many a minute, inside bursts, around them and elsewhere."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from lake_assets.market.option_vocabulary import LiquidityEventType
from lake_assets.market.truth_vocabulary import Statistic, Subject
from lake_assets.seconds.readings import B1, F8, I8
from lake_assets.seconds.truth_means import (
    LEAST_EVENTS,
    Bounds,
    Observations,
    Seen,
    Span,
    drawn_days,
    in_turn,
    quotient,
)
from lake_assets.seconds.truth_slices import cells
from lake_assets.seconds.truth_summary import COUNTED, Finding, Measure, between, places_of

AROUND_S: Final = 30  # seconds before and after a burst
SECONDS_A_MINUTE: Final = 60.0
PER_MINUTE: Final = "events per minute"
_PHASES: Final = ("", "_inside_bursts", "_before_bursts", "_after_bursts", "_outside_bursts")
_SEEN: Final = "_seen"
_INSIDE, _OUTSIDE = "_inside_bursts", "_outside_bursts"


def see_liquidity(events: pl.DataFrame, bursts: pl.DataFrame, seconds: pl.DataFrame) -> Seen:
    """Events by type and phase, all and those in seconds with spot and a leg observed, and these.

    A second's slice is an event's that starts in it: its expiry and part of the session, and the
    regime of the second before.
    """
    leg = pl.col("ce_observed") | pl.col("pe_observed")
    seen = seconds.select(pl.col("spot_observed") & leg).to_series().to_numpy(writable=True)
    day, cell = seconds["day"].to_numpy(writable=True), cells(seconds, "regime_before")

    def each(places: I8) -> Observations:
        return Observations(np.ones(places.size), day[places], cell[places])

    during = phases(seconds, bursts)
    at = np.searchsorted(seconds["timestamp"].to_physical(), events["timestamp"].to_physical())
    kinds = events["event_type"].cast(pl.String).to_numpy()
    found = {f"seconds{phase}": each(np.flatnonzero(rows & seen)) for phase, rows in during.items()}
    for kind in LiquidityEventType:
        mine = at[kinds == kind]
        for phase, rows in during.items():
            here = mine[rows[mine]]
            found[f"{kind}{phase}"] = each(here)
            found[f"{kind}{phase}{_SEEN}"] = each(here[seen[here]])
    return found


def of_liquidity(seen: Seen, span: Span) -> Iterator[Finding]:
    """Counts and rates by type, of what `see_liquidity` saw.

    The mean rate is of all sessions' events and minutes together, the quantile of each session's
    own rate.
    """

    def sums(name: str) -> F8:
        return seen[name].tallied(span)[0]

    minutes = {phase: sums(f"seconds{phase}") / SECONDS_A_MINUTE for phase in _PHASES}
    for kind in LiquidityEventType:
        means: dict[str, F8] = {}
        for phase in _PHASES:
            name = f"{kind}{phase}"
            yield _count(name, sums(name))
            mean, p95 = _rate(name, sums(f"{name}{_SEEN}"), minutes[phase], span)
            yield mean
            yield p95
            means[phase] = mean.value
        yield _ratio(kind, means, minutes[_INSIDE])


def phases(seconds: pl.DataFrame, bursts: pl.DataFrame) -> dict[str, B1]:
    """Which seconds are inside bursts, within 30 s before or after one, and outside all that.

    A second inside a burst is neither before nor after another.
    """
    stamps, day = seconds["timestamp"].to_physical().to_numpy(), seconds["day"].to_numpy()
    start, end = (
        np.searchsorted(stamps, bursts[name].to_physical()) for name in ("start_time", "end_time")
    )
    opens = np.searchsorted(day, bursts["day"], side="left")
    closes = np.searchsorted(day, bursts["day"], side="right")
    inside = _covered(start, end + 1, day.size)
    before = _covered(np.maximum(start - AROUND_S, opens), start, day.size) & ~inside
    after = _covered(end + 1, np.minimum(end + 1 + AROUND_S, closes), day.size) & ~inside
    every = np.ones(day.size, bool)
    covers = (every, inside, before, after, ~(inside | before | after))
    return dict(zip(_PHASES, covers, strict=True))


def _covered(first: I8, stop: I8, size: int) -> B1:
    """Places in any of the stretches ``[first, stop)``."""
    steps = np.zeros(size + 1, np.int64)
    np.add.at(steps, first, 1)
    np.add.at(steps, stop, -1)
    covered: B1 = np.cumsum(steps)[:size] > 0
    return covered


def _count(name: str, sums: F8) -> Finding:
    n = in_turn(sums)
    measure = Measure(Subject.LIQUIDITY, name, COUNTED)
    n_days = (sums > 0).sum(axis=1)
    return Finding(measure, Statistic.COUNT, n, n.astype(np.int64), n_days, Bounds.none())


def _rate(name: str, top: F8, minutes: F8, span: Span) -> tuple[Finding, Finding]:
    """Mean rate and its 0.95 quantile over sessions, which are what is observed."""
    measure = Measure(Subject.LIQUIDITY, name, PER_MINUTE)
    n = (minutes > 0).sum(axis=1)
    mean = quotient(in_turn(top), in_turn(minutes))
    bounds = drawn_days(top, minutes, n >= LEAST_EVENTS, span)
    ordered = np.sort(quotient(top, minutes), axis=1)  # NaN comes last
    places = places_of(Statistic.P95, n)
    held = np.take_along_axis(ordered, np.maximum(places, 0), axis=1)
    value, around = between(Statistic.P95, n, np.where(places >= 0, held, np.nan))
    return (
        Finding(measure, Statistic.MEAN, mean, n, n, bounds),
        Finding(measure, Statistic.P95, value, n, n, around),
    )


def _ratio(kind: LiquidityEventType, means: dict[str, F8], inside: F8) -> Finding:
    """Rate inside bursts by the rate outside; null where nothing happens outside."""
    n = (inside > 0).sum(axis=1)
    value = quotient(means[_INSIDE], np.nan_to_num(means[_OUTSIDE]))
    measure = Measure(Subject.LIQUIDITY, f"{kind}_inside_to_outside", "ratio")
    return Finding(measure, Statistic.RATIO, value, n, n, Bounds.none())
