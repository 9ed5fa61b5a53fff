"""Reuse across processes: commands twice, two at once, one killed.

LAKE_RUN_KILLS sets how many runs are killed; three is the full run.
"""

import os
import random
import signal
import time
from contextlib import ExitStack

import dagster as dg
import pytest

from lake_assets.catalog import DATASETS, SIGNALS
from lake_assets.catalog.dataset import WHOLE
from lake_assets_tests.orchestration.lakes import DAY

MATERIALIZE = (
    "dagster",
    "asset",
    "materialize",
    "-m",
    "lake_assets.definitions",
    "--select",
    "group:bronze or group:silver or group:gold",
    "--partition",
    DAY,
)
RUN_KILLS = int(os.environ.get("LAKE_RUN_KILLS", "1"))
TOUCHES = [d for d in DATASETS if d.group == d.layer]
PATHS = {d.path(DAY if d.calendar else WHOLE) for d in TOUCHES}


def finish(process):
    out, err = process.communicate(timeout=180)
    assert process.returncode == 0, err[-3000:]
    return out + err


def both_at_once(lake, folder):
    """What two processes that start together log, each into a file: nobody waits for a reader."""
    with ExitStack() as files:
        logs = [files.enter_context((folder / f"{n}.log").open("w+")) for n in range(2)]
        processes = [lake.start(*MATERIALIZE, output=log) for log in logs]
        assert [process.wait(timeout=180) for process in processes] == [0, 0]
        return "".join((folder / f"{n}.log").read_text() for n in range(2))


def test_two_processes_at_once_build_each_partition_once_and_a_third_none(empty_lake, tmp_path):
    with dg.DagsterInstance.get():
        pass  # two processes that open a new SQLite history at once break one another's tables
    logs = both_at_once(empty_lake, tmp_path)
    assert empty_lake.lake.verify() == []
    for dataset in TOUCHES:
        told = f"{dataset.name} {DAY if dataset.calendar else WHOLE}: "
        lines = [line for line in logs.splitlines() if told in line]
        assert sum(f"{told}built" in line for line in lines) == 1, lines

    before = empty_lake.files()
    assert set(before) == PATHS
    finish(empty_lake.start(*MATERIALIZE))
    assert empty_lake.files() == before


@pytest.mark.parametrize("seed", range(1, 1 + RUN_KILLS))
def test_a_killed_run_leaves_whole_partitions_and_the_next_finishes(empty_lake, seed):
    process = empty_lake.start(*MATERIALIZE)
    pause = random.Random(seed).uniform(0.3, 1.5)  # noqa: S311 - a moment, not a secret
    wait_for_work(empty_lake, process)
    time.sleep(pause)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.communicate()
    survivors = empty_lake.files()
    assert [f for f in empty_lake.lake.verify() if f.kind not in HARMLESS] == []
    finish(empty_lake.start(*MATERIALIZE))
    after = empty_lake.files()
    assert set(after) == PATHS
    assert all(after[name] == stamp for name, stamp in survivors.items())
    assert empty_lake.lake.read(SIGNALS, DAY).height > 0
    assert empty_lake.lake.verify() == []


HARMLESS = {"leftover"}  # a staging file of the dead: nobody reads it, the next writer removes it


def wait_for_work(lake, process):
    """Until the first partition is published: the moment the interesting part begins."""
    while process.poll() is None and not lake.files():
        time.sleep(0.02)  # polls a real process; nothing depends on the length
