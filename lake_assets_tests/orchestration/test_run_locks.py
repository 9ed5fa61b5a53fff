"""A run that died blocks nobody: its lock is free, and whoever comes next fails it."""

import logging
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster._daemon.monitoring.run_monitoring import execute_run_monitoring_iteration

from lake_assets.orchestration.run_locks import RunsHere, fail_lost_runs, is_lost

SLEEPER = """
import sys, time
import dagster as dg

@dg.asset
def sleeper():
    print("begun", flush=True)
    time.sleep(600)

dg.materialize([sleeper], instance=dg.DagsterInstance.get())
"""


@dg.asset
def quick():
    return dg.MaterializeResult(metadata={"rows": 1})


@pytest.fixture
def instance(tmp_path, monkeypatch):
    """An instance with the repository's own settings."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    (tmp_path / "dagster.yaml").write_text(Path("dagster.yaml").read_text())
    with dg.DagsterInstance.get() as opened:
        yield opened


@pytest.fixture
def living(instance, tmp_path):
    """A process in the middle of a run."""
    assert instance.get_runs() == []
    with (tmp_path / "sleeper.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SLEEPER], stdout=subprocess.PIPE, stderr=log, text=True
        )
    assert process.stdout.readline() == "begun\n", (tmp_path / "sleeper.log").read_text()
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def the_daemon(instance):
    """What Dagster's run monitoring does when it starts, and every while."""
    assert isinstance(instance.run_launcher, RunsHere)
    with WorkspaceProcessContext(instance, EmptyWorkspaceTarget()) as workspace:
        errors = list(execute_run_monitoring_iteration(workspace, logging.getLogger("daemon")))
    assert [error for error in errors if error] == []


@pytest.mark.parametrize("notice", [fail_lost_runs, the_daemon], ids=["command", "daemon"])
def test_a_dead_run_is_failed_and_a_living_one_left_alone(instance, living, notice):
    (run,) = instance.get_runs()
    notice(instance)
    assert not is_lost(run.run_id)
    assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.STARTED
    living.kill()
    living.wait()
    assert is_lost(run.run_id)
    notice(instance)
    assert not is_lost(run.run_id)
    assert instance.get_run_by_id(run.run_id).status is dg.DagsterRunStatus.FAILURE


def test_a_run_that_ended_leaves_no_lock(instance, tmp_path):
    run_id = dg.materialize([quick], instance=instance).run_id
    assert list((tmp_path / "alive").iterdir()) == []
    assert not is_lost(run_id)
