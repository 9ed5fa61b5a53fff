"""Folders that are dear to fill: filled by one of a run's processes, read by all."""

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def filled_once(factory: pytest.TempPathFactory, name: str, fill: Callable[[Path], object]) -> Path:
    """The folder of a name, filled by whichever process asks first; the others wait.

    Nobody may change what is in it.
    """
    folder = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    whole = folder / f"{name}.whole"
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not whole.exists():
            (folder / name).mkdir()
            fill(folder / name)
            whole.touch()
    return folder / name
