"""Records of a DBN file as a stream of arrays, each record checked to be one."""

from collections.abc import Iterator
from typing import Final

from lake_assets.errors import CorruptFileError
from lake_assets.kernels.memory import Memory
from lake_assets.sources.frames import Content, open_content
from lake_assets.sources.header import Header, read_header
from lake_assets.sources.layouts import Layout, Records, layout_of
from lake_assets.sources.raw_file import RawFile

CHUNK_RECORDS: Final = 65_536  # 24 MB of ten-level records; larger chunks ran slower
_JOINED: Final = b"DBN"


def header_of(file: RawFile) -> Header:
    """The head of a file, its symbol mappings included."""
    with open_content(file.path) as content:
        return read_header(file.path, content)


def iter_records(file: RawFile, *, chunk_records: int = CHUNK_RECORDS) -> Iterator[Records]:
    """Every record in file order, as arrays of at most ``chunk_records``, of the newest version.

    Memory is that of one chunk, whatever the size of the file.

    Raises:
        CorruptFileError: the content is cut, damaged or two files joined, or not the one scanned.
    """
    _refuse_changed(file)
    with open_content(file.path) as content:
        header = read_header(file.path, content)
        layout = layout_of(header.schema, header.version, ts_out=header.ts_out)
        for stored in _stored(file, content, layout, chunk_records):
            yield layout.upgraded(stored)


def _stored(
    file: RawFile, content: Content, layout: Layout, chunk_records: int
) -> Iterator[Records]:
    size, memory = layout.record_bytes, Memory()
    while True:
        # A loan of its own each time: the arrays handed out are views of it.
        buffer = memory.lend(chunk_records * size)
        at = content.offset
        filled = content.fill(buffer.data)
        records = buffer[: filled - filled % size].view(layout.stored)
        if (bad := layout.first_damaged(records)) is not None:
            raise _no_record(file, records[bad].tobytes(), at + bad * size)
        if filled % size:
            raise _cut(file, filled % size, size)
        if filled:
            yield records
        if filled < len(buffer):
            return


def _refuse_changed(file: RawFile) -> None:
    """A file that grew or shrank since its hash was taken would be read under a false name."""
    size = file.path.stat().st_size
    if size != file.bytes:
        raise CorruptFileError(
            file.path,
            expected=f"{file.bytes} bytes, as when the raw folder was scanned",
            found=f"{size}",
            remedy="let the download finish and run again",
        )


def _cut(file: RawFile, rest: int, size: int) -> CorruptFileError:
    return CorruptFileError(
        file.path,
        expected=f"whole {file.schema} records of {size} bytes",
        found=f"{rest} bytes after the last one",
        remedy="download it again",
    )


def _no_record(file: RawFile, found: bytes, at: int) -> CorruptFileError:
    joined = _JOINED in found
    return CorruptFileError(
        file.path,
        expected=f"{file.schema} records only",
        found=f"a second DBN header near byte {at}" if joined else f"{found[:8]!r} at byte {at}",
        remedy="keep joined files apart" if joined else "download it again",
    )
