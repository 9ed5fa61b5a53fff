"""Option prints of a session from DBN files, before anything is said of them."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

from lake_assets.market.price import DBN_UNDEFINED_PRICE, DBN_UNITS_PER_UNIT
from lake_assets.sources.es_columns import key_columns
from lake_assets.sources.header import Header
from lake_assets.sources.layouts import Records
from lake_assets.sources.ordering import Merge, sort_in_memory
from lake_assets.sources.screening import Kept, Mask, Screen
from lake_assets.sources.selection import Selection
from lake_assets.sources.session_stream import Columns, SessionFiles, open_files, stream_rows
from lake_assets.sources.symbology import Symbology

MAX_SIZE: Final = 1_000_000
PRINTS_SCHEMA: Final = pa.schema(
    [
        ("ts_event_ns", pa.int64()),
        ("ts_recv_ns", pa.int64()),
        ("sequence", pa.int64()),
        ("file_rank", pa.int32()),
        ("row", pa.int64()),
        ("instrument_id", pa.int64()),
        ("flags", pa.uint8()),
        ("option_symbol", pa.string()),
        ("price_u", pa.int64()),
        ("size", pa.int64()),
        ("bid_u", pa.int64()),
        ("ask_u", pa.int64()),
        ("bid_size", pa.int64()),
        ("ask_size", pa.int64()),
        ("conditions", pa.string()),
    ]
)
_TRADE: Final = b"T"


def dbn_prints(
    selection: Selection, screen: Screen, contracts: Callable[[Header], Symbology]
) -> pl.DataFrame:
    """Prints of DBN files in total order."""
    batches = print_rows(open_files(selection, contracts), screen, sort_in_memory)
    return as_frame(pa.Table.from_batches(list(batches), schema=PRINTS_SCHEMA))


def as_frame(table: pa.Table) -> pl.DataFrame:
    """A table as a frame."""
    frame = pl.from_arrow(table)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"a table became a {type(frame).__name__}")
    return frame


def print_rows(opened: SessionFiles, screen: Screen, merge: Merge) -> Iterator[pa.RecordBatch]:
    """Prints of opened files, of `PRINTS_SCHEMA`, as a merge orders them."""

    def convert(kept: Kept, rank: int, names: Sequence[str]) -> tuple[Kept, Columns]:
        prints = kept.where(kept.records["action"] == _TRADE)
        named = screen.of_session(screen.named(prints))
        good = screen.usable(named, _unusable(named.records))
        columns = key_columns(good, rank, names)
        columns["option_symbol"] = columns.pop("raw_symbol")
        return good, columns | _print_columns(good.records)

    return stream_rows(opened, screen, PRINTS_SCHEMA, convert, merge)


def _unusable(records: Records) -> dict[str, Mask]:
    """By reason, prints without a positive price in whole units or a size one can believe."""
    price, size = records["price"], records["size"]
    return {
        "undefined_price": price == DBN_UNDEFINED_PRICE,
        "nonpositive_price": price <= 0,
        "off_grid": price % DBN_UNITS_PER_UNIT != 0,
        "zero_size": size == 0,
        "absurd_size": size > MAX_SIZE,
    }


def _print_columns(records: Records) -> Columns:
    columns = {
        "price_u": pa.array(records["price"] // DBN_UNITS_PER_UNIT),
        "size": pa.array(records["size"].astype(np.int64)),
        "flags": pa.array(np.ascontiguousarray(records["flags"])),
        "conditions": pa.nulls(len(records), pa.string()),
    }
    for side in ("bid", "ask"):
        columns |= _quote_columns(records, side)
    return columns


def _quote_columns(records: Records, side: str) -> Columns:
    if f"{side}_px_00" not in (records.dtype.names or ()):
        return {name: pa.nulls(len(records), pa.int64()) for name in (f"{side}_u", f"{side}_size")}
    price = records[f"{side}_px_00"]
    absent = price == DBN_UNDEFINED_PRICE
    return {
        f"{side}_u": pa.array(price // DBN_UNITS_PER_UNIT, mask=absent),
        f"{side}_size": pa.array(records[f"{side}_sz_00"].astype(np.int64), mask=absent),
    }
