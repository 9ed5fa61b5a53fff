"""Bursts, fear and chop: how many, how large, how long."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.option_books import POINTS
from lake_assets.catalog.schema import SECONDS, SHARE
from lake_assets.market.option_vocabulary import BurstLabel
from lake_assets.market.truth_vocabulary import Statistic, Subject
from lake_assets.seconds.readings import F8
from lake_assets.seconds.truth_means import Observations, Seen, Span
from lake_assets.seconds.truth_slices import cells
from lake_assets.seconds.truth_summary import COUNTED, Finding, Measure, counted, described

_BURST_SIZES: Final = {
    "size_points": POINTS,
    "peak_points": POINTS,
    "duration_s": SECONDS,
    "ce_rel_delta_peak": SHARE,
    "pe_rel_delta_peak": SHARE,
    "ce_move_peak": POINTS,
    "pe_move_peak": POINTS,
    "tps": "lots per s",
    "vacuum_score": "score",
}
_UNCENSORED: Final = ("size_points", "peak_points", "duration_s")
_CENSORED: Final = pl.col("censored")
_BURST_KINDS: Final[Mapping[str, pl.Expr]] = {
    "bursts": pl.lit(value=True),
    "up": pl.col("direction") > 0,
    "down": pl.col("direction") < 0,
    **{f"label_{label}": pl.col("label") == label for label in BurstLabel},
    "censored": _CENSORED,
}


def of_bursts(bursts: pl.DataFrame, eligible: F8, span: Span) -> Iterator[Finding]:
    """Statistics of bursts: rows of `gold/bursts` with label, ``regime_before`` and ``day``.

    A burst that the close cut counts, but its size and length do not.
    """
    for name, kind in _BURST_KINDS.items():
        measure = Measure(Subject.BURST, name, COUNTED)
        yield from counted(measure, each(bursts.filter(kind)), eligible, span)
    for name, unit in _BURST_SIZES.items():
        rows = bursts.filter(~_CENSORED) if name in _UNCENSORED else bursts
        yield from described(Measure(Subject.BURST, name, unit), values(rows, name), span)


def of_fear(
    fear: pl.DataFrame, bursts: pl.DataFrame, eligible: F8, span: Span
) -> Iterator[Finding]:
    """Statistics of fear, and the share of falls that ended in it, in the slice of the fall."""
    for name, rows in (("spikes", fear), ("censored", fear.filter(_CENSORED))):
        yield from counted(Measure(Subject.FEAR, name, COUNTED), each(rows), eligible, span)
    decay = values(fear.filter(~_CENSORED), "decay_time_s")
    yield from described(Measure(Subject.FEAR, "decay_time_s", SECONDS), decay, span)
    falls = bursts.filter(pl.col("direction") < 0).with_columns(
        feared=pl.col("event_id").is_in(fear["burst_id"].to_list()).cast(pl.Float64)
    )
    measure = Measure(Subject.FEAR, "of_down_bursts", SHARE)
    yield from described(measure, values(falls, "feared"), span, (Statistic.SHARE,))


def see_chop(chop: pl.DataFrame) -> Seen:
    """Pockets, rows of `gold/chop_pockets` with ``regime_before`` and ``day``."""
    return {
        "chop_pockets": each(chop),
        "chop_censored": each(chop.filter(_CENSORED)),
        "chop_duration_s": values(chop.filter(~_CENSORED), "duration_s"),
    }


def of_chop(seen: Seen, eligible: F8, span: Span) -> Iterator[Finding]:
    """Statistics of what `see_chop` saw; the length of one that the close cut does not count."""
    for name in ("pockets", "censored"):
        measure = Measure(Subject.CHOP, name, COUNTED)
        yield from counted(measure, seen[f"chop_{name}"], eligible, span)
    length = Measure(Subject.CHOP, "duration_s", SECONDS)
    yield from described(length, seen["chop_duration_s"], span)


def values(events: pl.DataFrame, name: str) -> Observations:
    """The known values of a column of events."""
    rows = events.drop_nulls(name)
    return Observations(
        rows[name].cast(pl.Float64).to_numpy(writable=True),
        rows["day"].to_numpy(writable=True),
        cells(rows, "regime_before"),
    )


def each(events: pl.DataFrame) -> Observations:
    """One for each event."""
    day = events["day"].to_numpy(writable=True)
    return Observations(np.ones(day.size), day, cells(events, "regime_before"))
