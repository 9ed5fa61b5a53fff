"""The kernel itself refuses or kills at a chosen call on the file DuckDB writes."""

import shutil
import signal
import subprocess

import pytest

from lake_assets.catalog import LEVELS
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake import writers
from lake_assets_tests.lake.tables import DAY, publish

STRACE = shutil.which("strace")
FAULTS = ["error=ENOSPC", "error=EIO", "signal=KILL"]


def attach(pid, path, inject):
    """Let strace hold a process; it injects only into calls on one path."""
    watch = "trace=openat,pwrite64,fsync,rename"
    command = [STRACE, "-f", "-p", str(pid), "-P", str(path), "-e", watch, "-e", inject]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    if "attached" not in tracer.stderr.readline():
        tracer.communicate()
        pytest.skip("STRACE MAY NOT ATTACH HERE: faults of the kernel are not tested")
    return tracer


@pytest.mark.skipif(STRACE is None, reason="STRACE ABSENT: faults of the kernel are not tested")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("call", ["openat", "pwrite64", "fsync", "rename"])
def test_a_fault_leaves_old_or_new_and_success_is_never_claimed_falsely(tmp_path, call, fault):
    lake = Lake(tmp_path)
    publish(lake, LEVELS, writers.rows_of(1))
    draft = lake.root / f"_staging/{LEVELS.stem(DAY)}.rows"
    writer, pipe = writers.start(writers.publish_when_told, tmp_path)
    pipe.recv()
    tracer = attach(writer.pid, draft, f"inject={call}:{fault}:when=1")
    pipe.send("go")
    writer.join()
    tracer.communicate()
    if "KILL" in fault:
        assert writer.exitcode == -signal.SIGKILL
    else:
        assert pipe.recv() != "published"
    assert lake.read(LEVELS, DAY)["level_e"][0] in (1, 2)
    assert [f for f in lake.verify() if f.kind != "leftover"] == []
    publish(lake, LEVELS, writers.rows_of(3))
    assert lake.verify() == []
