"""Order-by-order files of a session replayed into ten-level rows."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from lake_assets.kernels.replay import BookRows, OrderBook, mbo_words
from lake_assets.sources.duplicates import conflict
from lake_assets.sources.es_columns import (
    BOOK_SCHEMA,
    batch_of,
    count_odd_states,
    ladder_columns,
    order_columns,
)
from lake_assets.sources.ordering import Feed, Merge
from lake_assets.sources.screening import F_SNAPSHOT, I8, Kept, Mask, Screen
from lake_assets.sources.session_stream import OrderCount, SessionFiles, file_records


def replayed_rows(opened: SessionFiles, screen: Screen, merge: Merge) -> Iterator[pa.RecordBatch]:
    """Rows of the session in total order; records before it opens only build the book.

    Raises:
        ConflictingInputError: two files hold the orders of one stretch. Equal records are no
            proof of one order here: an order's records depend on all before them.
    """
    for overlap in opened.overlaps:
        raise conflict(opened.files, overlap, "two files of single orders, not to be merged")
    yield from merge([Feed(_batches(opened, screen), screen.hours.opens)], BOOK_SCHEMA)
    screen.tally.settle(opened.files[0].path)


def _batches(opened: SessionFiles, screen: Screen) -> Iterator[pa.RecordBatch]:
    books: dict[int, OrderBook] = {}
    for rank, (file, symbology) in enumerate(zip(opened.files, opened.symbologies, strict=True)):
        watch = OrderCount()
        for kept in file_records(file, symbology, screen):
            named = screen.named(screen.timed(kept))
            events = named.where((named.records["flags"] & F_SNAPSHOT) == 0)
            screen.tally.add("out_of_order", watch.count(events))
            screen.tally.considered += len(kept.rows)
            parts = []
            for number in np.unique(named.records["instrument_id"]).tolist():
                one = named.where(named.records["instrument_id"] == number)
                book = books.setdefault(number, OrderBook(number))
                rows = book.replay(mbo_words(one.records), 0)
                parts.append(_batch(rows, one, screen, rank, symbology.names))
            if parts:  # as one: to the merge, the second book's rows would all be late
                yield pa.concat_batches(parts)
    for name in ("unknown", "duplicate", "unusable"):
        screen.tally.add(f"{name}_orders", sum(getattr(b.counts, name) for b in books.values()))


def _batch(
    rows: BookRows, kept: Kept, screen: Screen, rank: int, names: Sequence[str]
) -> pa.RecordBatch:
    """Replayed rows of one instrument as a batch, those outside the session left out."""
    times = np.where(rows.flags & F_SNAPSHOT, rows.ts_recv, rows.ts_event)
    count = len(times)
    columns = {
        "ts_event_ns": pa.array(times),
        "ts_recv_ns": pa.array(rows.ts_recv),
        "sequence": pa.array(rows.sequence),
        "file_rank": pa.array(np.full(count, rank, np.int32)),
        "row": pa.array(kept.rows[rows.source_row]),
        "instrument_id": pa.array(kept.records["instrument_id"][rows.source_row].astype(np.int64)),
        "raw_symbol": pa.array(names, pa.string()).take(pa.array(kept.codes[rows.source_row])),
    }
    columns |= order_columns(
        action=rows.action,
        side=rows.side,
        depth=rows.depth,
        price=rows.price,
        size=rows.size,
        flags=rows.flags,
    )
    columns |= ladder_columns(rows.ladder)
    inside = _inside(times, screen)
    count_odd_states(screen.tally, rows.ladder, rows.flags, among=inside)
    return batch_of(BOOK_SCHEMA, columns).filter(pa.array(inside))


def _inside(times: I8, screen: Screen) -> Mask:
    inside: Mask = (times >= screen.hours.opens) & (times < screen.hours.closes)
    screen.tally.add("out_of_session", int((~inside).sum()))
    return inside
