"""Rows of several files in the lake's total order, in memory that does not grow with the day."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, TypeAlias

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lake_assets.errors import LateRowError

KEY: Final = ("ts_event_ns", "sequence", "file_rank", "row")
WINDOW_NS: Final = 5_000_000_000  # how long a row waits for older ones of its file
_SORT_MEMORY: Final = "512MB"
_BATCH_ROWS: Final = 131_072
_NEVER: Final = 2**63 - 1


@dataclass(slots=True)
class Feed:
    """Batches of one file in file order; ``frontier_ns`` is the newest time handed out.

    Before the first it is a time no row is older than.
    """

    batches: Iterator[pa.RecordBatch]
    frontier_ns: int
    pending: list[pa.RecordBatch] = field(default_factory=list)
    done: bool = False

    @property
    def horizon_ns(self) -> int:
        """No row to come should be older."""
        return _NEVER if self.done else self.frontier_ns - WINDOW_NS

    def pull(self) -> int:
        """Take the next batch, sorted, or note that there is none; the oldest time in it."""
        batch = next(self.batches, None)
        if batch is None:
            self.done = True
        elif batch.num_rows:
            times = _times(ordered := _sorted(batch))
            self.frontier_ns = max(self.frontier_ns, int(times[-1]))
            self.pending.append(ordered)
            return int(times[0])
        return _NEVER


Merge: TypeAlias = Callable[[Sequence[Feed], pa.Schema], Iterator[pa.RecordBatch]]
"""Every row of the feeds, ascending by the total key."""


def merge_in_window(feeds: Sequence[Feed], _: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Every row in total order, each handed on once no feed should bring an older one.

    Raises:
        LateRowError: one does; `sort_outside` can order such feeds.
    """
    handed_on_ns = -1
    while open_feeds := [feed for feed in feeds if not feed.done]:
        oldest = min(open_feeds, key=lambda f: f.frontier_ns).pull()
        if oldest < handed_on_ns:
            raise LateRowError(
                f"a row of {oldest} ns came when all before {handed_on_ns} ns were handed on; "
                "read the files anew and sort them outside memory"
            )
        handed_on_ns = min(feed.horizon_ns for feed in feeds)
        yield from _release(feeds, handed_on_ns)


def sort_outside(feeds: Sequence[Feed], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Every row in total order, however disordered, through files of a sort."""
    rows = pa.RecordBatchReader.from_batches(schema, _all(feeds))
    with tempfile.TemporaryDirectory(prefix="lake-sort-") as folder, duckdb.connect() as session:
        session.execute("SET memory_limit = ?", [_SORT_MEMORY])
        session.execute("SET temp_directory = ?", [folder])
        session.register("rows", rows)
        ordered = session.sql(f"SELECT * FROM rows ORDER BY {', '.join(KEY)}")  # noqa: S608 - constants
        for batch in ordered.to_arrow_reader(_BATCH_ROWS):
            yield batch.cast(schema)


def sort_in_memory(feeds: Sequence[Feed], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Every row in total order as one batch, for rows that end in memory anyhow."""
    yield _sorted(pa.concat_batches([pa.RecordBatch.from_pylist([], schema), *_all(feeds)]))


def _release(feeds: Sequence[Feed], horizon_ns: int) -> Iterator[pa.RecordBatch]:
    """Rows older than the horizon, as slices where the pieces do not interleave."""
    heads: list[pa.RecordBatch] = []
    for feed in feeds:
        rest = []
        for batch in feed.pending:
            cut = int(np.searchsorted(_times(batch), horizon_ns, "left"))
            if horizon_ns == _NEVER:
                cut = batch.num_rows
            heads += [batch.slice(0, cut)] if cut else []
            rest += [batch.slice(cut)] if cut < batch.num_rows else []
        feed.pending = rest
    heads.sort(key=_first)
    apart = all(_last(a) < _first(b) for a, b in pairwise(heads))
    if heads:
        yield from heads if apart else [_sorted(pa.concat_batches(heads))]


def _all(feeds: Sequence[Feed]) -> Iterator[pa.RecordBatch]:
    for feed in feeds:
        yield from feed.batches


def _sorted(batch: pa.RecordBatch) -> pa.RecordBatch:
    keys = [batch.column(name).to_numpy() for name in KEY]
    if _is_sorted(keys):
        return batch
    order = np.lexsort(keys[::-1])
    return batch.take(pa.array(order))


def _is_sorted(keys: Sequence[npt.NDArray[np.int64]]) -> bool:
    after = np.ones(max(len(keys[0]) - 1, 0), np.bool_)
    for key in reversed(keys):
        now, before = key[1:], key[:-1]
        after = (now > before) | ((now == before) & after)
    return bool(after.all())


def _times(batch: pa.RecordBatch) -> npt.NDArray[np.int64]:
    times: npt.NDArray[np.int64] = batch.column("ts_event_ns").to_numpy()
    return times


def _first(batch: pa.RecordBatch) -> tuple[int, ...]:
    return tuple(batch.column(name)[0].as_py() for name in KEY)


def _last(batch: pa.RecordBatch) -> tuple[int, ...]:
    return tuple(batch.column(name)[-1].as_py() for name in KEY)
