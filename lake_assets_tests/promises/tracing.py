"""Kernel faults for a process of ours, by strace: a call of a kind fails, or kills, at its turn."""

import shutil
import subprocess
from pathlib import Path

import pytest

STRACE = shutil.which("strace")
needs_strace = pytest.mark.skipif(
    STRACE is None, reason="STRACE ABSENT: faults of the kernel are not tested; see `make soak`"
)


def attach(pid: int, log: Path, *words: str) -> subprocess.Popen[str]:
    """Let strace hold a process and its threads; what it sees goes to a file."""
    tracer = subprocess.Popen(
        [STRACE, "-f", "-o", str(log), "-p", str(pid), *words],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
    )
    if "attached" not in tracer.stderr.readline():
        tracer.communicate()
        pytest.skip("STRACE MAY NOT ATTACH HERE: faults of the kernel are not tested")
    return tracer
