"""One DuckDB in memory that reads Silver and can do nothing else.

The lock-down is in the order DuckDB needs: folders first, because they cannot be named once
outside access is off, and the lock last. COPY and ATTACH would still write inside the allowed
folders, so the engine runs queries only, each checked at import to be exactly one SELECT.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Final, Self, TypeAlias
from weakref import finalize

import duckdb

from lake_assets.retrieval.query import Query
from lake_assets.retrieval.settings import EngineSettings

Cell: TypeAlias = "int | float | str | bool | date | datetime | None"
Bound: TypeAlias = "Cell | Sequence[Cell]"

_AGAIN_S: Final = 0.05
_LOCK_DOWN: Final = (
    "SET autoinstall_known_extensions = false",
    "SET autoload_known_extensions = false",
    "SET allow_community_extensions = false",
)
_LOCKED: Final = (
    # GLOBAL: a cursor takes the others from its connection, but these two from the process.
    "SET GLOBAL TimeZone = 'UTC'",
    "SET GLOBAL python_enable_replacements = false",
    "SET enable_external_access = false",
    "SET lock_configuration = true",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One result row; ``not_finite`` names cells that were NaN or infinite and are null here."""

    cells: Mapping[str, Cell]
    not_finite: frozenset[str] = field(default_factory=frozenset)

    def __getitem__(self, name: str) -> Cell:
        return self.cells[name]

    def day(self, name: str) -> date:
        """A cell that is a date."""
        cell = self.cells[name]
        if not isinstance(cell, date):
            raise TypeError(f"{name}: expected a date, found {cell!r}")
        return cell

    def number(self, name: str) -> float | None:
        """A cell that is a number, or null."""
        cell = self.cells[name]
        if cell is not None and not isinstance(cell, int | float):
            raise TypeError(f"{name}: expected a number, found {cell!r}")
        return cell


class Request:
    """The cursors of one request and the one clock that stops them all.

    The clock starts with the first question; a stopped cursor raises
    `duckdb.InterruptException` and the connection stays usable.
    """

    def __init__(self, cursor: Callable[[], duckdb.DuckDBPyConnection], timeout_s: float) -> None:
        self._new_cursor = cursor
        self._timeout_s = timeout_s
        self._cursor: duckdb.DuckDBPyConnection | None = None
        self._over = Event()
        self._closing = Lock()
        self.expired = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._closing:
            self._over.set()
        if self._cursor:
            self._cursor.close()

    def ask(self, query: Query, bound: Mapping[str, Bound]) -> list[Row]:
        """Rows of one query; parameters it does not bind are left out.

        Raises:
            duckdb.InterruptException: the request's time is over.
            duckdb.Error: a file cannot be read as the query expects.
        """
        if self.expired:
            raise duckdb.InterruptException("the request's time is over")
        cursor = self._started()
        cursor.execute(query.text, {k: bound[k] for k in sorted(query.parameters)})
        names = [column[0] for column in cursor.description or ()]
        return [_row(names, cells) for cells in cursor.fetchall()]

    def _started(self) -> duckdb.DuckDBPyConnection:
        if self._cursor is None:
            self._cursor = self._new_cursor()
            Thread(target=self._watch, args=(self._cursor,), daemon=True).start()
        return self._cursor

    def _watch(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Interrupt until the request ends: a question about to start forgets an earlier one."""
        wait_s = self._timeout_s
        while not self._over.wait(wait_s):
            with self._closing:
                if not self._over.is_set():
                    self.expired = True
                    cursor.interrupt()
            wait_s = _AGAIN_S


class Engine:
    """The process' DuckDB over one lake's folders; a request gets a cursor of its own."""

    def __init__(self, folders: Sequence[Path], settings: EngineSettings) -> None:
        self._settings = settings
        spill = Path(mkdtemp(prefix="lake-retrieval-"))
        finalize(self, rmtree, spill, ignore_errors=True)
        self._lock = Lock()
        self._connection = duckdb.connect(":memory:")
        _lock_down(self._connection, [*folders, spill], settings)

    def request(self) -> Request:
        """A cursor and a clock for one request."""
        return Request(self._cursor, self._settings.timeout_s)

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            return self._connection.cursor()


def _lock_down(
    connection: duckdb.DuckDBPyConnection, folders: list[Path], settings: EngineSettings
) -> None:
    connection.execute("SET temp_directory = ?", [str(folders[-1])])
    connection.execute("SET allowed_directories = ?", [[f"{folder}/" for folder in folders]])
    for statement in _LOCK_DOWN:
        connection.execute(statement)
    connection.execute("SET memory_limit = ?", [settings.memory])
    connection.execute("SET threads = ?", [settings.threads])
    for statement in _LOCKED:
        connection.execute(statement)


def _row(names: list[str], cells: tuple[Cell, ...]) -> Row:
    named = dict(zip(names, cells, strict=True))
    wild = frozenset(
        name for name, cell in named.items() if isinstance(cell, float) and not math.isfinite(cell)
    )
    return Row({name: None if name in wild else cell for name, cell in named.items()}, wild)
