"""The real graph over a lake in an object store: as in a folder, wherever it is looked at."""

import json
import os
import subprocess
import sys

import pytest

from lake_assets.catalog import OHLCV_1M, dataset_named
from lake_assets.definitions import build_definitions
from lake_assets.orchestration.runs import SETTINGS, run_partition
from lake_assets_tests.lake.machines import keys
from lake_assets_tests.orchestration.lakes import DAILY, DAY, built, lake_at, outcomes

# The whole graph takes 20 s of a core, most of it in the assets; `make soak` runs it.
FEW = ("es_trades", "spy_options", "front_contract", "es_spy_basis", "ohlcv_1m")
MADE = [key for key in DAILY if os.environ.get("LAKE_STORE_WHOLE") or key.path[-1] in FEW]
SELECTION = " or ".join(f'key:"{key.to_user_string()}"' for key in MADE)


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
    """Hash of every partition of the tables that are made."""
    tables = [dataset_named("/".join(key.path)) for key in MADE]
    return {
        (table.name, partition): lake.in_force(table, partition).sha256
        for table in tables
        for partition in lake.partitions(table)
    }


def run():
    return run_partition(build_definitions(os.environ), DAY, select=MADE)


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


def test_a_session_is_made_once_for_every_machine(started, tmp_path, simulated_raw):
    local = lake_at(tmp_path / "local", simulated_raw)
    assert local.run_at_home(select=MADE).error is None
    one = started("one")
    first = run()
    assert built(first) == {key.path[-1] for key in MADE}
    assert hashes(one.lake()) == hashes(local.lake)
    assert set(outcomes(run()).values()) == {"reused"}
    objects = keys(one.store)

    two = started("two")
    (again,) = json.loads(lake("backfill", DAY, "--json", "--select", SELECTION))
    assert [asset["outcome"] for asset in again["assets"]] == ["adopted"] * len(MADE)
    assert keys(two.store) == objects
    assert not list(two.home.rglob("*.parquet"))
    assert two.lake().read(OHLCV_1M, DAY).equals(local.lake.read(OHLCV_1M, DAY))
    assert two.lake().verify() == []
