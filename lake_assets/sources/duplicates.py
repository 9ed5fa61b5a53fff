"""What several files hold of the same stretch: equal records kept once, different ones refused.

Two files overlap where their ranges and their instruments do. There both claim to hold every
record received, so each must know the records of the other; how often may differ.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lake_assets.errors import ConflictingInputError
from lake_assets.sources.raw_file import RawFile
from lake_assets.sources.screening import F_SNAPSHOT, Tally

IDENTITY: Final = "identity"  # column of a record's own bytes, while files overlap
_RANK: Final = "file_rank"
I8: TypeAlias = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Overlap:
    """A stretch and the instruments that two files, by their ranks, both claim."""

    ranks: tuple[int, int]
    start_ns: int
    end_ns: int
    instruments: frozenset[int]


def find_overlaps(files: Sequence[RawFile], instruments: Sequence[frozenset[int]]) -> list[Overlap]:
    """Every pair of files that claim a stretch of the same instruments."""
    found = []
    for b in range(len(files)):
        for a in range(b):
            shared = instruments[a] & instruments[b]
            start = max(files[a].span.opens, files[b].span.opens)
            end = min(files[a].span.closes, files[b].span.closes)
            if shared and start < end:
                found.append(Overlap((a, b), start, end, shared))
    return found


def conflict(files: Sequence[RawFile], overlap: Overlap, why: str) -> ConflictingInputError:
    """The error for two files that cannot both be believed."""
    first, second = (files[rank] for rank in overlap.ranks)
    return ConflictingInputError(
        first.path,
        expected=f"the same {first.schema} records as {second.name} where both cover",
        found=why,
        remedy="keep the right one of the two files",
    )


def without_duplicates(
    batches: Iterator[pa.RecordBatch],
    overlaps: Sequence[Overlap],
    files: Sequence[RawFile],
    tally: Tally,
) -> Iterator[pa.RecordBatch]:
    """Ordered batches, each record as often as the file that holds it most often.

    Raises:
        ConflictingInputError: a file lacks a record that another has and it should have.
    """
    for batch in _whole_moments(batches):
        places = batch.column(IDENTITY).dictionary_encode()
        codes = places.indices.to_numpy().astype(np.int64)
        held = np.zeros((len(places.dictionary), len(files)), np.int64)
        np.add.at(held, (codes, batch.column(_RANK).to_numpy()), 1)
        for overlap in overlaps:
            _check(batch, codes, held, overlap, files)
        # Of equally frequent holders the first in rank gives its rows.
        keep = batch.column(_RANK).to_numpy() == held.argmax(axis=1)[codes]
        tally.add("duplicates_dropped", int((~keep).sum()))
        kept = batch.filter(pa.array(keep))
        yield kept.drop_columns([IDENTITY])


def _check(
    batch: pa.RecordBatch, codes: I8, held: I8, overlap: Overlap, files: Sequence[RawFile]
) -> None:
    received = batch.column("ts_recv_ns").to_numpy()
    ranks = batch.column(_RANK).to_numpy()
    numbers = batch.column("instrument_id").to_numpy()
    event = (batch.column("flags").to_numpy() & F_SNAPSHOT) == 0
    both = (received >= overlap.start_ns) & (received < overlap.end_ns) & event
    both &= np.isin(ranks, overlap.ranks) & np.isin(numbers, sorted(overlap.instruments))
    lacking = both & (held[codes][:, list(overlap.ranks)] == 0).any(axis=1)
    if lacking.any():
        at = int(np.argmax(lacking))
        owner = files[int(ranks[at])].name
        stamp = int(batch.column("ts_event_ns").to_numpy()[at])
        raise conflict(files, overlap, f"a record of {stamp} ns that only {owner} has")


def _whole_moments(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """The batches cut anew, so that no two share an event time."""
    held: list[pa.RecordBatch] = []
    for batch in batches:
        times = batch.column("ts_event_ns").to_numpy()
        cut = int(np.searchsorted(times, times[-1], "left")) if len(times) else 0
        if cut or (held and len(times) and _newest(held) < times[0]):
            yield pa.concat_batches([*held, batch.slice(0, cut)])
            held = []
        held.append(batch.slice(cut))
    if held:
        yield pa.concat_batches(held)


def _newest(held: Sequence[pa.RecordBatch]) -> int:
    return max(int(b.column("ts_event_ns")[-1].as_py()) for b in held if b.num_rows)
