"""The truth tables: everything that was seen, slice by slice, underlying by underlying."""

from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.rows import Quality, Rows
from lake_assets.catalog.truth import TRUTH_TABLES
from lake_assets.errors import ComputationRefusedError
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.burst_labels import with_regime_before
from lake_assets.seconds.readings import F8
from lake_assets.seconds.truth_convexity import COLUMNS as AT_WINDOW_ENDS
from lake_assets.seconds.truth_convexity import WINDOW_S, of_convexity
from lake_assets.seconds.truth_events import of_bursts, of_chop, of_fear
from lake_assets.seconds.truth_liquidity import of_liquidity
from lake_assets.seconds.truth_means import Observations, Span
from lake_assets.seconds.truth_microstructure import MEASURES, of_microstructure
from lake_assets.seconds.truth_regimes import of_regimes
from lake_assets.seconds.truth_sessions import Days, WholeSessions
from lake_assets.seconds.truth_slices import cells, seeds_of
from lake_assets.seconds.truth_summary import Finding, tabled

_OF_A_SECOND: Final = (
    "timestamp",
    "dte_bucket",
    "time_of_day",
    "spot_observed",
    "ce_observed",
    "pe_observed",
    *MEASURES,
)
_SHOWN: Final = 3  # bursts a message names


def count_truths(tables: Mapping[str, Mapping[str, Days]], burst_labels: pl.DataFrame) -> Rows:
    """Every statistic of every slice.

    Args:
        tables: sessions by underlying, by the table's name: `option_state`, `bursts`,
            `liquidity_events`, `fear_spikes`, `chop_pockets`, `regimes`.
        burst_labels: rows of `gold/burst_labels` of these bursts.

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
            truths = _Truths(sessions, burst_labels)
            quality |= truths.quality()
            parts.append(tabled(list(truths.findings()), name))
    return Rows(batches=pl.concat(parts).sort(TRUTH_TABLES.sort_by), quality=quality)


class _Truths:
    """What the whole sessions of one underlying say."""

    def __init__(self, sessions: WholeSessions, burst_labels: pl.DataFrame) -> None:
        self._sessions = sessions
        self._span = Span(len(sessions.days), seeds_of(sessions.underlying.name))
        self._regimes = sessions.stacked("regimes", "timestamp", "regime")
        self._seconds = self._with_regimes(sessions.stacked("option_state", *_OF_A_SECOND))
        self._bursts = self._labelled(burst_labels)

    def quality(self) -> Quality:
        """Sessions with and without bursts, and bursts that are in no regime's slice."""
        name, found = self._sessions.underlying.name, self._bursts["day"].n_unique()
        return {
            f"days_with_bursts_{name}": found,
            f"days_without_bursts_{name}": self._span.days - found,
            f"bursts_without_regime_{name}": self._bursts["regime_before"].null_count(),
        }

    def findings(self) -> Iterator[Finding]:
        """Every statistic, subject by subject."""
        eligible, span = self._eligible(), self._span
        fear = self._events("fear_spikes").join(
            self._bursts.select("event_id", "regime_before"),
            left_on="burst_id",
            right_on="event_id",
            how="left",
            maintain_order="left",
        )
        chop = with_regime_before(self._events("chop_pockets"), "start_time", self._regimes)
        yield from of_bursts(self._bursts, eligible, span)
        yield from of_fear(fear, self._bursts, eligible, span)
        yield from of_liquidity(self._events("liquidity_events"), self._bursts, self._seconds, span)
        yield from of_chop(chop, eligible, span)
        yield from of_regimes(self._seconds, eligible, span)
        yield from of_microstructure(self._seconds, span)
        yield from of_convexity(self._window_ends(), self._sessions.underlying, span)

    def _eligible(self) -> F8:
        """1 where a session has a second with spot observed in a slice, (slices, days)."""
        seen = self._seconds.filter("spot_observed")
        day = seen["day"].to_numpy(writable=True)
        _, counts = Observations(np.ones(day.size), day, cells(seen)).tallied(self._span)
        return (counts > 0).astype(np.float64)

    def _events(self, table: str) -> pl.DataFrame:
        return self._sessions.stacked(table, "*")

    def _with_regimes(self, seconds: pl.DataFrame) -> pl.DataFrame:
        """The seconds with their regime and the one before, which is null at the open."""
        if not seconds["timestamp"].equals(self._regimes["timestamp"]):
            name = self._sessions.underlying.name
            raise ComputationRefusedError(
                f"regimes and option_state of {name} are not of the same seconds; materialize "
                "the regimes again"
            )
        return seconds.with_columns(
            self._regimes["regime"], regime_before=self._regimes["regime"].shift(1)
        ).with_columns(
            regime_before=pl.when(pl.col("day") == pl.col("day").shift(1)).then("regime_before")
        )

    def _labelled(self, burst_labels: pl.DataFrame) -> pl.DataFrame:
        bursts = self._events("bursts")
        lost = bursts.join(burst_labels, on="event_id", how="anti")["event_id"]
        if len(lost):
            raise ComputationRefusedError(
                f"burst_labels lacks {len(lost)} bursts, such as {', '.join(lost.head(_SHOWN))}; "
                "materialize gold/burst_labels again"
            )
        judged = burst_labels.select("event_id", "label", "regime_before")
        return bursts.join(judged, on="event_id", how="left", maintain_order="left")

    def _window_ends(self) -> pl.DataFrame:
        """Every tenth second from each open."""
        parts = [
            rows.select(pl.col(*AT_WINDOW_ENDS).gather_every(WINDOW_S)).collect()
            for rows in self._sessions.tables["option_state"]
        ]
        second = pl.int_range(pl.len()).over("day")
        own = self._seconds.select("day", "regime").filter(second % WINDOW_S == 0)
        return pl.concat([pl.concat(parts), own], how="horizontal")
