"""The lock of a partition: one writer at a time, released by the kernel when it dies."""

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from lake_assets.errors import BusyPartitionError
from lake_assets.lake.durability import make_folder

_POLL_S: Final = 0.05


@contextmanager
def hold(path: Path, *, what: str, wait_s: float) -> Iterator[None]:
    """Hold a lock file exclusively.

    The lock belongs to this process: it ends with it, however it ends. Its content names the
    holder for those who wait.

    Raises:
        BusyPartitionError: another process held it for longer than ``wait_s``.
    """
    make_folder(path.parent)
    with path.open("a+") as file:
        _take(file.fileno(), path, what, time.monotonic() + wait_s)
        try:
            file.truncate(0)
            file.write(json.dumps(_holder()))
            file.flush()
            yield
        finally:
            file.truncate(0)
            fcntl.flock(file.fileno(), fcntl.LOCK_UN)


def _take(handle: int, path: Path, what: str, deadline: float) -> None:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise BusyPartitionError(_busy(path, what)) from None
            time.sleep(_POLL_S)
        else:
            return


def _busy(path: Path, what: str) -> str:
    try:
        holder = json.loads(path.read_text())
        who = f"process {holder['pid']} on {holder['host']} ({holder['command']})"
    except (ValueError, KeyError):
        who = "another process"
    return f"{what} is being written by {who}; wait for it, or end it, then ask again"


def _holder() -> dict[str, object]:
    command = " ".join(Path(word).name for word in sys.argv[:3]) or "python"
    return {"pid": os.getpid(), "host": socket.gethostname(), "command": command}
