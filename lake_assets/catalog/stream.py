"""A table too large to hold, read in its order a batch at a time."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

import polars as pl

from lake_assets.market.sessions import Interval, Nanos

BATCH_ROWS: Final = 65_536
ALWAYS: Final = Interval(Nanos(-(2**63)), Nanos(2**63 - 1))

Read = Callable[[Sequence[str], Interval], Iterator[pl.DataFrame]]
Change = Callable[[pl.DataFrame], pl.DataFrame]


@dataclass(frozen=True, slots=True)
class RowStream:
    """Rows in order of ``ts_event_ns``; each reading starts anew.

    Attributes:
        read: batches with at least the named columns and at least the rows of an interval.
        needs: columns that ``changes`` read beyond those asked for.
        changes: what becomes of each batch, one after the other.
    """

    read: Read
    needs: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = field(default=())

    @classmethod
    def of(cls, rows: pl.DataFrame, most: int = BATCH_ROWS) -> Self:
        """A stream of rows in memory, at most so many at a time."""

        def slices(columns: Sequence[str], _: Interval) -> Iterator[pl.DataFrame]:
            return rows.select(columns).iter_slices(most)

        return cls(slices)

    def changed(self, change: Change, needs: Sequence[str]) -> "RowStream":
        """The stream with each batch changed; no row may pass one of another batch."""
        return RowStream(self.read, self.needs | set(needs), (*self.changes, change))

    def before(self, closes_ns: int) -> "RowStream":
        """The rows before a moment, as if nothing came after them."""

        def past(columns: Sequence[str], span: Interval) -> Iterator[pl.DataFrame]:
            return self.batches(columns, Interval(span.opens, Nanos(min(span.closes, closes_ns))))

        return RowStream(past)

    def batches(self, columns: Sequence[str], span: Interval = ALWAYS) -> Iterator[pl.DataFrame]:
        """The columns of the rows in ``[opens, closes)``, in batches of one row or more."""
        inside = pl.col("ts_event_ns").is_between(span.opens, span.closes, closed="left")
        wanted = list(dict.fromkeys([*columns, *sorted(self.needs), "ts_event_ns"]))
        for batch in self.read(wanted, span):
            for change in self.changes:
                batch = change(batch)  # noqa: PLW2901 - one batch, changed in turn
            ns = batch["ts_event_ns"].to_numpy()
            if ns.size and not (span.opens <= ns.min() and ns.max() < span.closes):
                batch = batch.filter(inside)  # noqa: PLW2901 - what is left of it
            if not batch.is_empty():
                yield batch.select(columns)
