"""The truth tables: everything that was seen, slice by slice, underlying by underlying."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from lake_assets.catalog.rows import Quality, Rows
from lake_assets.catalog.truth import TRUTH_TABLES
from lake_assets.errors import ComputationRefusedError
from lake_assets.market.underlyings import Underlying, underlying_named
from lake_assets.seconds.readings import F8
from lake_assets.seconds.truth_convexity import of_convexity
from lake_assets.seconds.truth_day import ELIGIBLE, Frames, observe_day, put_together, stack_events
from lake_assets.seconds.truth_events import of_bursts, of_chop, of_fear
from lake_assets.seconds.truth_liquidity import of_liquidity
from lake_assets.seconds.truth_means import Span
from lake_assets.seconds.truth_microstructure import THREADS, of_microstructure
from lake_assets.seconds.truth_regimes import of_regimes
from lake_assets.seconds.truth_sessions import Openings, WholeSessions
from lake_assets.seconds.truth_slices import seeds_of
from lake_assets.seconds.truth_summary import Finding, tabled

Make: TypeAlias = Callable[[], Frames]
Recall: TypeAlias = Callable[[Underlying, date, Make], Frames]
"""What a session adds: what is remembered of it, or what making it anew gives; the same frames."""

_SHOWN: Final = 3  # bursts a message names


def make_anew(_underlying: Underlying, _day: date, make: Make) -> Frames:
    """Remember nothing."""
    return make()


def count_truths(
    tables: Mapping[str, Mapping[str, Openings]],
    burst_labels: pl.DataFrame,
    recall: Recall = make_anew,
) -> Rows:
    """Every statistic of every slice.

    Args:
        tables: sessions by underlying, by the table's name: `option_state`, `bursts`,
            `liquidity_events`, `fear_spikes`, `chop_pockets`, `regimes`. A session is opened only
            if it is not remembered.
        burst_labels: rows of `gold/burst_labels` of these bursts.
        recall: remembers what sessions add.

    Returns:
        The rows of `gold/truth_tables`, none of an underlying without sessions; dates used and
        missing, days with and without bursts.

    Raises:
        ComputationRefusedError: the tables of a session do not fit together.
    """
    quality: Quality = {}
    parts = [TRUTH_TABLES.empty()]
    for name in tables["option_state"]:
        mine = {table: sessions[name] for table, sessions in tables.items()}
        sessions = WholeSessions.of(underlying_named(name), mine)
        quality |= sessions.quality()
        if sessions.days:
            truths = _Truths(sessions.underlying, _days(sessions, recall), burst_labels)
            quality |= truths.quality()
            parts.append(tabled(list(truths.findings()), name))
    return Rows(batches=pl.concat(parts).sort(TRUTH_TABLES.sort_by), quality=quality)


def _days(sessions: WholeSessions[Callable[[], pl.LazyFrame]], recall: Recall) -> list[Frames]:
    """What each session adds, oldest first."""

    def add(place: int) -> Frames:
        def make() -> Frames:
            opened = {name: each[place]() for name, each in sessions.tables.items()}
            return observe_day(opened, sessions.underlying)

        return recall(sessions.underlying, sessions.days[place], make)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(add, range(len(sessions.days))))


class _Truths:
    """What the whole sessions of one underlying say."""

    def __init__(
        self, underlying: Underlying, days: Sequence[Frames], burst_labels: pl.DataFrame
    ) -> None:
        self._underlying = underlying
        self._span = Span(len(days), seeds_of(underlying.name))
        self._seen = put_together(days)
        self._bursts = _labelled(stack_events(days, "bursts"), burst_labels)
        self._fear = stack_events(days, "fear_spikes")

    def quality(self) -> Quality:
        """Sessions with and without bursts, and bursts that are in no regime's slice."""
        name, found = self._underlying.name, self._bursts["day"].n_unique()
        return {
            f"days_with_bursts_{name}": found,
            f"days_without_bursts_{name}": self._span.days - found,
            f"bursts_without_regime_{name}": self._bursts["regime_before"].null_count(),
        }

    def findings(self) -> Iterator[Finding]:
        """Every statistic, subject by subject."""
        eligible, seen, span = self._eligible(), self._seen, self._span
        fear = self._fear.join(
            self._bursts.select("event_id", "regime_before"),
            left_on="burst_id",
            right_on="event_id",
            how="left",
            maintain_order="left",
        )
        yield from of_bursts(self._bursts, eligible, span)
        yield from of_fear(fear, self._bursts, eligible, span)
        yield from of_liquidity(seen, span)
        yield from of_chop(seen, eligible, span)
        yield from of_regimes(seen, eligible, span)
        yield from of_microstructure(seen, span)
        yield from of_convexity(seen, span)

    def _eligible(self) -> F8:
        """1 where a session has a second with spot observed in a slice, (slices, days)."""
        _, counts = self._seen[ELIGIBLE].tallied(self._span)
        return (counts > 0).astype(np.float64)


def _labelled(bursts: pl.DataFrame, burst_labels: pl.DataFrame) -> pl.DataFrame:
    lost = bursts.join(burst_labels, on="event_id", how="anti")["event_id"]
    if len(lost):
        raise ComputationRefusedError(
            f"burst_labels lacks {len(lost)} bursts, such as {', '.join(lost.head(_SHOWN))}; "
            "materialize gold/burst_labels again"
        )
    judged = burst_labels.select("event_id", "label", "regime_before")
    return bursts.join(judged, on="event_id", how="left", maintain_order="left")
