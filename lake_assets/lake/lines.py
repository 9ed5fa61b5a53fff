"""Files of whole lines, appended by any number of threads and processes of one machine."""

import errno
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from lake_assets.lake.durability import make_folder, sync_folder
from lake_assets.lake.lock import is_gained

_POLL_S: Final = 0.0005
_TAIL_BYTES: Final = 1 << 16


@contextmanager
def turn(lock: Path, *, wait_s: float) -> Iterator[None]:
    """Be the only process that appends; the lock ends with its process.

    Raises:
        BlockingIOError: another did not finish in time.
        OSError: the lock cannot be opened.
    """
    deadline = time.monotonic() + wait_s
    make_folder(lock.parent)
    descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        if not is_gained(descriptor, deadline, poll_s=_POLL_S):
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        yield
    finally:
        os.close(descriptor)  # and with it the lock


def open_to_append(path: Path) -> int:
    """A descriptor every write of which goes to the end; a new file's name is on the disk."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CLOEXEC
    with suppress(FileNotFoundError):
        return os.open(path, flags)
    make_folder(path.parent)
    descriptor = os.open(path, flags | os.O_CREAT, 0o640)
    sync_folder(path.parent)
    return descriptor


def last_lines(descriptor: int, size: int) -> tuple[list[bytes], bytes]:
    """Two or more of the last whole lines, or all there are, and what follows them."""
    wanted = _TAIL_BYTES
    while True:
        start = max(0, size - wanted)
        *lines, torn = os.pread(descriptor, size - start, start).split(b"\n")
        complete = lines if start == 0 else lines[1:]
        if start == 0 or len(complete) > 1:
            return complete, torn
        wanted *= 4


def write_whole(descriptor: int, block: bytes, size: int) -> int:
    """Append in one write to a file of ``size`` bytes; its size then.

    Raises:
        OSError: it is not written; where the disk is full nothing is left of it.
    """
    if not block:
        return size
    written = os.write(descriptor, block)
    if written < len(block):
        os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return size + written
