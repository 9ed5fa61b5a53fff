"""What a manifest tells of a partition's rows, so that a reader may leave its file unread."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

Measured = dict[str, dict[str, int | str | None]]
"""By value of a column: name of a measure → a count, or a date in ISO form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts and dates, for each value of the column ``by``; ``measures`` are aggregations."""

    by: str
    measures: Mapping[str, pl.Expr]

    def of(self, file: Path) -> Measured:
        """What a Parquet file's rows measure; nothing is said of values it does not hold."""
        # The lake names its drafts without a suffix, and polars reads a bare path as a folder.
        with file.open("rb") as opened:
            rows = pl.scan_parquet(opened)
            measured = rows.group_by(self.by).agg(**self.measures).sort(self.by).collect()
        return {
            str(row.pop(self.by)): {name: _told(value) for name, value in row.items()}
            for row in measured.iter_rows(named=True)
        }


def _told(value: object) -> int | str | None:
    if isinstance(value, date):
        return value.isoformat()
    return value if value is None or isinstance(value, str) else int(str(value))
