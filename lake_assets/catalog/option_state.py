"""Silver state of an option market: one row a second, ten slots of contracts around the money."""

from typing import Final, cast

import polars as pl

from lake_assets.catalog.dataset import KnownAt, Layer
from lake_assets.catalog.family import for_each_underlying
from lake_assets.catalog.option_books import POINTS, UNITS
from lake_assets.catalog.option_slots import slot_columns
from lake_assets.catalog.schema import (
    COUNT,
    MICROS,
    NANOS,
    SECONDS,
    LakeSchema,
    Moment,
    column,
    declared_by,
    whose,
)
from lake_assets.market.option_vocabulary import DteBucket, TimeOfDay

_LOG: Final = "natural log of a ratio"
_NO_EXPIRY: Final = "no row of an expiry yet"
_OLD_SPOT: Final = "no spot yet, or none for more than 5 s"
_ENDS: Final = "spot was not observed at both ends"
_FEW: Final = "the window began before the open, or less than 80 % of it is known"


class _ClockSchema(LakeSchema):
    """When it was, what was looked at, and spot."""

    timestamp: Moment = column("start of the second, which is half open", unit=MICROS)
    timestamp_ns: pl.Int64 = column("the same moment", unit=NANOS, gt=0)
    local_time: pl.String = column("the same by the exchange's clock, HH:MM:SS")
    second_of_session: pl.Int32 = column("since the open", unit=SECONDS, ge=0)
    known_at: Moment = column("first moment the row could be acted on", unit=MICROS)
    underlying: pl.Enum = whose()
    session_date: pl.Date = column("date of the session")
    expiry: pl.Date = column("nearest expiry of which a row was seen", null=_NO_EXPIRY)
    dte_days: pl.Int16 = column("days between the dates", unit="days", ge=0, null=_NO_EXPIRY)
    dte_bucket: pl.Enum = column("group of dte_days", enum=DteBucket, null=_NO_EXPIRY)
    minutes_to_expiry: pl.Float64 = column(
        "until the session's closing time on the expiry's date",
        unit="minutes",
        ge=0,
        null=_NO_EXPIRY,
    )
    time_of_day: pl.Enum = column("part of the session", enum=TimeOfDay)
    spot_price: pl.Float64 = column(
        "price of the underlying, carried for at most 5 s", unit=POINTS, gt=0, null=_OLD_SPOT
    )
    spot_observed: pl.Boolean = column("whether spot was seen in this very second")
    spot_age_s: pl.Int32 = column(
        "since spot was seen", unit=SECONDS, ge=0, null="it has not been seen yet"
    )
    spot_conflict: pl.Boolean = column("whether rows of the latest time named different spots")
    feed_alive: pl.Boolean = column("whether any contract has a row in the second")
    ret_1s: pl.Float64 = column("return of spot over 1 s", unit=_LOG, null=_ENDS)
    ret_5s: pl.Float64 = column("return of spot over 5 s", unit=_LOG, null=_ENDS)
    ret_10s: pl.Float64 = column("return of spot over 10 s", unit=_LOG, null=_ENDS)
    rv_10s: pl.Float64 = column("root mean square of ret_1s over 10 s", unit=_LOG, ge=0, null=_FEW)
    rv_10s_n: pl.Int16 = column("known ret_1s in it", unit=COUNT, ge=0, le=10)
    rv_30s: pl.Float64 = column("root mean square of ret_1s over 30 s", unit=_LOG, ge=0, null=_FEW)
    rv_30s_n: pl.Int16 = column("known ret_1s in it", unit=COUNT, ge=0, le=30)
    rv_120s: pl.Float64 = column(
        "root mean square of ret_1s over 120 s", unit=_LOG, ge=0, null=_FEW
    )
    rv_120s_n: pl.Int16 = column("known ret_1s in it", unit=COUNT, ge=0, le=120)
    accel_10s: pl.Float64 = column(
        "size of ret_1s over the mean size of 10 s, itself included",
        unit="ratio",
        ge=0,
        le=10,
        null=f"{_FEW}; ret_1s is unknown, or spot stood still",
    )
    gap_ret: pl.Float64 = column(
        "return of spot across seconds without it", unit=_LOG, null="no gap ended here"
    )
    gap_s: pl.Int32 = column(
        "how many seconds had no spot", unit=SECONDS, gt=0, null="no gap ended here"
    )
    atm_target: pl.Int32 = column(
        "spot to the nearest strike step, halves up", unit=POINTS, null="spot_price is"
    )
    slot_fallback: pl.UInt16 = column(
        "bit of each slot a neighbouring strike stands in for: calls from the lowest, then puts",
        unit="bits",
        null="spot_price is",
    )
    atm_rolled: pl.Boolean = column(
        "whether a contract at the money, or the expiry, is another than the last"
    )


class _TotalSchema(LakeSchema):
    """Both contracts at the money together, the chain, and the forward."""

    opt_vol_1s: pl.Int64 = column(
        "traded in both contracts at the money", unit=UNITS, ge=0, null="of one it is unknown"
    )
    opt_active_1s: pl.Boolean = column("whether either traded", null="opt_vol_1s is")
    opt_vol_30s: pl.Int64 = column(
        "sum of opt_vol_1s over 30 s", unit=UNITS, ge=0, null="fewer than 24 of them are known"
    )
    spread_total: pl.Float64 = column(
        "spreads of both contracts at the money", unit=POINTS, gt=0, null="one has none"
    )
    pcr_volume: pl.Float64 = column(
        "puts over calls by volume of the day, all strikes of the expiry",
        unit="ratio",
        ge=0,
        null="no call was traded, or of no put a volume is known",
    )
    flicker_30s: pl.Boolean = column(
        "whether either right flickers", null="of one it is unknown, and the other does not"
    )
    forward: pl.Float64 = column(
        "median forward by parity of the slots' strikes",
        unit=POINTS,
        null="no strike has both mids",
    )
    forward_n: pl.UInt8 = column("strikes in the median", unit=COUNT, ge=0, le=5)
    basis: pl.Float64 = column(
        "forward less spot",
        unit=POINTS,
        null="forward or spot_price is, or spot comes from parity itself",
    )


_COLUMNS: Final = declared_by(_ClockSchema) | slot_columns() | declared_by(_TotalSchema)
OptionStateSchema: Final = cast(
    "type[LakeSchema]",
    type(
        "OptionStateSchema",
        (LakeSchema,),
        {
            "__doc__": "What an underlying's option market looked like, one row a second.",
            "__module__": __name__,
            "__annotations__": {name: dtype for name, (dtype, _) in _COLUMNS.items()},
            **{name: field for name, (_, field) in _COLUMNS.items()},
        },
    ),
)

OPTION_STATE: Final = for_each_underlying(
    table="option_state",
    layer=Layer.SILVER,
    schema=OptionStateSchema,
    sort_by=("timestamp",),
    known_at=KnownAt("known_at"),
    version="1",
    file="features",
)
