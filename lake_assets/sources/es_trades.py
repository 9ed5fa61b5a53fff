"""ES trades of a session, from trades, ten-level or order-by-order files."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from lake_assets.catalog.rows import Rows
from lake_assets.market.price import DBN_UNDEFINED_PRICE, DBN_UNITS_PER_TICK
from lake_assets.market.sessions import Session
from lake_assets.sources.coverage import until
from lake_assets.sources.es_columns import TRADES_SCHEMA, key_columns, trade_columns
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.screening import Kept, Screen, Tally
from lake_assets.sources.selection import describe, missing, require_files, require_rth
from lake_assets.sources.session_stream import Columns, SessionFiles, open_files, stream_rows
from lake_assets.sources.symbology import es_outrights

MAX_SIZE = 1_000_000
_TRADE = b"T"
_MAX_PRICE = (2**31 - 1) * DBN_UNITS_PER_TICK


def read_es_trades(
    inventory: Inventory,
    session: Session,
    *,
    as_of_ns: int | None = None,
    rth_required: bool = True,
) -> Rows:
    """Every outright print of the session, in total order; the counts follow the stream.

    Raises:
        RawInputError: files are missing, unusable, or leave out regular hours; while the rows
            are read, also that they are damaged, contradict each other or are mostly unusable.
    """
    selection = require_files(inventory, session, "es_trades", as_of_ns=as_of_ns)
    if selection is None:
        raise missing(inventory, session, "es_trades")
    quality = describe(selection, session, as_of_ns=as_of_ns)
    if rth_required:
        require_rth(inventory, session, quality)
    screen = Screen(until(session.hours, as_of_ns), as_of_ns, Tally(quality))
    opened = open_files(selection, es_outrights)
    rows = _rows(opened, screen)
    return Rows(batches=pa.RecordBatchReader.from_batches(TRADES_SCHEMA, rows), quality=quality)


def _rows(opened: SessionFiles, screen: Screen) -> Iterator[pa.RecordBatch]:
    def convert(kept: Kept, rank: int, names: Sequence[str]) -> tuple[Kept, Columns]:
        trades = kept.where(kept.records["action"] == _TRADE)
        good = _usable(screen, screen.named(screen.of_session(trades)))
        sides = good.records["side"]
        screen.tally.add("side_less", int(((sides != b"A") & (sides != b"B")).sum()))
        return good, key_columns(good, rank, names) | trade_columns(good.records)

    yield from stream_rows(opened, screen, TRADES_SCHEMA, convert)
    screen.tally.settle(opened.files[0].path)


def _usable(screen: Screen, kept: Kept) -> Kept:
    """Trades with a positive price on the tick grid and a size one can believe."""
    price, size = kept.records["price"], kept.records["size"]
    reasons = {
        "undefined_price": price == DBN_UNDEFINED_PRICE,
        "nonpositive_price": price <= 0,
        "absurd_price": price > _MAX_PRICE,
        "off_tick": price % DBN_UNITS_PER_TICK != 0,
        "zero_size": size == 0,
        "absurd_size": size > MAX_SIZE,
    }
    bad = np.zeros(len(price), np.bool_)
    for reason, those in reasons.items():
        screen.tally.quarantine(reason, int((those & ~bad).sum()))
        bad |= those
    return kept.where(~bad)
