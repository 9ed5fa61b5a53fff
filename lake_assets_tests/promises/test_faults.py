"""P2: the kernel refuses, or kills, at the n-th call of each kind while a partition is published.

LAKE_PROOF_FAULTS says how much of the matrix is tried: every n-th cell; 1 is the full run.
"""

import itertools
import signal

import pytest

from lake_assets.catalog import LEVELS
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake import writers
from lake_assets_tests.lake.tables import DAY, publish
from lake_assets_tests.promises.tally import full_count
from lake_assets_tests.promises.tracing import attach, needs_strace

EVERY = full_count("LAKE_PROOF_FAULTS", 97)
FAULTS = ("signal=KILL", "error=ENOSPC", "error=EIO")
CALLS = (
    "openat",
    "write",
    "pwrite64",
    "ftruncate",
    "fsync,fdatasync",
    "rename,renameat,renameat2",
    "mkdir,mkdirat",
    "link,linkat",
    "unlink,unlinkat",
)
SYNCS = CALLS[4]
# Said so by an error, or killed. Where a library's own look at the machine is refused, as of
# /sys/devices/system/cpu by DuckDB, it may also abort, or fail to import: no claim either.
ENDS = {False: (0, 3, 4, -signal.SIGKILL), True: (0, 1, 3, 4, -signal.SIGABRT, -signal.SIGKILL)}


def publish_under(root, log, calls, fault, turn):
    """How a process ends that publishes generation 2, and whether the fault met it.

    strace counts the turn of each thread by itself.
    """
    writer, pipe = writers.start(writers.publish_when_told, root)
    pipe.recv()
    inject = f"inject={calls}:{fault}:when={turn}"
    tracer = attach(writer.pid, log, "-e", f"trace={calls}", "-e", inject)
    pipe.send("go")
    writer.join()
    tracer.communicate()
    return writer.exitcode, "(INJECTED)" in log.read_text() or writer.exitcode == -signal.SIGKILL


def generation_of(lake):
    return lake.read(LEVELS, DAY)["level_e"][0] if lake.partitions(LEVELS) else None


@needs_strace
@pytest.mark.parametrize("old", [True, False], ids=["over an old one", "the first one"])
@pytest.mark.parametrize("calls", CALLS)
def test_a_fault_leaves_old_or_new_and_success_is_never_claimed_falsely(
    tmp_path, promise, calls, old
):
    cells = ((turn, fault) for turn in itertools.count(1) for fault in FAULTS)
    with promise("P2") as counts:
        for turn, fault in itertools.islice(cells, len(calls) % 5 % EVERY, None, EVERY):
            root = tmp_path / f"{turn}{fault}"
            lake = Lake(root)
            if old:
                publish(lake, LEVELS, writers.rows_of(1))
            ended, met = publish_under(root, tmp_path / "log", calls, fault, turn)
            counts["faults"] += met
            told = f"{fault} at {calls} {turn}: ended {ended}"
            allowed = (1, 2) if old else (None, 2)
            assert ended in ENDS[calls == "openat"], told
            assert generation_of(lake) in ((2,) if ended == 0 else allowed), told
            assert not (met and ended == 0 and calls == SYNCS), f"{told}: not on the disk"
            assert [f for f in lake.verify() if f.kind != "leftover"] == [], told
            publish(lake, LEVELS, writers.rows_of(3))
            assert generation_of(lake) == 3, told
            assert lake.verify() == [], told
            if not met:
                break
