"""ES trades of a session, from trades, ten-level or order-by-order files."""

from collections.abc import Iterator, Sequence
from functools import partial

import pyarrow as pa

from lake_assets.catalog.rows import Rows
from lake_assets.market.price import DBN_UNDEFINED_PRICE, DBN_UNITS_PER_TICK
from lake_assets.market.sessions import Session
from lake_assets.sources.closing import Closing
from lake_assets.sources.coverage import until
from lake_assets.sources.es_columns import TRADES_SCHEMA, key_columns, trade_columns
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.layouts import Records
from lake_assets.sources.ordering import Merge
from lake_assets.sources.screening import Kept, Mask, Screen, Tally
from lake_assets.sources.selection import describe, missing, require_files, require_rth
from lake_assets.sources.session_stream import (
    Columns,
    SessionFiles,
    open_files,
    rows_in_order,
    stream_rows,
)
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
    opened = open_files(selection, es_outrights)

    def begin() -> Screen:
        return Screen(until(session.hours, as_of_ns), as_of_ns, Tally(dict(quality)))

    return rows_in_order(TRADES_SCHEMA, begin, partial(_rows, opened, session))


def _rows(
    opened: SessionFiles, session: Session, screen: Screen, merge: Merge
) -> Iterator[pa.RecordBatch]:
    closing = Closing(session)

    def convert(kept: Kept, rank: int, names: Sequence[str]) -> tuple[Kept, Columns]:
        trades = kept.where(kept.records["action"] == _TRADE)
        named = screen.named(screen.of_session(trades))
        good = screen.usable(named, _unusable(named.records))
        sides = good.records["side"]
        screen.tally.add("side_less", int(((sides != b"A") & (sides != b"B")).sum()))
        closing.see(trades, good)
        return good, key_columns(good, rank, names) | trade_columns(good.records)

    yield from stream_rows(opened, screen, TRADES_SCHEMA, convert, merge)
    if screen.as_of_ns is None or screen.as_of_ns >= session.hours.closes:
        screen.tally.quality.update(closing.facts())
    screen.tally.settle(opened.files[0].path)


def _unusable(records: Records) -> dict[str, Mask]:
    """By reason, trades without a positive price on the tick grid or a size one can believe."""
    price, size = records["price"], records["size"]
    return {
        "undefined_price": price == DBN_UNDEFINED_PRICE,
        "nonpositive_price": price <= 0,
        "absurd_price": price > _MAX_PRICE,
        "off_tick": price % DBN_UNITS_PER_TICK != 0,
        "zero_size": size == 0,
        "absurd_size": size > MAX_SIZE,
    }
