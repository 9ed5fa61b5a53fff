"""The ten slots of contracts around the money: columns declared once, named for each slot."""

from copy import copy
from typing import Final

import polars as pl

from lake_assets.catalog.option_books import POINTS, UNITS
from lake_assets.catalog.schema import SECONDS, SHARE, Declared, LakeSchema, column, declared_by
from lake_assets.market.option_vocabulary import IvQuality

PREFIXES: Final = ("ce", "pe")
SUFFIXES: Final = ("_m2", "_m1", "", "_p1", "_p2")
_RIGHTS: Final = ("call", "put")
_PLACES: Final = (
    "two strikes below the money",
    "one strike below the money",
    "at the money",
    "one strike above the money",
    "two strikes above the money",
)

_PER_SECOND: Final = "events per second"
_OLD: Final = "no contract in the slot, or no row of it for more than 5 s"
_ONE_SIDE: Final = f"{_OLD}; or the row lacks a side or is crossed"
_NO_VOLUME: Final = "no contract in the slot, no row of any contract, or a row that does not know"
_NO_IV: Final = "iv_quality says why"
_ONE_LEVEL: Final = f"{_OLD}; or the source gives one level"
_NOT_ELIGIBLE: Final = (
    "not observed in both seconds, rolled, volume unknown, or a side was thinner than 10 lots"
)
_FEW_ELIGIBLE: Final = "fewer than 10 eligible seconds in the window"


class _SlotSchema(LakeSchema):
    """What one slot shows."""

    strike: pl.Int32 = column("strike", unit=POINTS, gt=0, null="no contract near is listed")
    bid: pl.Float64 = column("best bid", unit=POINTS, gt=0, null=f"{_OLD}; or nobody bids")
    ask: pl.Float64 = column("best ask", unit=POINTS, gt=0, null=f"{_OLD}; or nobody offers")
    mid: pl.Float64 = column("mean of bid and ask", unit=POINTS, gt=0, null=_ONE_SIDE)
    spread: pl.Float64 = column("ask minus bid", unit=POINTS, gt=0, null=f"{_ONE_SIDE} or locked")
    observed: pl.Boolean = column("whether the contract has a row in this very second")
    age_s: pl.Int32 = column(
        "since the contract's last row in the session",
        unit=SECONDS,
        ge=0,
        null="no contract in the slot, or no row of it yet",
    )
    volume: pl.Int64 = column(
        "the contract's volume today", unit=UNITS, ge=0, null=f"{_OLD}; or it does not know"
    )
    vol_delta: pl.Int64 = column(
        "traded by the contract's rows of the second", unit=UNITS, ge=0, null=_NO_VOLUME
    )
    iv: pl.Float64 = column(
        "volatility the mid implies by Black on the forward; early exercise is ignored",
        unit="per year of 365 days",
        gt=0,
        null=_NO_IV,
    )
    delta: pl.Float64 = column(
        "worth per point of the forward", unit="points per point", ge=-1, le=1, null=_NO_IV
    )
    gamma: pl.Float64 = column(
        "delta per point of the forward", unit="per point", ge=0, null=_NO_IV
    )
    vega: pl.Float64 = column(
        "worth per volatility point", unit="points per volatility point", ge=0, null=_NO_IV
    )
    iv_quality: pl.Enum = column("why there is a volatility, or none", enum=IvQuality)


class _MoneySchema(LakeSchema):
    """What only the slot at the money shows."""

    bid_depth_5: pl.Int64 = column("size of five bid levels", unit=UNITS, ge=0, null=_ONE_LEVEL)
    ask_depth_5: pl.Int64 = column("size of five ask levels", unit=UNITS, ge=0, null=_ONE_LEVEL)
    obi_5: pl.Float64 = column(
        "bid less ask over both, five levels",
        unit=SHARE,
        ge=-1,
        le=1,
        null=f"{_ONE_LEVEL}, or both sides are empty",
    )
    obi_1: pl.Float64 = column(
        "bid less ask over both, best level",
        unit=SHARE,
        ge=-1,
        le=1,
        null=f"{_OLD}, or both sides are empty",
    )
    depth_slope_bid: pl.Float64 = column(
        "share of the bid depth that rests at the best price",
        unit=SHARE,
        ge=0,
        le=1,
        null=f"{_ONE_LEVEL}, or the side is empty",
    )
    depth_slope_ask: pl.Float64 = column(
        "share of the ask depth that rests at the best price",
        unit=SHARE,
        ge=0,
        le=1,
        null=f"{_ONE_LEVEL}, or the side is empty",
    )
    bid_size: pl.Int64 = column("size at the best bid", unit=UNITS, ge=0, null=_OLD)
    ask_size: pl.Int64 = column("size at the best ask", unit=UNITS, ge=0, null=_OLD)
    dopt_1s: pl.Float64 = column(
        "change of the contract's mid in 1 s",
        unit=POINTS,
        null="no mid in one of both seconds, or rolled",
    )
    ofi_1s: pl.Int64 = column(
        "order flow imbalance at the best prices",
        unit=UNITS,
        null="a side is missing in one of both seconds, or rolled",
    )
    ofi_10s: pl.Int64 = column(
        "sum of ofi_1s over 10 s", unit=UNITS, null="fewer than 8 of them are known"
    )
    rel_delta_10s: pl.Float64 = column(
        "change of the contract's mid over spot's in 10 s",
        unit="points per point",
        null="an end was not observed, a roll between, or spot moved too little",
    )
    bid_pull: pl.Boolean = column(
        "bid depth fell by 35 % or more without the trade to explain it", null=_NOT_ELIGIBLE
    )
    ask_pull: pl.Boolean = column(
        "ask depth fell by 35 % or more without the trade to explain it", null=_NOT_ELIGIBLE
    )
    bid_replenish: pl.Boolean = column(
        "bid depth rose by 25 % or more, spread no wider", null=_NOT_ELIGIBLE
    )
    ask_replenish: pl.Boolean = column(
        "ask depth rose by 25 % or more, spread no wider", null=_NOT_ELIGIBLE
    )
    spread_changed: pl.Boolean = column("spread differs from a second ago", null=_NOT_ELIGIBLE)
    pull_rate_30s: pl.Float64 = column(
        "pulls of both sides an eligible second of 30 s",
        unit=_PER_SECOND,
        ge=0,
        null=_FEW_ELIGIBLE,
    )
    replenish_rate_30s: pl.Float64 = column(
        "replenishes of both sides an eligible second of 30 s",
        unit=_PER_SECOND,
        ge=0,
        null=_FEW_ELIGIBLE,
    )
    net_liquidity_30s: pl.Float64 = column(
        "replenish rate less pull rate", unit=_PER_SECOND, null=_FEW_ELIGIBLE
    )
    flicker_30s: pl.Boolean = column(
        "5 pulls, 5 replenishes and 10 changes of spread or more in 30 s", null=_FEW_ELIGIBLE
    )


def _placed(declared: Declared, right: int, place: int) -> Declared:
    """The columns of a slot, each under the slot's own name."""
    found: Declared = {}
    for name, (dtype, field) in declared.items():
        mine = copy(field)
        mine.description = f"{field.description}: {_RIGHTS[right]} {_PLACES[place]}"
        found[f"{PREFIXES[right]}_{name}{SUFFIXES[place]}"] = (dtype, mine)
    return found


def slot_columns() -> Declared:
    """Columns of every slot, calls first, then what only the slots at the money have."""
    slot, money, at = declared_by(_SlotSchema), declared_by(_MoneySchema), SUFFIXES.index("")
    columns: Declared = {}
    for right in range(len(PREFIXES)):
        for place in range(len(SUFFIXES)):
            columns |= _placed(slot, right, place)
    for right in range(len(PREFIXES)):
        columns |= _placed(money, right, at)
    return columns


SLOT_COLUMNS: Final = tuple(declared_by(_SlotSchema))
