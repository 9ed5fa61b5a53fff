"""One writer per partition: a lock the kernel takes back when its holder dies."""

import fcntl
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from lake_assets.errors import BusyPartitionError, UnlockedPartitionError
from lake_assets.lake.durability import make_folder, refusal_named

_POLL_S: Final = 0.02

# Of the whole process, not of a Lake: two objects may name one folder.
_held: Final[dict[str, tuple[int, int]]] = {}  # lock file -> (descriptor, thread)
_guard: Final = threading.Lock()


@contextmanager
def hold(path: Path, *, wait_s: float) -> Iterator[None]:
    """Hold a lock file, waiting for another holder.

    Raises:
        BusyPartitionError: the other holder did not finish in time; the message names it.
        UnlockedPartitionError: this very thread holds it already.
        UnwritableLakeError: the disk refuses the lock file.
    """
    key = _key(path)
    if _held.get(key, (0, 0))[1] == threading.get_ident():
        raise UnlockedPartitionError(f"{path} is already locked by this thread; lock it once")
    make_folder(path.parent)
    with refusal_named(path):
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait(descriptor, path, wait_s)
        with refusal_named(path):
            _sign(descriptor)
        with _guard:
            _held[key] = (descriptor, threading.get_ident())
        try:
            yield
        finally:
            with _guard:
                _held.pop(key, None)
            with suppress(OSError):  # who waits is told an old name; the lock itself ends below
                os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)  # and with it the lock


def is_held_here(path: Path) -> bool:
    """Whether this process holds the lock."""
    return _key(path) in _held


def is_held(path: Path) -> bool:
    """Whether any process holds the lock."""
    if is_held_here(path):
        return True
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try(descriptor, fcntl.LOCK_SH)
    finally:
        os.close(descriptor)


def _key(path: Path) -> str:
    return os.path.realpath(path)


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_gained(descriptor: int, deadline: float, *, poll_s: float) -> bool:
    """Lock an open file for this process alone; False if another held it until the deadline.

    The deadline is of the monotonic clock; the lock is tried once even after it.
    """
    while not _try(descriptor, fcntl.LOCK_EX):
        if time.monotonic() >= deadline:
            return False
        time.sleep(poll_s)
    return True


def _wait(descriptor: int, path: Path, wait_s: float) -> None:
    if not is_gained(descriptor, time.monotonic() + wait_s, poll_s=_POLL_S):
        raise BusyPartitionError(
            f"{path.stem} is being written by {_holder(descriptor)}; waited {wait_s:g} s, "
            "try again when it has finished"
        )


def _sign(descriptor: int) -> None:
    """Write who holds the lock, for whoever waits."""
    holder = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "command": " ".join(sys.argv)[:200],
        "since": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(holder).encode(), 0)


def _holder(descriptor: int) -> str:
    try:
        told = json.loads(os.pread(descriptor, 4096, 0))
    except ValueError:
        return "a process that has not given its name yet"
    return f"process {told['pid']} on {told['host']} ({told['command']}) since {told['since']}"


def _forget() -> None:
    """A forked child holds nothing: its copies of the descriptors must not keep locks alive."""
    for descriptor, _ in _held.values():
        os.close(descriptor)
    _held.clear()


os.register_at_fork(after_in_child=_forget)
