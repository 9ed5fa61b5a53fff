"""Which part of a table a request asks for, and whether that is too much, before it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import polars as pl
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field

from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import TooMuchAskedError, UnknownNameError
from lake_assets.lake.reading import Pinned
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.serving.formats import Format
from lake_assets.serving.limits import Limits
from lake_assets.serving.views import View
from lake_assets.serving.words import as_nanos, columns_of, nanos_of

_MOMENT: Final = "ns since 1970 UTC, or ISO 8601 with a zone"

Moment = Annotated[str | None, Field(max_length=40, examples=["2025-12-17T14:30:00Z"])]


class NoQuery(BaseModel):
    """Nothing to choose: a parameter is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FormatQuery(NoQuery):
    """How an answer is sent."""

    format: Format | None = Field(None, description="wins over Accept")


class ColumnsQuery(FormatQuery):
    """Which columns."""

    columns: str | None = Field(
        None, description="names with commas between; all if absent", max_length=4000
    )


class TableQuery(ColumnsQuery):
    """Which rows and columns."""

    start: Moment = Field(None, description=f"first moment, included: {_MOMENT}")
    end: Moment = Field(None, description=f"first moment no longer included: {_MOMENT}")
    limit: int | None = Field(None, ge=0, le=100_000_000, description="first rows of the slice")


class WindowQuery(ColumnsQuery):
    """A slice of time, thinned."""

    start: Moment = Field(None, description=f"first moment, included: {_MOMENT}")
    end: Moment = Field(None, description=f"first moment no longer included: {_MOMENT}")
    points: int = Field(2_000, ge=2, le=20_000, description="rows at most")


class StretchQuery(FormatQuery):
    """A stretch of a session, which must have both ends."""

    start: str = Field(max_length=40, description=f"first moment, included: {_MOMENT}")
    end: str = Field(max_length=40, description=f"first moment no longer included: {_MOMENT}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Columns, ``[start, end)`` in ns UTC, and how many rows of it; None where unbounded."""

    columns: Sequence[str]
    start: int | None = None
    end: int | None = None
    limit: int | None = None

    @classmethod
    def of(cls, view: View, query: ColumnsQuery, limits: Limits) -> "Slice":
        """What a query means on a view.

        Raises:
            UnknownNameError: a column or moment is none, or the rows have no time.
            TooMuchAskedError: the span is longer than a request's may be.
        """
        start, end = (_moment(getattr(query, name, None)) for name in ("start", "end"))
        if view.axis is None and not (start is None and end is None):
            raise UnknownNameError(f"rows of {view.dataset.name} have no time; drop start and end")
        if start is not None and end is not None:
            _require_span(start, end, limits)
        return cls(
            columns=columns_of(list(view.columns), query.columns),
            start=start,
            end=end,
            limit=getattr(query, "limit", None),
        )

    def cut(self, view: View, rows: pl.LazyFrame) -> pl.LazyFrame:
        """The rows and columns asked for."""
        if view.axis is not None:
            at = as_nanos(view.dataset, view.axis)
            if self.start is not None:
                rows = rows.filter(at >= self.start)
            if self.end is not None:
                rows = rows.filter(at < self.end)
        if self.limit is not None:
            rows = rows.head(self.limit)
        return rows.select(self.columns)

    def cut_sorted(self, view: View, rows: pl.DataFrame) -> pl.DataFrame:
        """As `cut`, of rows in memory that are in order of time; nothing is copied."""
        if view.axis is not None:
            at = rows.select(as_nanos(view.dataset, view.axis)).to_series()
            first = 0 if self.start is None else int(at.search_sorted(self.start, side="left"))
            stop = len(at) if self.end is None else int(at.search_sorted(self.end, side="left"))
            rows = rows.slice(first, max(0, stop - first))
        if self.limit is not None:
            rows = rows.head(self.limit)
        return rows.select(self.columns)

    def rows_at_most(self, pin: Pinned, axis: str | None) -> int:
        """How many rows it can have, by the file's footer alone."""
        most = pin.generation.rows
        if axis is not None and not (self.start is None and self.end is None):
            most = sum(rows for rows, low, high in _groups(pin, axis) if self._meets(low, high))
        return most if self.limit is None else min(most, self.limit)

    def _meets(self, low: int | None, high: int | None) -> bool:
        before = self.end is not None and low is not None and low >= self.end
        after = self.start is not None and high is not None and high < self.start
        return not (before or after)


def require_room(rows: int, columns: int, format_: Format, limits: Limits) -> None:
    """Refuse what would be too large an answer, before any of it is read.

    Raises:
        TooMuchAskedError: too many rows, or too many cells.
    """
    text = format_.is_text
    most = limits.text_rows if text else limits.rows
    most_cells = limits.text_cells if text else limits.cells
    hint = "set start and end, limit or columns" + (", or format=arrow" if text else "")
    if rows > most:
        raise TooMuchAskedError(
            f"the answer may have {rows:,} rows, {most:,} are given at once; {hint}"
        )
    if rows * columns > most_cells:
        raise TooMuchAskedError(
            f"the answer may have {rows:,} rows of {columns} columns, {most_cells:,} cells are "
            f"given at once; {hint}"
        )


def _moment(text: str | None) -> int | None:
    return None if text is None else nanos_of(text)


def _require_span(start: int, end: int, limits: Limits) -> None:
    if end < start:
        raise UnknownNameError("end is before start")
    if end - start > limits.span_s * NANOS_PER_SECOND:
        raise TooMuchAskedError(
            f"{(end - start) / NANOS_PER_SECOND:,.0f} s are asked for, {limits.span_s:,} s are "
            "given at once; a partition is one session"
        )


def _groups(pin: Pinned, axis: str) -> list[tuple[int, int | None, int | None]]:
    """Rows of each row group, and its first and last moment where the file says."""
    footer = pq.read_metadata(pin.file)
    place = footer.schema.names.index(axis)
    found = []
    for at in range(footer.num_row_groups):
        group = footer.row_group(at)
        bounds = group.column(place).statistics
        known = bounds is not None and bounds.has_min_max
        low, high = (bounds.min, bounds.max) if known else (None, None)
        found.append((group.num_rows, _as_nanos(low), _as_nanos(high)))
    return found


def _as_nanos(value: Any) -> int | None:  # noqa: ANN401 - pyarrow has no types
    if isinstance(value, datetime):
        return nanos_of(value.isoformat())
    return None if value is None else int(value)


def facts_of(dataset: Dataset, partition: str, pins: Sequence[Pinned]) -> Mapping[str, object]:
    """What heads a table's answer: whose rows these are, and which generation of them."""
    return {
        "dataset": dataset.table,
        "underlying": dataset.underlying,
        "date": partition,
        "sha256": pins[0].generation.sha256,
        "provenance": pins[0].generation.provenance,
    }
