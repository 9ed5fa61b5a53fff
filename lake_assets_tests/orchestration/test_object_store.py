"""The real graph over a lake in an object store: as in a folder, wherever it is looked at."""

import json
import os
import subprocess
import sys

import pytest

from lake_assets.catalog import DATASETS, LEVELS
from lake_assets.definitions import build_definitions
from lake_assets.orchestration.runs import SETTINGS, run_partition
from lake_assets_tests.lake.machines import keys
from lake_assets_tests.orchestration.lakes import DAILY, DAY, built, outcomes


@pytest.fixture
def started(machines, simulated_raw, monkeypatch):
    """Makes machines with a run history of their own, one of them at work."""

    def start(name):
        machine = machines(name)
        home = machine.folder / "dagster"
        home.mkdir(parents=True)
        (home / "dagster.yaml").write_text(SETTINGS)
        monkeypatch.setenv("LAKE_RAW", str(simulated_raw))
        for variable, value in machine.environ.items():
            monkeypatch.setenv(variable, value)
        return machine

    return start


def hashes(lake):
    """Hash of every partition there is."""
    return {
        (dataset.name, partition): lake.in_force(dataset, partition).sha256
        for dataset in DATASETS
        for partition in lake.partitions(dataset)
    }


def run(**environ):
    return run_partition(build_definitions({**os.environ, **environ}), DAY, select=DAILY)


def lake(*words):
    """The command in a process of its own; what it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "lake_assets.cli.main", *words],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_session_is_made_once_for_every_machine(started, built_once):
    one = started("one")
    first = run()
    assert built(first) == {key.path[-1] for key in DAILY}
    assert hashes(one.lake()) == hashes(built_once.lake)
    assert set(outcomes(run()).values()) == {"reused"}
    objects = keys(one.store)

    two = started("two")
    (again,) = json.loads(lake("backfill", DAY, "--json"))
    assert {asset["outcome"] for asset in again["assets"]} == {"adopted"}
    assert keys(two.store) == objects
    assert not list(two.home.rglob("*.parquet"))
    assert two.lake().read(LEVELS, DAY).equals(built_once.lake.read(LEVELS, DAY))
    assert two.lake().verify() == []
