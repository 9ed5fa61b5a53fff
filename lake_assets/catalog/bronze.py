"""Bronze: vendor rows, typed and ordered, nothing derived."""

from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Dataset, Layer
from lake_assets.catalog.schema import (
    CONTRACTS,
    COUNT,
    NANOS,
    TICKS,
    UNITS,
    LakeSchema,
    Role,
    column,
)
from lake_assets.market.vocabulary import AggressorMethod, OptionRight, OptionSource

BOOK_DEPTH: Final = 10
_PLACE: Final = Role.PROVENANCE


class EsEventSchema(LakeSchema):
    """The keys every record of the future's feed carries; their order is total."""

    ts_event_ns: pl.Int64 = column("exchange time of the event", unit=NANOS, gt=0)
    ts_recv_ns: pl.Int64 = column("capture time at the vendor", unit=NANOS, role=_PLACE)
    sequence: pl.Int64 = column("venue sequence number", unit=COUNT, ge=0, role=_PLACE)
    file_rank: pl.Int32 = column(
        "order of the file, by start and content", unit=COUNT, ge=0, role=_PLACE
    )
    row: pl.Int64 = column("place of the record in its file", unit=COUNT, ge=0, role=_PLACE)
    instrument_id: pl.Int64 = column("venue's number of the contract", unit="id", role=_PLACE)
    raw_symbol: pl.String = column("contract, as ESH4", role=_PLACE)


class EsTradesSchema(EsEventSchema):
    """Trades of the outright ES contracts, one row a print."""

    price_ticks: pl.Int32 = column("traded price", unit=TICKS, gt=0)
    size: pl.Int64 = column("traded size", unit=CONTRACTS, gt=0)
    aggressor: pl.Int8 = column("+1 buyer, -1 seller, 0 unknown", unit="sign", ge=-1, le=1)
    flags: pl.UInt8 = column("vendor's flag bits", unit="bits", role=_PLACE)


def _ladder() -> dict[str, tuple[type[pl.DataType], object]]:
    """Sixty columns: price, size and order count of ten levels a side."""
    fields: dict[str, tuple[type[pl.DataType], object]] = {}
    for level in range(BOOK_DEPTH):
        for side in ("bid", "ask"):
            gone = f"no {side} at this depth"
            at = f"of {side} level {level}"
            fields[f"{side}_ticks_{level}"] = (
                pl.Int32,
                column(f"price {at}", unit=TICKS, null=gone),
            )
            fields[f"{side}_size_{level}"] = (
                pl.Int64,
                column(f"size {at}", unit=CONTRACTS, null=gone),
            )
            fields[f"{side}_orders_{level}"] = (
                pl.Int32,
                column(f"orders {at}", unit=COUNT, null=gone),
            )
    return fields


class _EsBookEventSchema(EsEventSchema):
    """A book record without its ladder."""

    action: pl.String = column("vendor's action: A, C, M, R, T or N", role=_PLACE)
    side: pl.String = column("side of the order or aggressor: A, B or N", role=_PLACE)
    depth: pl.Int16 = column("level the record changed", unit="level", role=_PLACE)
    price_ticks: pl.Int32 = column(
        "the order's price", unit=TICKS, null="the record has no price", role=_PLACE
    )
    size: pl.Int64 = column("the order's size", unit=CONTRACTS, ge=0, role=_PLACE)
    flags: pl.UInt8 = column("vendor's flag bits", unit="bits", role=_PLACE)


EsMbp10Schema: Final = type(
    "EsMbp10Schema",
    (_EsBookEventSchema,),
    {
        "__doc__": "Ten levels a side of the outright ES books, one row a book record.",
        "__module__": __name__,
        "__annotations__": {name: dtype for name, (dtype, _) in _ladder().items()},
        **{name: field for name, (_, field) in _ladder().items()},
    },
)


class SpyOptionsSchema(LakeSchema):
    """SPY option trades with the quote in force, one row a print."""

    ts_event_ns: pl.Int64 = column("exchange time of the print", unit=NANOS, gt=0)
    sequence: pl.Int64 = column("venue sequence number, 0 where none", unit=COUNT, role=_PLACE)
    file_rank: pl.Int32 = column(
        "order of the file, by start and content", unit=COUNT, ge=0, role=_PLACE
    )
    row: pl.Int64 = column("place of the record in its file", unit=COUNT, ge=0, role=_PLACE)
    option_symbol: pl.String = column("contract, as SPY   251217C00690000", role=_PLACE)
    expiry: pl.Date = column("expiry date")
    strike_u: pl.Int64 = column("strike", unit=UNITS, gt=0)
    right: pl.Enum = column("call or put", enum=OptionRight)
    price_u: pl.Int64 = column("traded price", unit=UNITS, gt=0)
    size: pl.Int64 = column("traded size", unit=CONTRACTS, gt=0)
    bid_u: pl.Int64 = column("best bid in force", unit=UNITS, null="no bid came with the print")
    ask_u: pl.Int64 = column("best ask in force", unit=UNITS, null="no ask came with the print")
    bid_size: pl.Int64 = column("size of the best bid", unit=CONTRACTS, null="as bid_u")
    ask_size: pl.Int64 = column("size of the best ask", unit=CONTRACTS, null="as ask_u")
    conditions: pl.String = column("sale conditions", null="the layout carries none", role=_PLACE)
    source: pl.Enum = column("vendor layout", enum=OptionSource, role=_PLACE)
    aggressor: pl.Int8 = column("+1 buyer, -1 seller, 0 unknown", unit="sign", ge=-1, le=1)
    aggressor_method: pl.Enum = column("rule that named the aggressor", enum=AggressorMethod)
    dte: pl.Int32 = column("expiry minus session date", unit="days", ge=0)


_ORDER: Final = ("ts_event_ns", "sequence", "file_rank", "row")

ES_TRADES: Final = Dataset(
    name="es_trades", layer=Layer.BRONZE, schema=EsTradesSchema, sort_by=_ORDER, version="1"
)
ES_MBP10: Final = Dataset(
    name="es_mbp10", layer=Layer.BRONZE, schema=EsMbp10Schema, sort_by=_ORDER, version="1"
)
SPY_OPTIONS: Final = Dataset(
    name="spy_options", layer=Layer.BRONZE, schema=SpyOptionsSchema, sort_by=_ORDER, version="1"
)
