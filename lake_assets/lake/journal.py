"""The journal: what became of every request to materialize a partition, one line each.

It holds wall-clock times and tells how the lake runs, not what it holds: it is no dataset, nothing
is made from it, and a lake without it is whole.
"""

import json
import os
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from socket import gethostname
from typing import Final

import duckdb

from lake_assets.lake.lines import last_lines, open_to_append, turn, write_whole
from lake_assets.lake.literals import sql_text

FOLDER: Final = "_runs"
FAILED: Final = "failed"
_SUFFIX: Final = ".jsonl"
_COLUMNS: Final = {
    "started_at": "TIMESTAMP",
    "seconds": "DOUBLE",
    "dataset": "VARCHAR",
    "partition": "VARCHAR",
    "outcome": "VARCHAR",
    "why": "VARCHAR",
    "rows": "BIGINT",
    "bytes": "BIGINT",
    "sha256": "VARCHAR",
    "code_version": "VARCHAR",
    "peak_memory_mb": "BIGINT",
    "run_id": "VARCHAR",
    "host": "VARCHAR",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request for one partition.

    ``started_at`` is UTC, ``seconds`` runs until the partition was in force, and
    ``peak_memory_mb`` is the process's so far. ``outcome`` is that of the decision, or ``failed``:
    then ``why`` is the error, and what a partition would have is null.
    """

    started_at: str
    seconds: float
    dataset: str
    partition: str
    outcome: str
    why: str
    code_version: str
    peak_memory_mb: int
    run_id: str
    rows: int | None = None
    bytes: int | None = None
    sha256: str | None = None
    host: str = field(default_factory=gethostname)

    def line(self) -> str:
        """The entry as the journal holds it."""
        return json.dumps(asdict(self), separators=(",", ":"), allow_nan=False) + "\n"


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal of the lake at ``root``: a file a month, named after it."""

    root: Path
    wait_s: float = 5.0  # for other writers

    def append(self, entry: Entry) -> None:
        """Add a line, whole or not at all; what a power cut tore off is cut away first.

        Raises:
            OSError: it cannot be written.
        """
        path = self._folder / f"{entry.started_at[:7]}{_SUFFIX}"
        with turn(self._folder / "journal.lock", wait_s=self.wait_s):
            descriptor = open_to_append(path)
            try:
                write_whole(descriptor, entry.line().encode(), _mended(descriptor))
            finally:
                os.close(descriptor)

    def files(self) -> list[Path]:
        """The months there are, oldest first."""
        return sorted(self._folder.glob(f"*{_SUFFIX}"))

    def relation(self, connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyRelation:
        """Every whole line as a row, in the order written; a damaged line is left out."""
        return connection.sql(self.query())

    def query(self) -> str:
        """SQL of `relation`."""
        if not (files := self.files()):
            nothing = ", ".join(f"NULL::{kind} AS {name}" for name, kind in _COLUMNS.items())
            return f"SELECT {nothing} WHERE false"
        listed = ", ".join(sql_text(file) for file in files)
        columns = ", ".join(f"{name}: '{kind}'" for name, kind in _COLUMNS.items())
        return (
            # No value comes from a caller: names are declared here, files are this lake's.
            f"SELECT * FROM read_json([{listed}], format = 'newline_delimited', "  # noqa: S608
            f"ignore_errors = true, columns = {{{columns}}}) WHERE run_id IS NOT NULL"
        )

    @property
    def _folder(self) -> Path:
        return self.root / FOLDER


def utc_text(seconds: float | None = None) -> str:
    """A moment of the wall clock, now if none is given, to the microsecond."""
    moment = datetime.fromtimestamp(time.time() if seconds is None else seconds, UTC)
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _mended(descriptor: int) -> int:
    """Size of a file once a line without an end is cut from it."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        size -= len(last_lines(descriptor, size)[1])
        os.ftruncate(descriptor, size)
    return size
