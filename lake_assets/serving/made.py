"""Columns the service makes itself, declared as the catalog declares those of the lake."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Column
from lake_assets.catalog.schema import CONTRACTS, COUNT, DOLLARS, NANOS, SECONDS, TICKS, Role
from lake_assets.serving.blocks import Table
from lake_assets.serving.depth import LADDER


def _declared(
    name: str, dtype: pl.DataType, meaning: str, unit: str | None, null: str | None = None
) -> Column:
    return Column(name, dtype, meaning, unit, null, Role.FEATURE)


def _declare(*columns: Column) -> Mapping[str, Column]:
    return {column.name: column for column in columns}


_INT, _FLOAT = pl.Int64(), pl.Float64()
STRIKE: Final = _declared("strike", _FLOAT, "strike", DOLLARS)
BARS: Final = _declare(
    _declared("start_ns", _INT, "first moment of the bar, included", NANOS),
    _declared("end_ns", _INT, "first moment after the bar", NANOS),
    _declared("open", _FLOAT, "first price", DOLLARS),
    _declared("high", _FLOAT, "highest price", DOLLARS),
    _declared("low", _FLOAT, "lowest price", DOLLARS),
    _declared("close", _FLOAT, "last price", DOLLARS),
    _declared("volume", _INT, "traded size", CONTRACTS),
    _declared("trades", _INT, "prints", COUNT),
)
TAPE: Final = _declare(
    _declared("ts_event_ns", _INT, "exchange time of the print", NANOS),
    _declared("price_ticks", pl.Int32(), "traded price", TICKS),
    _declared("price", _FLOAT, "traded price", DOLLARS),
    _declared("size", _INT, "traded size", CONTRACTS),
    _declared("aggressor", pl.Int8(), "+1 buyer, -1 seller, 0 unknown", "sign"),
)
_NO_BOOK: Final = "no trusted book in the minute before"
_NO_LEVEL: Final = "no such level, or " + _NO_BOOK
DEPTH: Final = _declare(
    _declared("at_ns", _INT, "whole second; records before it count", NANOS),
    _declared("age_s", _FLOAT, "since the book last changed", SECONDS, _NO_BOOK),
    *(
        _declared(
            name,
            _INT if "size" in name else pl.Int32(),
            f"{'size' if 'size' in name else 'price'} of {name[:3]} level {name[-1]}",
            CONTRACTS if "size" in name else TICKS,
            _NO_LEVEL,
        )
        for name in LADDER
    ),
)


def known_at(column: str, *, included: bool = False) -> dict[str, object]:
    """By which column a row is known: from records before it, or with ``included`` up to it."""
    return {"column": column, "included": included}


def made_table(
    rows: pl.DataFrame, columns: Mapping[str, Column], known: Mapping[str, object]
) -> Table:
    """Rows the service made, with their declaration."""
    moments = frozenset(name for name, column in columns.items() if column.unit == NANOS)
    return Table(rows, columns, moments, {"dataset": None, "known_at": known})
