"""Which sessions an aggregate can use: those of which every table it reads is there."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeAlias, TypeVar

import polars as pl

from lake_assets.catalog.rows import Quality
from lake_assets.errors import ComputationRefusedError
from lake_assets.market.sessions import session_days
from lake_assets.market.underlyings import Underlying

T = TypeVar("T")

Days: TypeAlias = Sequence[tuple[str, pl.LazyFrame]]
"""Sessions of one table, each with its date, YYYY-MM-DD; in any order."""

Openings: TypeAlias = Sequence[tuple[str, Callable[[], pl.LazyFrame]]]
"""As `Days`, each opened when it is called."""


@dataclass(frozen=True, slots=True)
class WholeSessions(Generic[T]):
    """Sessions of an underlying that are there whole, oldest first, and what is not.

    ``missing`` are the exchange's sessions from the first date seen to the last of which a table
    lacks.
    """

    underlying: Underlying
    days: tuple[date, ...]
    missing: tuple[date, ...]
    tables: Mapping[str, Sequence[T]]

    @classmethod
    def of(
        cls, underlying: Underlying, tables: Mapping[str, Sequence[tuple[str, T]]]
    ) -> "WholeSessions[T]":
        """Pair the tables' sessions by date.

        Raises:
            ComputationRefusedError: a table has a date twice.
        """
        held = {name: _by_date(name, sessions) for name, sessions in tables.items()}
        seen = sorted({day for sessions in held.values() for day in sessions})
        days = tuple(d for d in seen if all(d in sessions for sessions in held.values()))
        expected = {
            d for d in session_days(underlying.calendar) if seen and seen[0] <= d <= seen[-1]
        }
        missing = tuple(sorted((expected | set(seen)) - set(days)))
        paired = {name: [sessions[d] for d in days] for name, sessions in held.items()}
        return cls(underlying, days, missing, paired)

    def quality(self) -> Quality:
        """Dates used and missing, as a manifest keeps them."""
        name = self.underlying.name
        return {
            f"sessions_{name}": len(self.days),
            f"dates_used_{name}": " ".join(day.isoformat() for day in self.days) or None,
            f"dates_missing_{name}": " ".join(day.isoformat() for day in self.missing) or None,
        }


def stacked(sessions: Sequence[pl.LazyFrame], *columns: str) -> pl.DataFrame:
    """Columns of every session's rows, in order, with the session's place as ``day``."""
    parts = [
        rows.select(*columns).with_columns(day=pl.lit(place, pl.Int64)).collect()
        for place, rows in enumerate(sessions)
    ]
    return pl.concat(parts)


def _by_date(name: str, sessions: Sequence[tuple[str, T]]) -> dict[date, T]:
    found = {date.fromisoformat(day): rows for day, rows in sessions}
    if len(found) < len(sessions):
        raise ComputationRefusedError(f"{name} came with a date more than once; give each once")
    return found
