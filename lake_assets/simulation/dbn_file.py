"""One vendor file: a DBN header and records, zstd-compressed, whole or not at all."""

import hashlib
import os
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeAlias

import numpy as np
import numpy.typing as npt
import zstandard
from databento_dbn import Metadata

I8: TypeAlias = npt.NDArray[np.int64]
Records: TypeAlias = npt.NDArray[Any]

_LEVEL: Final = 1
_BLOCK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A published file; ``sha256`` in hexadecimal."""

    path: Path
    records: int
    size_bytes: int
    sha256: str


class DbnFile:
    """A DBN file being written under a hidden name; ``publish`` gives it its own.

    Compression runs in a thread beside whoever makes the records. The compressor is fed blocks
    of one size, whatever the pieces that come in: its output depends on where its input is cut.
    """

    def __init__(self, path: Path, metadata: Metadata) -> None:
        self.path = path
        self._draft = path.with_name(f".{path.name}.writing")
        self._stream = self._draft.open("wb")
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compressobj()
        self._hash = hashlib.sha256()
        self._waiting = bytearray(metadata.encode())
        self._worker = ThreadPoolExecutor(max_workers=1)
        self._pending: Future[None] | None = None
        self._records = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._worker.shutdown()
        self._stream.close()
        self._draft.unlink(missing_ok=True)

    def append(self, records: Records) -> None:
        """Add records; the rows of the array are their bytes, and may change afterwards."""
        self._records += len(records)
        self._waiting += np.ascontiguousarray(records).view(np.uint8).data.cast("B")
        whole = len(self._waiting) // _BLOCK_BYTES * _BLOCK_BYTES
        if whole:
            self._settle()
            full, self._waiting = self._waiting, self._waiting[whole:]
            self._pending = self._worker.submit(self._compress, memoryview(full)[:whole])

    def publish(self) -> WrittenFile:
        """Finish the file, make it durable and give it its name."""
        self._settle()
        self._compress(memoryview(self._waiting))
        self._put(self._compressor.flush())
        size = self._stream.tell()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        self._draft.replace(self.path)
        sync_folder(self.path.parent)
        return WrittenFile(self.path, self._records, size, self._hash.hexdigest())

    def _settle(self) -> None:
        """Wait for the last blocks, and raise what went wrong with them."""
        if self._pending is not None:
            self._pending.result()

    def _compress(self, blocks: memoryview) -> None:
        for start in range(0, len(blocks), _BLOCK_BYTES):
            self._put(self._compressor.compress(blocks[start : start + _BLOCK_BYTES]))

    def _put(self, compressed: bytes) -> None:
        self._hash.update(compressed)
        self._stream.write(compressed)


def write_whole(path: Path, content: bytes) -> WrittenFile:
    """Write a small file, durably, whole or not at all."""
    draft = path.with_name(f".{path.name}.writing")
    with draft.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.replace(path)
    sync_folder(path.parent)
    return WrittenFile(path, 0, len(content), hashlib.sha256(content).hexdigest())


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
