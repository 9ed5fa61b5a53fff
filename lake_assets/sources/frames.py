"""Compressed and plain bytes: whether they run to their end, and their content as a stream."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import zstandard

from lake_assets.errors import CorruptFileError

ZSTD_MAGIC: Final = b"\x28\xb5\x2f\xfd"
GZIP_MAGIC: Final = b"\x1f\x8b"
MAX_CONTENT_BYTES: Final = 64 << 30
MAX_RATIO: Final = 1_000
_RATIO_FREE_BYTES: Final = 64 << 20  # a small file may repeat itself as it likes

_SKIPPABLE: Final = range(0x184D2A50, 0x184D2A60)
_READ_BYTES: Final = 1 << 20
_HEAD_BYTES: Final = 18
_BLOCK_HEAD_BYTES: Final = 3
_RLE: Final = 1
_RESERVED: Final = 3
_DOWNLOAD_AGAIN: Final = "download it again"


@dataclass(frozen=True, slots=True)
class _FrameHead:
    """What a zstd frame says of itself before its blocks."""

    bytes: int
    has_checksum: bool


def walk_zstd(path: Path) -> int:
    """Follow every frame of a file block by block to its end and count the frames.

    A decompressor stops in silence at the end of what it is given, so a cut file loads short;
    only the walk tells a whole file from a cut one. It reads headers, not content.

    Raises:
        CorruptFileError: a frame is cut, or something follows the last one.
    """
    size, at, frames = path.stat().st_size, 0, 0
    with path.open("rb") as stream:
        while at < size:
            at = _skip_frame(path, stream, at)
            frames += 1
            if at > size:
                raise _cut(path, size)
    return frames


def _skip_frame(path: Path, stream: BinaryIO, at: int) -> int:
    """Offset just after the frame that begins at an offset."""
    stream.seek(at)
    head = stream.read(_HEAD_BYTES)
    if int.from_bytes(head[:4], "little") in _SKIPPABLE:
        return at + 8 + int.from_bytes(head[4:8], "little")
    if not head.startswith(ZSTD_MAGIC):
        raise CorruptFileError(
            path,
            expected="nothing after the last zstd frame",
            found=f"{head[:8]!r} at byte {at}",
            remedy=_DOWNLOAD_AGAIN,
        )
    frame = _frame_head(path, head, at)
    at += frame.bytes
    last = False
    while not last:
        stream.seek(at)
        block = stream.read(_BLOCK_HEAD_BYTES)
        if len(block) < _BLOCK_HEAD_BYTES:
            raise _cut(path, at)
        word = int.from_bytes(block, "little")
        last, kind, length = bool(word & 1), (word >> 1) & 3, word >> 3
        if kind == _RESERVED:
            raise _damaged(path, f"a block of no kind at byte {at}")
        at += _BLOCK_HEAD_BYTES + (1 if kind == _RLE else length)
    return at + 4 * frame.has_checksum


def _frame_head(path: Path, head: bytes, at: int) -> _FrameHead:
    try:
        size = zstandard.frame_header_size(head)
        parameters = zstandard.get_frame_parameters(head)
    except zstandard.ZstdError as error:
        raise _damaged(path, f"no zstd frame header at byte {at} ({error})") from error
    return _FrameHead(size, bool(parameters.has_checksum))


def _cut(path: Path, at: int) -> CorruptFileError:
    return CorruptFileError(
        path,
        expected="every zstd frame to its end",
        found=f"the file cut at byte {at}",
        remedy=_DOWNLOAD_AGAIN,
    )


def _damaged(path: Path, found: str) -> CorruptFileError:
    return CorruptFileError(path, expected="undamaged bytes", found=found, remedy=_DOWNLOAD_AGAIN)


class Content:
    """The uncompressed bytes of a file, read forward, with the caps on their amount."""

    def __init__(self, path: Path, stream: BinaryIO) -> None:
        self._path = path
        self._stream = stream
        allowed = max(path.stat().st_size * MAX_RATIO, _RATIO_FREE_BYTES)
        self._limit = min(MAX_CONTENT_BYTES, allowed)
        self.offset = 0

    def fill(self, target: memoryview) -> int:
        """Read until the target is full or the content ends; return the bytes read.

        Raises:
            CorruptFileError: the bytes are damaged, or expand beyond the caps.
        """
        filled = 0
        try:
            while filled < len(target):
                got = self._stream.readinto(target[filled:])  # type: ignore[attr-defined]
                if not got:
                    break
                filled += got
        except (zstandard.ZstdError, zlib.error, EOFError, OSError) as error:
            raise _damaged(self._path, f"{error} after {self.offset + filled} bytes") from error
        self.offset += filled
        if self.offset > self._limit:
            raise CorruptFileError(
                self._path,
                expected=f"at most {self._limit} bytes of content",
                found="more: it expands like an archive bomb",
                remedy="check where it comes from",
            )
        return filled

    def take(self, count: int) -> bytes:
        """Up to ``count`` bytes."""
        buffer = bytearray(count)
        return bytes(buffer[: self.fill(memoryview(buffer))])


@contextmanager
def open_content(path: Path) -> Iterator[Content]:
    """Open a plain or zstd file for reading its content."""
    with path.open("rb") as file:
        compressed = file.read(len(ZSTD_MAGIC)) == ZSTD_MAGIC
        file.seek(0)
        if not compressed:
            yield Content(path, file)
            return
        decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 31)
        with decompressor.stream_reader(
            file, read_size=_READ_BYTES, read_across_frames=True, closefd=False
        ) as stream:
            yield Content(path, stream)
