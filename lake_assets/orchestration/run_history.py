"""The run history of one machine: Dagster's own SQLite storage, with databases that stay open.

Dagster opens and closes a database for every event, for some three times, and each commit and each
close waits for the disk: 1,000 waits for a run of nineteen assets. Here a process opens a database
once, and commits wait for nobody (`synchronous=NORMAL` of a write-ahead log). A power cut may take
the newest events, never the history: and what is materialized is said by the lake's manifests, so
that a partition Dagster has forgotten is adopted.
"""

import os
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from sqlite3 import Connection as Handle
from threading import RLock
from typing import Any, Final

from dagster import Field, StringSource
from dagster._core.event_api import EventHandlerFn
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.event_log.polling_event_watcher import SqlPollingEventWatcher
from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.runs.sqlite.sqlite_run_storage import SqliteRunStorage
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS, create_db_conn_string
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine

from lake_assets.orchestration.run_locks import LockedRuns, home

_KEPT: Final = 4  # databases open at once: the index, and the runs looked at last


class RunHistory(DagsterSqliteStorage):
    """What `storage: custom:` of `dagster.yaml` names; its files are those of the default.

    They lie in ``base_dir`` if that is configured, else in DAGSTER_HOME, else beside the lake.
    Where LAKE_POSTGRES_URL is set there are none: the history is in that database.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)  # Dagster makes the tables where there are none
        self._run_storage = Runs(create_db_conn_string(f"{base_dir}/history", "runs"))
        self._event_log_storage = Events(f"{base_dir}/history/runs")

    @classmethod
    def config_type(cls) -> dict[str, Field]:
        """What `dagster.yaml` may say."""
        return {"base_dir": Field(StringSource, is_required=False)}

    @classmethod
    def from_config_value(  # type: ignore[override]  # one setting, either storage
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> DagsterStorage:
        """The history, where it is to be kept: in the database LAKE_POSTGRES_URL names, or here."""
        if url := os.environ.get("LAKE_POSTGRES_URL"):
            # Imported here: PostgreSQL is an extra.
            from lake_assets.orchestration.postgres_history import PostgresHistory  # noqa: PLC0415

            return PostgresHistory(url, inst_data=inst_data)
        return cls.from_local(config_value.get("base_dir") or home(), inst_data)


class Databases:
    """SQLite databases, opened when first asked for and kept open, the last few of them."""

    def __init__(self) -> None:
        self._open: OrderedDict[str, Engine] = OrderedDict()
        self._guard = RLock()

    def begin(self, url: str) -> AbstractContextManager[Connection]:
        """A transaction, committed when its block ends well."""
        with self._guard:
            engine = self._open.pop(url, None) or _engine(url)
            self._open[url] = engine
            while len(self._open) > _KEPT:
                self._open.popitem(last=False)[1].dispose()
            return engine.begin()

    def close(self) -> None:
        """Close them; one asked for again is opened again."""
        with self._guard:
            while self._open:
                self._open.popitem()[1].dispose()


class Runs(LockedRuns, SqliteRunStorage):
    """Which runs there are."""

    def __init__(self, conn_string: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._databases = Databases()
        super().__init__(conn_string, inst_data)

    @contextmanager
    def connect(self) -> Iterator[Connection]:
        """A transaction."""
        with self._databases.begin(self._conn_string) as connection:
            yield connection

    def dispose(self) -> None:
        """Close the database."""
        self._databases.close()


class Events(SqliteEventLogStorage):
    """What happened: a database for each run, and an index of all of them."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        self._databases = Databases()
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)
        # Dagster watches a run's file, which a write-ahead log leaves as it is for a while.
        self._watcher = SqlPollingEventWatcher(self)

    def run_connection(self, run_id: str | None = None) -> AbstractContextManager[Connection]:
        """A transaction on the events of a run."""
        return self._begin(str(run_id))

    def index_connection(self) -> AbstractContextManager[Connection]:
        """A transaction on the index."""
        return self._begin(INDEX_SHARD_NAME)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has a table, looked up once: Dagster asks at every check's event."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _begin(self, shard: str) -> Iterator[Connection]:
        if shard not in self._initialized_dbs:
            with self._connect(shard):
                pass  # Dagster makes the tables of a database it meets for the first time
        with self._db_lock, self._databases.begin(self.conn_string_for_shard(shard)) as connection:
            yield connection

    def watch(self, run_id: str, cursor: str | None, callback: EventHandlerFn) -> None:
        """Call back for each event of a run, as it comes."""
        self._watcher.watch_run(run_id, cursor, callback)

    def end_watch(self, run_id: str, handler: EventHandlerFn) -> None:
        """Call back no more."""
        self._watcher.unwatch_run(run_id, handler)

    def wipe(self) -> None:
        """Delete every event."""
        self._databases.close()
        self._tables.clear()
        super().wipe()

    def dispose(self) -> None:
        """Close every database."""
        self._watcher.close()
        self._databases.close()


def _engine(url: str) -> Engine:
    """A database whose connections wait for other writers, but not for the disk."""
    engine = create_engine(
        url, max_overflow=-1, connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS}
    )

    @event.listens_for(engine, "connect")
    def _(handle: Handle, _record: object) -> None:
        handle.execute("PRAGMA synchronous=NORMAL")

    return engine
