"""A session's records from all its files, screened, in total order, duplicates dropped."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from lake_assets.catalog.rows import Rows, ahead
from lake_assets.errors import ConflictingInputError, LateRowError, WrongContentError
from lake_assets.sources.dbn import header_of, iter_records
from lake_assets.sources.duplicates import IDENTITY, Overlap, find_overlaps, without_duplicates
from lake_assets.sources.header import Header
from lake_assets.sources.layouts import Records
from lake_assets.sources.ordering import Feed, Merge, merge_in_window, sort_outside
from lake_assets.sources.raw_file import RawFile
from lake_assets.sources.screening import I8, Kept, Screen, sequence_of, take
from lake_assets.sources.selection import Selection
from lake_assets.sources.symbology import Symbology

Columns: TypeAlias = dict[str, pa.Array]
Convert: TypeAlias = Callable[[Kept, int, Sequence[str]], tuple[Kept, Columns]]
"""Records of a file of a rank, and the names behind their codes, to the rows made of them."""
MakeRows: TypeAlias = Callable[[Screen, Merge], Iterator[pa.RecordBatch]]
"""Rows of a session as a screen keeps and a merge orders them."""


@dataclass(frozen=True, slots=True)
class SessionFiles:
    """The files of a session, opened as far as their heads."""

    selection: Selection
    symbologies: tuple[Symbology, ...]
    overlaps: tuple[Overlap, ...]

    @property
    def files(self) -> tuple[RawFile, ...]:
        """In the order of their ranks."""
        return self.selection.files


def open_files(selection: Selection, name_with: Callable[[Header], Symbology]) -> SessionFiles:
    """Read the heads of the files and find where they overlap."""
    symbologies = tuple(name_with(header_of(file)) for file in selection.files)
    instruments = [symbology.instruments() for symbology in symbologies]
    overlaps = find_overlaps(selection.files, instruments)
    return SessionFiles(selection, symbologies, tuple(overlaps))


def rows_in_order(schema: pa.Schema, begin: Callable[[], Screen], make: MakeRows) -> Rows:
    """Rows as a stream of one pass over the files.

    Where they prove too disordered for that they can be had anew, by way of a sort on disk; a
    new screen then counts from nothing.
    """

    def stream(screen: Screen, batches: Iterator[pa.RecordBatch]) -> Rows:
        reader = pa.RecordBatchReader.from_batches(schema, batches)
        return Rows(batches=reader, quality=screen.tally.quality)

    def sorted_rows() -> Rows:
        screen = begin()
        return stream(screen, make(screen, sort_outside))

    screen = begin()
    rows = stream(screen, _in_doubt(make(screen, merge_in_window)))
    return replace(rows, anew=sorted_rows)


def _in_doubt(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Rows of which one may be late: what a file seems to lack it may still bring.

    Raises:
        LateRowError: also where files seem to conflict; the sort tells whether they do.
    """
    try:
        yield from batches
    except ConflictingInputError as conflict:
        raise LateRowError(f"{conflict}; unless it comes late") from conflict


def stream_rows(
    opened: SessionFiles, screen: Screen, schema: pa.Schema, convert: Convert, merge: Merge
) -> Iterator[pa.RecordBatch]:
    """Rows of every file in total order."""
    held = schema
    if opened.overlaps:
        held = schema.append(pa.field(IDENTITY, pa.binary()))
    feeds = [
        Feed(_file_batches(opened, rank, screen, held, convert), screen.hours.opens)
        for rank in range(len(opened.files))
    ]
    ordered = merge(feeds, held)
    if opened.overlaps:
        ordered = without_duplicates(ordered, opened.overlaps, opened.files, screen.tally)
    yield from ordered


def _file_batches(
    opened: SessionFiles, rank: int, screen: Screen, schema: pa.Schema, convert: Convert
) -> Iterator[pa.RecordBatch]:
    file, symbology = opened.files[rank], opened.symbologies[rank]
    copies, watch = opened.selection.copies[rank], OrderCount()
    for kept in file_records(file, symbology, screen):
        rows, columns = convert(kept, rank, symbology.names)
        if IDENTITY in schema.names:
            columns[IDENTITY] = identity_of(rows.whole())
        arrays = [columns[name] for name in schema.names]
        screen.tally.add("duplicates_dropped", copies * len(rows.rows))
        screen.tally.add("out_of_order", watch.count(rows))
        yield pa.RecordBatch.from_arrays(arrays, schema=schema)


def file_records(file: RawFile, symbology: Symbology, screen: Screen) -> Iterator[Kept]:
    """Every record of a file known by then, counted.

    Raises:
        WrongContentError: the file stops at the limit of its request.
    """
    first_row = 0
    for records in ahead(iter_records(file)):
        kept = screen.known(take(records, first_row, symbology))
        first_row += len(records)
        screen.tally.add("rows_read", len(kept.rows))
        yield kept
    refuse_limit(file.path, file.limit, first_row)


def refuse_limit(path: Path, limit: int | None, records: int) -> None:
    """Refuse a file that was cut short by its own request.

    Raises:
        WrongContentError: it holds as many records as were asked for at most.
    """
    if limit is not None and records >= limit:
        raise WrongContentError(
            path,
            expected="every record of its range",
            found=f"a request limited to {limit} records, and {records} records",
            remedy="download it again without a limit",
        )


def identity_of(records: Records) -> pa.Array:
    """A record's own bytes, by which equal ones are known."""
    size = records.dtype.itemsize
    data = np.ascontiguousarray(records)
    offsets = np.arange(0, (len(records) + 1) * size, size, dtype=np.int32)
    return pa.Array.from_buffers(
        pa.binary(), len(records), [None, pa.py_buffer(offsets), pa.py_buffer(data.view(np.uint8))]
    )


class OrderCount:
    """Counts the rows of one file that come after a row they should precede."""

    def __init__(self) -> None:
        self._newest = -1
        self._last = (-1, -1)

    def count(self, rows: Kept) -> int:
        """Out-of-order rows among the next ones."""
        if not len(rows.ts_ns):
            return 0
        times = np.concatenate([[self._last[0]], rows.ts_ns])
        numbers = np.concatenate([[self._last[1]], sequence_of(rows.records)])
        late = self._late(times) | ((np.diff(times) == 0) & (np.diff(numbers) < 0))
        self._newest = max(self._newest, int(rows.ts_ns.max()))
        self._last = int(times[-1]), int(numbers[-1])
        return int(late.sum())

    def _late(self, times: I8) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        newest = np.maximum.accumulate(np.maximum(times[:-1], self._newest))
        late: np.ndarray[tuple[int], np.dtype[np.bool_]] = times[1:] < newest
        return late
