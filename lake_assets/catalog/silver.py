"""Silver: derived from one moment and its past."""

from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Dataset, KnownAt, Layer
from lake_assets.catalog.schema import (
    CONTRACTS,
    COUNT,
    DOLLARS,
    NANOS,
    SECONDS,
    SHARE,
    TICKS,
    UNITS,
    LakeSchema,
    Role,
    column,
)
from lake_assets.market.vocabulary import (
    Conversion,
    FrontMethod,
    LevelKind,
    PriceScale,
)

_PLACE: Final = Role.PROVENANCE


class FrontContractSchema(LakeSchema):
    """The contract a session is read from, one row."""

    raw_symbol: pl.String = column("contract, as ESH4")
    instrument_id: pl.Int64 = column("venue's number of the contract", unit="id")
    method: pl.Enum = column("rule that chose it", enum=FrontMethod)
    volume_share: pl.Float64 = column(
        "its share of all outright volume over the choosing window",
        unit=SHARE,
        ge=0,
        le=1,
        null="no trade in the choosing window",
    )


class EsSpyBasisSchema(LakeSchema):
    """What to take from ES / 10 to get SPY, one row a regular minute."""

    minute_ns: pl.Int64 = column("start of the minute", unit=NANOS, gt=0)
    basis_u: pl.Int64 = column("ES / 10 minus SPY; 0 by ratio", unit=UNITS)
    conversion: pl.Enum = column("how the basis was found", enum=Conversion)
    method_age_s: pl.Int64 = column(
        "minute minus the end of the newest sample used", unit=SECONDS, ge=0, null="by ratio"
    )
    samples: pl.Int32 = column("samples in the median", unit=COUNT, ge=0)
    strikes: pl.Int32 = column("strikes in the newest sample used", unit=COUNT, ge=0)


class OhlcvSchema(LakeSchema):
    """Bars of the front contract over the Globex day, aligned to the wall clock."""

    start_ns: pl.Int64 = column("first moment of the bar, included", unit=NANOS, gt=0)
    end_ns: pl.Int64 = column("first moment after the bar", unit=NANOS, gt=0)
    open_ticks: pl.Int32 = column("first price", unit=TICKS, gt=0)
    high_ticks: pl.Int32 = column("highest price", unit=TICKS, gt=0)
    low_ticks: pl.Int32 = column("lowest price", unit=TICKS, gt=0)
    close_ticks: pl.Int32 = column("last price", unit=TICKS, gt=0)
    volume: pl.Int64 = column("traded size", unit=CONTRACTS, gt=0)
    trades: pl.Int64 = column("prints", unit=COUNT, gt=0)
    open_spy: pl.Float64 = column("first price", unit=DOLLARS)
    high_spy: pl.Float64 = column("highest price", unit=DOLLARS)
    low_spy: pl.Float64 = column("lowest price", unit=DOLLARS)
    close_spy: pl.Float64 = column("last price", unit=DOLLARS)


class Ohlcv1mSchema(OhlcvSchema):
    """One-minute bars of the front contract over the Globex day."""


class Ohlcv2mSchema(OhlcvSchema):
    """Two-minute bars of the front contract over the Globex day."""


class LevelsSchema(LakeSchema):
    """Price levels known at each minute's start, one row a minute, kind and price."""

    minute_ns: pl.Int64 = column("start of the minute", unit=NANOS, gt=0)
    kind: pl.Enum = column("kind of level", enum=LevelKind)
    level_id: pl.String = column("stable name, as VWAP or ROUND_690.00")
    level_price: pl.Float64 = column("price", unit=DOLLARS, gt=0)
    level_u: pl.Int64 = column("price", unit=UNITS, gt=0)
    level_e: pl.Int64 = column("price in ES scale: level_u plus the basis", unit=UNITS, gt=0)
    scale: pl.Enum = column("where the value was born", enum=PriceScale)
    known_at_ns: pl.Int64 = column("first moment the value could be known", unit=NANOS, gt=0)


FRONT_CONTRACT: Final = Dataset(
    name="front_contract",
    layer=Layer.SILVER,
    schema=FrontContractSchema,
    sort_by=("raw_symbol",),
    version="1",
)
ES_SPY_BASIS: Final = Dataset(
    name="es_spy_basis",
    layer=Layer.SILVER,
    schema=EsSpyBasisSchema,
    sort_by=("minute_ns",),
    version="1",
    known_at=KnownAt("minute_ns"),
)
OHLCV_1M: Final = Dataset(
    name="ohlcv_1m",
    layer=Layer.SILVER,
    schema=Ohlcv1mSchema,
    sort_by=("start_ns",),
    version="1",
    known_at=KnownAt("end_ns"),
)
OHLCV_2M: Final = Dataset(
    name="ohlcv_2m",
    layer=Layer.SILVER,
    schema=Ohlcv2mSchema,
    sort_by=("start_ns",),
    version="1",
    known_at=KnownAt("end_ns"),
)
LEVELS: Final = Dataset(
    name="levels",
    layer=Layer.SILVER,
    schema=LevelsSchema,
    sort_by=("minute_ns", "kind", "level_u"),
    version="1",
    known_at=KnownAt("minute_ns"),
)
