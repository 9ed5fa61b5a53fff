"""What is made of a measure in each slice: counts, means, quantiles, and their intervals."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.truth import TRUTH_TABLES
from lake_assets.kernels.quantile_ranks import quantile_ranks
from lake_assets.kernels.slices import order_statistics, squares
from lake_assets.market.truth_vocabulary import CiMethod, Statistic, Subject
from lake_assets.seconds.readings import F8, I8, known
from lake_assets.seconds.truth_means import (
    LEAST_EVENTS,
    METHODS,
    NO_METHOD,
    TAIL,
    Bounds,
    Observations,
    Span,
    drawn_days,
    drawn_for_mean,
    in_turn,
    quotient,
)
from lake_assets.seconds.truth_slices import NAMES, SLICES_OF

LOW_SAMPLE: Final = 20
SHARES: Final = {Statistic.MEDIAN: 0.5, Statistic.P90: 0.9, Statistic.P95: 0.95}
SIZES: Final = (*[Statistic.MEAN, *SHARES], Statistic.STD, Statistic.MAX)
COUNTED: Final = "count"


@dataclass(frozen=True, slots=True)
class Measure:
    """One number of a subject."""

    subject: Subject
    name: str
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One statistic of a measure: a value a slice, NaN where nothing was seen."""

    measure: Measure
    statistic: Statistic
    value: F8
    n: I8
    n_days: I8
    bounds: Bounds


def described(
    measure: Measure, seen: Observations, span: Span, wanted: Sequence[Statistic] = SIZES
) -> Iterator[Finding]:
    """Mean, quantiles, deviation (of a sample, n - 1) and largest of the values of each slice."""
    sums, counts = seen.tallied(span)
    n, n_days = counts.sum(axis=1), (counts > 0).sum(axis=1)
    mean = quotient(in_turn(sums), n.astype(np.float64))
    found: dict[Statistic, tuple[F8, Bounds]] = {}
    for average in {Statistic.MEAN, Statistic.SHARE} & set(wanted):
        found[average] = mean, drawn_for_mean(seen, sums, counts, span)
    if Statistic.STD in wanted:
        away = squares(seen.value, seen.cell, SLICES_OF, np.nan_to_num(mean))
        # Of one value there is no deviation.
        deviation = np.sqrt(quotient(away, np.maximum(n - 1, 0).astype(np.float64)))
        found[Statistic.STD] = deviation, Bounds.none()
    found |= _ranked(seen, n, wanted)
    for statistic in wanted:
        value, bounds = found[statistic]
        yield Finding(measure, statistic, value, n, n_days, bounds)


def _ranked(
    seen: Observations, n: I8, wanted: Sequence[Statistic]
) -> dict[Statistic, tuple[F8, Bounds]]:
    """Quantiles with the order statistics around them, and the largest."""
    order = np.argsort(seen.value, kind="stable")
    asked = [s for s in (*SHARES, Statistic.MAX) if s in wanted]
    places = np.stack([places_of(s, n) for s in asked], axis=1) if asked else np.empty((0, 0, 4))
    value, cell = seen.value[order], seen.cell[order]
    held = order_statistics(
        value, cell, SLICES_OF, places.reshape(len(NAMES), -1).astype(np.int64)
    ).reshape(places.shape)
    return {s: between(s, n, held[:, k]) for k, s in enumerate(asked)}


def places_of(statistic: Statistic, n: I8) -> I8:
    """Places of the neighbours of a quantile and of its bounds among n sorted values, (s, 4)."""
    share = SHARES.get(statistic, 1.0)
    low = np.floor((n - 1) * share).astype(np.int64)
    high = np.minimum(low + 1, n - 1)
    bounds = (np.full((2, n.size), -1)) if share == 1.0 else quantile_ranks(n, share, TAIL)
    return np.stack([low, high, *bounds], axis=1)


def between(statistic: Statistic, n: I8, held: F8) -> tuple[F8, Bounds]:
    """The quantile and its interval, of the values at `places_of`."""
    low, high, lower, upper = held.T
    rank = (n - 1) * SHARES.get(statistic, 1.0)
    value = low + (rank - np.floor(rank)) * (high - low)
    method = METHODS.index(CiMethod.ORDER_STATISTICS)
    some = ~np.isnan(lower) | ~np.isnan(upper)
    return value, Bounds(lower, upper, np.where(some, method, NO_METHOD))


def counted(measure: Measure, seen: Observations, eligible: F8, span: Span) -> Iterator[Finding]:
    """How many there are, and how many a session that has an eligible second in the slice.

    ``eligible`` is 1 for such sessions, else 0; (slices, days).
    """
    counts = seen.tallied(span)[1].astype(np.float64)
    total, n_days = in_turn(counts), (counts > 0).sum(axis=1)
    n = total.astype(np.int64)
    yield Finding(measure, Statistic.COUNT, total, n, n_days, Bounds.none())
    sessions = eligible.sum(axis=1).astype(np.int64)
    bounds = drawn_days(counts, eligible, sessions >= LEAST_EVENTS, span)
    per_session = quotient(total, sessions.astype(np.float64))
    a_session = Measure(measure.subject, measure.name, f"{measure.unit} per session")
    yield Finding(a_session, Statistic.PER_SESSION, per_session, sessions, sessions, bounds)


def tabled(findings: Sequence[Finding], underlying: str) -> pl.DataFrame:
    """Rows of `gold/truth_tables` of one underlying, one a finding and slice."""
    dte, time, regime = zip(*NAMES, strict=True)
    methods = [*(str(method) for method in METHODS), None]
    slices, bounds = len(NAMES), [finding.bounds for finding in findings]

    def each(told: Callable[[Finding], str]) -> list[str]:
        return [word for finding in findings for word in [told(finding)] * slices]

    count = np.concatenate([finding.n for finding in findings])
    return (
        pl.DataFrame(
            {
                "underlying": [underlying] * len(count),
                "dte_bucket": dte * len(findings),
                "time_of_day": time * len(findings),
                "regime": regime * len(findings),
                "subject": each(lambda finding: finding.measure.subject),
                "measure": each(lambda finding: finding.measure.name),
                "statistic": each(lambda finding: finding.statistic),
                "value": known(np.concatenate([finding.value for finding in findings])),
                "unit": each(lambda finding: finding.measure.unit),
                "n": count,
                "n_days": np.concatenate([finding.n_days for finding in findings]),
                "ci_low": known(np.concatenate([bound.low for bound in bounds])),
                "ci_high": known(np.concatenate([bound.high for bound in bounds])),
                "ci_method": [methods[at] for bound in bounds for at in bound.method.tolist()],
                "low_sample": count < LOW_SAMPLE,
            },
            schema=TRUTH_TABLES.stored_dtypes,
        )
        .cast(TRUTH_TABLES.dtypes)
        .sort(TRUTH_TABLES.sort_by)
    )
