"""Bronze books of an underlying's options: one row a contract and timestamp."""

from typing import Any, Final

import polars as pl

from lake_assets.catalog.dataset import Layer
from lake_assets.catalog.family import for_each_underlying
from lake_assets.catalog.schema import (
    MICROS,
    NANOS,
    SECONDS,
    LakeSchema,
    Moment,
    Role,
    column,
    whose,
)
from lake_assets.market.option_vocabulary import OptionType, VolumeFlag

POINTS: Final = "points of the underlying"
UNITS: Final = "units, as the vendor sends them"
LEVELS: Final = 5
_PLACE: Final = Role.PROVENANCE
_NOT_SENT: Final = "the vendor sends none"


class _OptionBookRowSchema(LakeSchema):
    """A contract's row without its sizes and the spot."""

    timestamp: Moment = column("when the book stood so", unit=MICROS)
    timestamp_ns: pl.Int64 = column("the same moment", unit=NANOS, gt=0)
    underlying: pl.Enum = whose()
    session_date: pl.Date = column("session whose files the row comes from")
    expiry: pl.Date = column("expiry date")
    opt_type: pl.Enum = column("call or put", enum=OptionType)
    strike: pl.Int32 = column("strike", unit=POINTS, gt=0)
    price: pl.Float64 = column("last traded price", unit=POINTS, ge=0, null="not traded today")
    volume: pl.Int64 = column("traded today so far", unit=UNITS, ge=0, null=_NOT_SENT)
    vol_delta: pl.Int64 = column(
        "traded since the contract's row before",
        unit=UNITS,
        ge=0,
        null="volume is, or the contract's first row does not tell what came before it",
    )
    vol_flag: pl.Enum = column("where vol_delta comes from", enum=VolumeFlag)
    vol_elapsed_s: pl.Int32 = column(
        "whole seconds since the contract's row before",
        unit=SECONDS,
        ge=0,
        null="the contract's first row",
    )
    vendor_vol_delta: pl.Int64 = column(
        "the vendor's own difference, across contracts and resets; never used",
        unit=UNITS,
        null=_NOT_SENT,
        role=_PLACE,
    )
    oi: pl.Int64 = column("open interest", unit=UNITS, ge=0, null=_NOT_SENT)
    bp0: pl.Float64 = column("best bid", unit=POINTS, gt=0, null="nobody bids")
    sp0: pl.Float64 = column("best ask", unit=POINTS, gt=0, null="nobody offers")


def _columns() -> dict[str, tuple[type[pl.DataType], Any]]:
    """Sizes of five levels a side, of which a source of one level has nulls; then the spot."""
    sizes = {
        f"{side}q{level}": column(
            f"size of {word} level {level}; 0 where there is none",
            unit=UNITS,
            ge=0,
            null="the source gives one level only" if level else None,
        )
        for side, word in (("b", "bid"), ("s", "ask"))
        for level in range(LEVELS)
    }
    spot = column(
        "the vendor's price of the underlying, a print up to 1 s from the book",
        unit=POINTS,
        gt=0,
        null="the vendor joined none",
    )
    return {
        **{name: (pl.Int64, size) for name, size in sizes.items()},
        "spot_price": (pl.Float64, spot),
    }


_COLUMNS: Final = _columns()
OptionBooksSchema: Final = type(
    "OptionBooksSchema",
    (_OptionBookRowSchema,),
    {
        "__doc__": "Quotes of an underlying's options, one row a contract and timestamp.",
        "__module__": __name__,
        "__annotations__": {name: dtype for name, (dtype, _) in _COLUMNS.items()},
        **{name: field for name, (_, field) in _COLUMNS.items()},
    },
)

OPTION_BOOKS: Final = for_each_underlying(
    table="option_books",
    layer=Layer.BRONZE,
    schema=OptionBooksSchema,
    sort_by=("expiry", "opt_type", "strike", "timestamp"),
    version="1",
)
