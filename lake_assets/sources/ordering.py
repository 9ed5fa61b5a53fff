"""Rows of several files in the lake's total order, in memory that does not grow with the day."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

KEY: Final = ("ts_event_ns", "sequence", "file_rank", "row")
MAX_LATENESS_NS: Final = 5_000_000_000  # what a merge in memory may have to hold back
_SORT_MEMORY: Final = "512MB"
_BATCH_ROWS: Final = 131_072
_NEVER: Final = 2**63 - 1


@dataclass(slots=True)
class Feed:
    """Batches of one source, no row more than ``lateness_ns`` behind an earlier one.

    ``frontier_ns`` is the newest time handed out, before that the earliest there will be.
    """

    batches: Iterator[pa.RecordBatch]
    frontier_ns: int
    lateness_ns: int
    pending: list[pa.RecordBatch] = field(default_factory=list)
    done: bool = False

    @property
    def horizon_ns(self) -> int:
        """No row to come is older."""
        return _NEVER if self.done else self.frontier_ns - self.lateness_ns

    def pull(self) -> None:
        """Take the next batch, sorted, or note that there is none."""
        batch = next(self.batches, None)
        if batch is None:
            self.done = True
        elif batch.num_rows:
            self.frontier_ns = max(self.frontier_ns, int(_times(batch).max()))
            self.pending.append(_sorted(batch))


def in_order(feeds: Sequence[Feed], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Every row of the feeds, ascending by the total key.

    Rows wait until no feed can bring an older one. Where a feed is so disordered that they
    would have to wait too long, the rows are sorted outside memory instead.
    """
    if max((feed.lateness_ns for feed in feeds), default=0) > MAX_LATENESS_NS:
        yield from _sort_outside(feeds, schema)
        return
    while open_feeds := [feed for feed in feeds if not feed.done]:
        min(open_feeds, key=lambda f: f.frontier_ns).pull()
        yield from _release(feeds, min(f.horizon_ns for f in feeds))


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


def _sort_outside(feeds: Sequence[Feed], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    rows = pa.RecordBatchReader.from_batches(schema, _all(feeds))
    with tempfile.TemporaryDirectory(prefix="lake-sort-") as folder, duckdb.connect() as session:
        session.execute("SET memory_limit = ?", [_SORT_MEMORY])
        session.execute("SET temp_directory = ?", [folder])
        session.register("rows", rows)
        ordered = session.sql(f"SELECT * FROM rows ORDER BY {', '.join(KEY)}")  # noqa: S608 - constants
        for batch in ordered.to_arrow_reader(_BATCH_ROWS):
            yield batch.cast(schema)


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
