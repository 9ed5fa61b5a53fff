"""The ES book of a session, ten levels a side, from ten-level or order-by-order files."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

import numpy as np
import pyarrow as pa

from lake_assets.catalog.rows import Rows
from lake_assets.kernels.ladder import as_words, transpose_ladder
from lake_assets.kernels.memory import Memory
from lake_assets.market.sessions import Session
from lake_assets.sources.book_replay import replayed_rows
from lake_assets.sources.coverage import until
from lake_assets.sources.es_columns import (
    BOOK_SCHEMA,
    count_odd_states,
    key_columns,
    ladder_columns,
    letters,
    order_columns,
)
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.ordering import Merge
from lake_assets.sources.screening import Kept, Screen, Tally
from lake_assets.sources.selection import (
    describe,
    require_files,
    require_rth,
    require_trades,
)
from lake_assets.sources.session_stream import (
    Columns,
    SessionFiles,
    open_files,
    rows_in_order,
    stream_rows,
)
from lake_assets.sources.symbology import es_outrights

_ORDER_BY_ORDER: Final = "mbo"


def read_es_mbp10(
    inventory: Inventory,
    session: Session,
    *,
    as_of_ns: int | None = None,
    rth_required: bool = True,
) -> Rows:
    """Every book record of the session, in total order; the counts follow the stream.

    Where there are trades but no book file there are no rows, and ``absent`` is counted.

    Raises:
        RawInputError: files are unusable or leave out regular hours; while the rows are read,
            also that they are damaged, contradict each other or are mostly unusable.
    """
    selection = require_files(inventory, session, "es_mbp10", as_of_ns=as_of_ns)
    if selection is None:
        require_trades(inventory, session)
        nothing = pa.RecordBatchReader.from_batches(BOOK_SCHEMA, [])
        return Rows(batches=nothing, quality={"absent": 1})
    quality = describe(selection, session, as_of_ns=as_of_ns)
    if rth_required:
        require_rth(inventory, session, quality)
    opened = open_files(selection, es_outrights)
    make = replayed_rows if selection.schema == _ORDER_BY_ORDER else _rows

    def begin() -> Screen:
        return Screen(until(session.hours, as_of_ns), as_of_ns, Tally(dict(quality)))

    return rows_in_order(BOOK_SCHEMA, begin, partial(make, opened))


def _rows(opened: SessionFiles, screen: Screen, merge: Merge) -> Iterator[pa.RecordBatch]:
    memory = Memory()

    def convert(kept: Kept, rank: int, names: Sequence[str]) -> tuple[Kept, Columns]:
        good = screen.named(screen.of_session(kept))
        ladder = transpose_ladder(as_words(good.chunk), good.at, memory)
        screen.tally.add("off_tick_levels", ladder.off_tick)
        records = good.records
        count_odd_states(screen.tally, ladder, records["flags"])
        order = order_columns(
            action=letters(records, "action"),
            side=letters(records, "side"),
            depth=records["depth"],
            price=records["price"],
            size=records["size"].astype(np.int64),
            flags=records["flags"],
        )
        return good, key_columns(good, rank, names) | order | ladder_columns(ladder)

    yield from stream_rows(opened, screen, BOOK_SCHEMA, convert, merge)
    screen.tally.settle(opened.files[0].path)
