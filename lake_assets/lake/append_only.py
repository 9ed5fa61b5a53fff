"""Files of lines that only grow: what is appended is there whole or not at all.

Whoever appends holds a lock of its own choice; a line that a crash tore is cut off by the next.
"""

import errno
import os
from typing import Final

_TAIL_BYTES: Final = 1 << 16


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
    """Append in one write to a file of a size; where the disk is full nothing is left of it."""
    if not block:
        return size
    written = os.write(descriptor, block)
    if written < len(block):
        os.ftruncate(descriptor, size)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    return size + written
