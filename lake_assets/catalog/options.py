"""Silver tables of the options that expire on the session's date: print by print, and summed."""

from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Dataset, KnownAt, Layer
from lake_assets.catalog.schema import (
    CONTRACTS,
    COUNT,
    DOLLARS,
    NANOS,
    UNITS,
    LakeSchema,
    Role,
    column,
)
from lake_assets.market.vocabulary import IvMethod, OptionRight

_PLACE: Final = Role.PROVENANCE
_STALE: Final = "no trade of the future in the minute before"
_NO_IV: Final = "no volatility of its own, past or neighbours"
_NO_GREEK: Final = f"{_STALE}, or {_NO_IV}"
_SHARES: Final = "SPY shares per $1"


class OptionGreeksSchema(LakeSchema):
    """Prints of the options expiring that day with their volatility and greeks, one row a print."""

    ts_event_ns: pl.Int64 = column("exchange time of the print", unit=NANOS, gt=0)
    sequence: pl.Int64 = column("venue sequence number, 0 where none", unit=COUNT, role=_PLACE)
    file_rank: pl.Int32 = column(
        "order of the file, by start and content", unit=COUNT, ge=0, role=_PLACE
    )
    row: pl.Int64 = column("place of the record in its file", unit=COUNT, ge=0, role=_PLACE)
    strike_u: pl.Int64 = column("strike", unit=UNITS, gt=0)
    right: pl.Enum = column("call or put", enum=OptionRight)
    price_u: pl.Int64 = column("traded price", unit=UNITS, gt=0)
    size: pl.Int64 = column("traded size", unit=CONTRACTS, gt=0)
    aggressor: pl.Int8 = column("+1 buyer, -1 seller, 0 unknown", unit="sign", ge=-1, le=1)
    spot: pl.Float64 = column("SPY by the future's last trade", unit=DOLLARS, gt=0, null=_STALE)
    t_years: pl.Float64 = column("time to expiry, at least 60 s", unit="years of 365 days", gt=0)
    iv: pl.Float64 = column(
        "volatility the print's price implies",
        unit="per year",
        gt=0,
        null=f"{_STALE}, reported out of sequence, or no volatility gives the price",
    )
    iv_used: pl.Float64 = column(
        "volatility the greeks rest on", unit="per year", gt=0, null=_NO_IV
    )
    iv_method: pl.Enum = column("where iv_used comes from", enum=IvMethod, null=_NO_IV)
    delta: pl.Float64 = column("per $1 of spot", unit="SPY shares", ge=-1, le=1, null=_NO_GREEK)
    gamma: pl.Float64 = column("delta per $1 of spot", unit=_SHARES, ge=0, null=_NO_GREEK)
    theta: pl.Float64 = column("value lost in time", unit="USD per calendar day", null=_NO_GREEK)
    vega: pl.Float64 = column(
        "value per volatility point", unit="USD per point", ge=0, null=_NO_GREEK
    )


class OptionFlowSchema(LakeSchema):
    """What was traded in each same-day option by each minute end, one row an end and contract."""

    end_ns: pl.Int64 = column("minute end; prints before it count", unit=NANOS, gt=0)
    strike_u: pl.Int64 = column("strike", unit=UNITS, gt=0)
    right: pl.Enum = column("call or put", enum=OptionRight)
    volume: pl.Int64 = column("traded so far", unit=CONTRACTS, gt=0)
    premium: pl.Float64 = column("paid so far", unit="USD", gt=0)
    net_customer: pl.Int64 = column("bought minus sold by aggressors", unit=CONTRACTS)
    size_sq: pl.Int64 = column(
        "squared sizes of the prints with a known aggressor", unit="contracts squared", ge=0
    )
    last_iv: pl.Float64 = column("volatility as of the end", unit="per year", gt=0, null=_NO_IV)
    iv_method: pl.Enum = column("where last_iv comes from", enum=IvMethod, null=_NO_IV)
    spot: pl.Float64 = column("SPY by the future's last trade", unit=DOLLARS, gt=0, null=_STALE)
    t_years: pl.Float64 = column("time to expiry, at least 60 s", unit="years of 365 days", gt=0)
    gamma: pl.Float64 = column("of one share's option", unit=_SHARES, ge=0, null=_NO_GREEK)
    gross_gamma: pl.Float64 = column("of all contracts", unit=_SHARES, ge=0, null=_NO_GREEK)
    dealer_gamma: pl.Float64 = column(
        "of dealers, who took the other side; negative: short", unit=_SHARES, null=_NO_GREEK
    )


OPTION_GREEKS: Final = Dataset(
    name="option_greeks",
    layer=Layer.SILVER,
    schema=OptionGreeksSchema,
    sort_by=("ts_event_ns", "sequence", "file_rank", "row"),
    version="1",
    known_at=KnownAt("ts_event_ns", included=True),
)
OPTION_FLOW: Final = Dataset(
    name="option_flow",
    layer=Layer.SILVER,
    schema=OptionFlowSchema,
    sort_by=("end_ns", "strike_u", "right"),
    version="1",
    known_at=KnownAt("end_ns"),
)
