"""The run history: Dagster's own files, read by either storage, opened once, wiped when asked."""

import sqlite3
import threading
from pathlib import Path

import dagster as dg
import pytest
import sqlalchemy as db
from dagster._core.storage.event_log import SqliteEventLogStorage

from lake_assets.orchestration.run_history import Events, RunHistory
from lake_assets.orchestration.runs import SETTINGS

STOCK = "telemetry: {enabled: false}\n"
SOMETHING = dg.AssetKey("something")


@dg.asset
def something():
    return dg.MaterializeResult(metadata={"rows": 1})


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    return tmp_path


def instance(home: Path, settings: str) -> dg.DagsterInstance:
    (home / "dagster.yaml").write_text(settings)
    return dg.DagsterInstance.get()


def materialize(instance: dg.DagsterInstance) -> str:
    return dg.materialize([something], instance=instance).run_id


def times_known(instance: dg.DagsterInstance) -> int:
    return len(instance.fetch_materializations(SOMETHING, limit=100).records)


def test_the_shipped_settings_keep_this_history(home):
    with instance(home, Path("dagster.yaml").read_text()) as shipped:
        assert isinstance(shipped.get_ref().storage, RunHistory)


@pytest.mark.parametrize(("first", "second"), [(STOCK, SETTINGS), (SETTINGS, STOCK)])
def test_either_storage_reads_what_the_other_wrote(home, first, second):
    with instance(home, first) as before:
        run_id = materialize(before)
        told = [event.message for event in before.all_logs(run_id)]
    with instance(home, second) as after:
        assert times_known(after) == 1
        assert [event.message for event in after.all_logs(run_id)] == told
        assert after.get_run_by_id(run_id).is_success
        materialize(after)
    with instance(home, first) as again:
        assert times_known(again) == 2


def test_a_run_opens_its_databases_once_and_waits_for_no_disk(home):
    with instance(home, SETTINGS) as held:
        run_id = materialize(held)
        for connect in (held.event_log_storage.index_connection, held.run_storage.connect):
            with connect() as connection:
                first = connection.connection.dbapi_connection
                assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1
                assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
            with connect() as connection:
                assert connection.connection.dbapi_connection is first
    for path in [home / "history" / "runs.db", *(home / "history" / "runs").glob("*.db")]:
        with sqlite3.connect(path) as whole:
            assert whole.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert (home / "history" / "runs" / f"{run_id}.db").exists()


def test_a_failed_write_leaves_nothing_and_the_next_one_works(home):
    with instance(home, SETTINGS) as held:
        materialize(held)
        index = held.event_log_storage.index_connection()
        with pytest.raises(db.exc.OperationalError):
            delete_and_stumble(index)
        assert times_known(held) == 1
        materialize(held)
        assert times_known(held) == 2


def delete_and_stumble(transaction):
    with transaction as connection:
        connection.execute(db.text("DELETE FROM event_logs"))
        connection.execute(db.text("this is no SQL"))


def test_a_table_is_looked_up_once_and_one_that_is_missing_again(home):
    with instance(home, SETTINGS) as held:
        events = held.event_log_storage
        assert not events.has_table("later")
        with events.index_connection() as connection:
            connection.exec_driver_sql("CREATE TABLE later (id INTEGER)")
        assert events.has_table("later")
        events.wipe()
        assert events.has_table("event_logs")


def test_looking_at_many_runs_keeps_few_files_open(home):
    with instance(home, SETTINGS) as held:
        runs = [materialize(held) for _ in range(6)]
        for run_id in runs:
            assert held.all_logs(run_id)
        databases = {path for path in open_files(home) if path.suffix == ".db"}
        assert len(databases) <= 5  # the runs, the index, and three of the six
    assert not open_files(home)


def open_files(folder: Path) -> list[Path]:
    """Files of a folder that this process holds."""
    held = Path("/proc/self/fd")
    names = [each.readlink() for each in held.iterdir() if each.is_symlink() and each.exists()]
    return [name for name in names if name.is_relative_to(folder)]


def test_events_of_another_storage_are_seen_as_they_come(home):
    seen, arrived = [], threading.Event()

    def look(event, _cursor):
        seen.append(event.message)
        arrived.set()

    with instance(home, SETTINGS) as held:
        run_id = materialize(held)
        before = held.get_records_for_run(run_id)
        held.watch_event_logs(run_id, before.cursor, look)
        last = before.records[-1].event_log_entry
        elsewhere = SqliteEventLogStorage(str(home / "history" / "runs"))
        elsewhere.store_event(last._replace(user_message="from elsewhere"))
        assert arrived.wait(timeout=30)
        held.end_watch_event_logs(run_id, look)
    assert len(seen) == 1


def test_wiping_leaves_an_empty_history_that_works(home):
    with instance(home, SETTINGS) as held:
        run_id = materialize(held)
        held.wipe()
        assert times_known(held) == 0
        assert not (home / "history" / "runs" / f"{run_id}.db").exists()
        materialize(held)
        assert times_known(held) == 1


def test_without_a_home_it_lies_beside_the_lake(tmp_path, monkeypatch):
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    monkeypatch.setenv("LAKE_ROOT", str(tmp_path / "lake"))
    history = RunHistory.from_config_value(None, {})
    assert isinstance(history.event_log_storage, Events)
    assert (tmp_path / "lake" / "_dagster" / "history" / "runs.db").exists()
