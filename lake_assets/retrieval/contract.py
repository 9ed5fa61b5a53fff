"""Whether Silver's files have the columns that numbers are read from, by their footers."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from lake_assets.retrieval.reading import Input
from lake_assets.retrieval.vocabulary import ColumnType

_SHOWN: Final = 200  # characters of a reader's complaint


class Verdict(StrEnum):
    """What a look at a dataset's footers says."""

    OK = "OK"
    NO_FILES = "NO_FILES"
    MISSING_COLUMNS = "MISSING_COLUMNS"
    READ_FAILED = "READ_FAILED"


@dataclass(frozen=True, slots=True, kw_only=True)
class Footer:
    """One file's columns; of one that cannot be read, why."""

    columns: Mapping[str, ColumnType | None]
    error: str | None = None

    def lacks(self, required: Mapping[str, ColumnType]) -> frozenset[str]:
        """Required columns that are absent or of another type."""
        return frozenset(n for n, kind in required.items() if self.columns.get(n) is not kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaCheck:
    """What was found of one dataset, as it goes into the audit log."""

    dataset: str
    files: int
    columns: int
    missing: tuple[str, ...]
    wrong_types: tuple[str, ...]
    status: Verdict
    error: str | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "dataset": self.dataset,
            "files": self.files,
            "columns": self.columns,
            "missing": list(self.missing),
            "wrong_types": list(self.wrong_types),
            "status": self.status.value,
            "error": self.error,
        }


class Footers:
    """Footers of files, each read once for as long as its hash stays."""

    def __init__(self) -> None:
        self._read: dict[str, Footer] = {}

    def of(self, source: Input) -> Footer:
        """A file's footer."""
        known = self._read.get(source.sha256)
        if known is None:
            known = self._read[source.sha256] = _footer(source)
        return known

    def check(
        self, dataset: str, files: Iterable[Input], required: Mapping[str, ColumnType]
    ) -> SchemaCheck:
        """Every file of a dataset; the worst of them gives the status."""
        footers = [self.of(source) for source in files]
        missing = {n for f in footers if not f.error for n in required if n not in f.columns}
        lacking = {n for f in footers if not f.error for n in f.lacks(required)}
        error = next((f.error for f in footers if f.error), None)
        return SchemaCheck(
            dataset=dataset,
            files=len(footers),
            columns=len(required),
            missing=tuple(sorted(missing)),
            wrong_types=tuple(sorted(lacking - missing)),
            status=_status(has_files=bool(footers), lacking=bool(lacking), error=error),
            error=error,
        )


def _status(*, has_files: bool, lacking: bool, error: str | None) -> Verdict:
    if error:
        return Verdict.READ_FAILED
    if lacking:
        return Verdict.MISSING_COLUMNS
    return Verdict.OK if has_files else Verdict.NO_FILES


def _footer(source: Input) -> Footer:
    try:
        schema = pq.read_schema(source.path)
    except (pa.ArrowException, OSError) as error:
        # The reader names the file by its place on this machine, which is nobody's business.
        sentence = str(error).replace(str(source.path), source.name)
        return Footer(columns={}, error=sentence[:_SHOWN])
    return Footer(columns={field.name: _kind(field.type) for field in schema})


def _kind(dtype: pa.DataType) -> ColumnType | None:
    kinds = {
        ColumnType.DATE: pa.types.is_date,
        ColumnType.TEXT: lambda t: pa.types.is_string(t) or pa.types.is_large_string(t),
        ColumnType.FLOAT: pa.types.is_float64,
        ColumnType.INTEGER: pa.types.is_integer,
        ColumnType.BOOLEAN: pa.types.is_boolean,
    }
    return next((kind for kind, holds in kinds.items() if holds(dtype)), None)
