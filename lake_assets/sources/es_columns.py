"""Records of the future's feed as the columns of Bronze."""

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lake_assets.kernels.ladder import LEVELS, Ladder, LadderSide
from lake_assets.kernels.replay import F_LAST, F_MAYBE_BAD_BOOK
from lake_assets.market.price import DBN_UNDEFINED_PRICE, DBN_UNITS_PER_TICK
from lake_assets.sources.layouts import Records
from lake_assets.sources.screening import Kept, Mask, Tally, sequence_of

I8: TypeAlias = npt.NDArray[np.int64]
U1: TypeAlias = npt.NDArray[np.uint8]

_KEYS: Final = (
    ("ts_event_ns", pa.int64()),
    ("ts_recv_ns", pa.int64()),
    ("sequence", pa.int64()),
    ("file_rank", pa.int32()),
    ("row", pa.int64()),
    ("instrument_id", pa.int64()),
    ("raw_symbol", pa.string()),
)
TRADES_SCHEMA: Final = pa.schema(
    [
        *_KEYS,
        ("price_ticks", pa.int32()),
        ("size", pa.int64()),
        ("aggressor", pa.int8()),
        ("flags", pa.uint8()),
    ]
)
BOOK_SCHEMA: Final = pa.schema(
    [
        *_KEYS,
        ("action", pa.string()),
        ("side", pa.string()),
        ("depth", pa.int16()),
        ("price_ticks", pa.int32()),
        ("size", pa.int64()),
        ("flags", pa.uint8()),
        *(
            (f"{side}_{what}_{level}", kind)
            for level in range(LEVELS)
            for side in ("bid", "ask")
            for what, kind in (("ticks", pa.int32()), ("size", pa.int64()), ("orders", pa.int32()))
        ),
    ]
)
_LETTERS: Final = pa.array([chr(code) for code in range(128)], pa.string())
_INT32_MAX: Final = 2**31 - 1
_AGGRESSOR: Final = np.zeros(256, np.int8)
_AGGRESSOR[ord("B")], _AGGRESSOR[ord("A")] = 1, -1


def key_columns(kept: Kept, rank: int, names: Sequence[str]) -> dict[str, pa.Array]:
    """The keys of records: their order, instrument and name."""
    records = kept.records
    return {
        "ts_event_ns": pa.array(kept.ts_ns),
        "ts_recv_ns": pa.array(records["ts_recv"].astype(np.int64)),
        "sequence": pa.array(sequence_of(records)),
        "file_rank": pa.array(np.full(len(records), rank, np.int32)),
        "row": pa.array(kept.rows),
        "instrument_id": pa.array(records["instrument_id"].astype(np.int64)),
        "raw_symbol": pa.array(names, pa.string()).take(pa.array(kept.codes)),
    }


def trade_columns(records: Records) -> dict[str, pa.Array]:
    """Price, size, side and flags of trades whose prices are whole ticks."""
    return {
        "price_ticks": pa.array((records["price"] // DBN_UNITS_PER_TICK).astype(np.int32)),
        "size": pa.array(records["size"].astype(np.int64)),
        "aggressor": pa.array(_AGGRESSOR[letters(records, "side")]),
        "flags": pa.array(np.ascontiguousarray(records["flags"])),
    }


def letters(records: Records, name: str) -> U1:
    """Codes of a one-letter field."""
    codes: U1 = np.ascontiguousarray(records[name]).view(np.uint8)
    return codes


def order_columns(  # noqa: PLR0913 - the fields of one record
    *, action: U1, side: U1, depth: U1, price: I8, size: I8, flags: U1
) -> dict[str, pa.Array]:
    """What a book record says of its order; a price that is none, or no tick, is null."""
    ticks, rest = np.divmod(price, DBN_UNITS_PER_TICK)
    absent = (price == DBN_UNDEFINED_PRICE) | (rest != 0) | (np.abs(ticks) > _INT32_MAX)
    return {
        "action": _LETTERS.take(pa.array(action)),
        "side": _LETTERS.take(pa.array(side)),
        "depth": pa.array(depth.astype(np.int16)),
        "price_ticks": pa.array(np.where(absent, 0, ticks).astype(np.int32), mask=absent),
        "size": pa.array(size),
        "flags": pa.array(np.ascontiguousarray(flags)),
    }


def ladder_columns(ladder: Ladder) -> dict[str, pa.Array]:
    """Ten levels a side; the kernel's arrays are the columns' buffers as they are."""
    columns: dict[str, pa.Array] = {}
    for level in range(LEVELS):
        for side, ladder_side in (("bid", ladder.bid), ("ask", ladder.ask)):
            for what, array in _level(ladder_side, level).items():
                columns[f"{side}_{what}_{level}"] = array
    return columns


def _level(side: LadderSide, level: int) -> dict[str, pa.Array]:
    valid = pa.py_buffer(np.ascontiguousarray(side.valid[level]))
    return {
        "ticks": _array(pa.int32(), valid, side.ticks[level]),
        "size": _array(pa.int64(), valid, side.size[level]),
        "orders": _array(pa.int32(), valid, side.orders[level]),
    }


def _array(kind: pa.DataType, valid: pa.Buffer, values: npt.NDArray[np.generic]) -> pa.Array:
    data = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(kind, len(values), [valid, data])


def batch_of(schema: pa.Schema, columns: Mapping[str, pa.Array]) -> pa.RecordBatch:
    """Columns in the order of a schema."""
    return pa.RecordBatch.from_arrays([columns[name] for name in schema.names], schema=schema)


def count_odd_states(tally: Tally, ladder: Ladder, flags: U1, *, among: Mask | None = None) -> None:
    """Count finished events whose book is crossed or locked, or marked as possibly bad."""
    count = len(flags)
    shown = ladder.bid.valid[0] & ladder.ask.valid[0]
    both = np.unpackbits(shown, count=count, bitorder="little").astype(np.bool_)
    ended = (flags & F_LAST) != 0
    if among is not None:
        ended = ended & among
    crossed = ended & both & (ladder.bid.ticks[0] >= ladder.ask.ticks[0])
    tally.add("crossed_states", int(crossed.sum()))
    tally.add("bad_book_states", int((ended & ((flags & F_MAYBE_BAD_BOOK) != 0)).sum()))
