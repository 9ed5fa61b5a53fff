"""Events of an option market, and the regime of each second: one table apiece per underlying."""

from typing import Final

import polars as pl

from lake_assets.catalog.dataset import KnownAt, Layer
from lake_assets.catalog.family import MARKET_TRUTH, Family, for_each_underlying
from lake_assets.catalog.option_books import POINTS, UNITS
from lake_assets.catalog.schema import (
    COUNT,
    MICROS,
    NANOS,
    SECONDS,
    SHARE,
    LakeSchema,
    Moment,
    Role,
    column,
    whose,
)
from lake_assets.market.option_vocabulary import (
    BurstEnd,
    DteBucket,
    LiquidityEventType,
    OptionType,
    Regime,
    RegimeReason,
    TimeOfDay,
)

LOTS: Final = "lots"
DAYS: Final = "days"
PER_SECOND: Final = "events per s"
_ID: Final = Role.PROVENANCE
_KNOWN: Final = "first moment the row could be acted on"
_BUCKET: Final = "days to expiry, in bands"
_PART: Final = "part of the session"
_NO_EXPIRY: Final = "no contract was listed yet"
_NO_BOOK: Final = "a quote is missing, one-sided, crossed or too old"
_NO_MOVE: Final = f"{_NO_BOOK}, or spot moved too little to divide by"
_FLICKER: Final = "a flicker has no before and after"


class BurstsSchema(LakeSchema):
    """Sudden displacements of an underlying and what its two at-the-money options did."""

    event_id: pl.String = column("name of the burst, by its first trigger", role=_ID)
    start_time: Moment = column("second the move is measured from", unit=MICROS)
    trigger_time: Moment = column("second it was first noticed", unit=MICROS)
    end_time: Moment = column("last second of the move", unit=MICROS)
    peak_time: Moment = column("first second of the extreme", unit=MICROS)
    known_at: Moment = column(_KNOWN, unit=MICROS)
    duration_s: pl.Int32 = column("end less start", unit=SECONDS, gt=0)
    direction: pl.Int8 = column("+1 up, -1 down", unit="sign", ge=-1, le=1)
    merged_count: pl.Int16 = column("times it started, reopenings counted", unit=COUNT, ge=1)
    size_points: pl.Float64 = column("highest less lowest price", unit=POINTS, gt=0)
    peak_points: pl.Float64 = column("from start to extreme, unsigned", unit=POINTS, gt=0)
    net_points: pl.Float64 = column("from start to end", unit=POINTS)
    start_price: pl.Float64 = column("price at the start", unit=POINTS, gt=0)
    end_price: pl.Float64 = column("price at the end", unit=POINTS, gt=0)
    max_price: pl.Float64 = column("highest observed price", unit=POINTS, gt=0)
    min_price: pl.Float64 = column("lowest observed price", unit=POINTS, gt=0)
    end_reason: pl.Enum = column("what ended it", enum=BurstEnd)
    censored: pl.Boolean = column("whether the session ended first")
    underlying: pl.Enum = whose()
    session_date: pl.Date = column("session")
    dte_days: pl.Int16 = column("days to expiry at the start", unit=DAYS, ge=0)
    dte_bucket: pl.Enum = column(_BUCKET, enum=DteBucket)
    time_of_day: pl.Enum = column(_PART, enum=TimeOfDay)
    ce_strike: pl.Int32 = column("call pinned at the start", unit=POINTS, null="none is listed")
    pe_strike: pl.Int32 = column("put pinned at the start", unit=POINTS, null="none is listed")
    expiry: pl.Date = column("expiry of both")
    ce_move: pl.Float64 = column("call's mid, start to end", unit=POINTS, null=_NO_BOOK)
    pe_move: pl.Float64 = column("put's mid, start to end", unit=POINTS, null=_NO_BOOK)
    ce_move_peak: pl.Float64 = column("call's mid, start to peak", unit=POINTS, null=_NO_BOOK)
    pe_move_peak: pl.Float64 = column("put's mid, start to peak", unit=POINTS, null=_NO_BOOK)
    ce_rel_delta: pl.Float64 = column("ce_move / net_points", unit=SHARE, null=_NO_MOVE)
    pe_rel_delta: pl.Float64 = column("pe_move / net_points", unit=SHARE, null=_NO_MOVE)
    ce_rel_delta_peak: pl.Float64 = column(
        "ce_move_peak / (peak - start price)", unit=SHARE, null=_NO_MOVE
    )
    pe_rel_delta_peak: pl.Float64 = column(
        "pe_move_peak / (peak - start price)", unit=SHARE, null=_NO_MOVE
    )
    opt_vol_lots: pl.Float64 = column(
        "traded in the pinned pair after the start", unit=LOTS, ge=0, null="some of it is unknown"
    )
    tps: pl.Float64 = column(
        "opt_vol_lots / duration_s", unit="lots per s", ge=0, null="opt_vol_lots is"
    )
    spread_increase_ratio: pl.Float64 = column(
        "largest growth of the pair's spread", unit=SHARE, ge=0, null=_NO_BOOK
    )
    depth_drop_ratio: pl.Float64 = column(
        "largest fall of the pair's depth", unit=SHARE, ge=0, le=1, null=_NO_BOOK
    )
    vacuum_score: pl.Float64 = column(
        "how much the move ran through an empty book", unit="score", ge=0, null="a part of it is"
    )


class LiquidityEventsSchema(LakeSchema):
    """Pulls, replenishes, collapses and flickers of the books of the at-the-money options."""

    event_id: pl.String = column("name of the event, by its kind, leg and second", role=_ID)
    timestamp: Moment = column("second it is found, or a flicker starts", unit=MICROS)
    end_time: Moment = column("the same, but for a flicker its last second", unit=MICROS)
    duration_s: pl.Int32 = column("end less start", unit=SECONDS, ge=0)
    known_at: Moment = column(_KNOWN, unit=MICROS)
    leg: pl.Enum = column("call or put", enum=OptionType)
    expiry: pl.Date = column("expiry of the contract")
    strike: pl.Int32 = column("strike of the contract", unit=POINTS, gt=0)
    event_type: pl.Enum = column("what happened", enum=LiquidityEventType)
    magnitude: pl.Float64 = column("change of depth, unsigned", unit=SHARE, ge=0, null=_FLICKER)
    depth_before: pl.Int64 = column(
        "size resting before, on the side or for a vacuum on both", unit=UNITS, ge=0, null=_FLICKER
    )
    depth_after: pl.Int64 = column("size resting after", unit=UNITS, ge=0, null=_FLICKER)
    spread_before: pl.Float64 = column(
        "spread a second before; a vacuum's narrowest, a flicker's first",
        unit=POINTS,
        gt=0,
        null="there was none",
    )
    spread_after: pl.Float64 = column("spread at the end", unit=POINTS, gt=0, null="there was none")
    vol_delta: pl.Int64 = column(
        "traded meanwhile", unit=UNITS, ge=0, null="a flicker's, some of which is unknown"
    )
    in_vacuum: pl.Boolean = column("whether it is a pull of a collapse within 3 s")
    dte_bucket: pl.Enum = column(_BUCKET, enum=DteBucket)
    time_of_day: pl.Enum = column(_PART, enum=TimeOfDay)
    in_burst: pl.Boolean = column("whether a burst was on at its start")


class FearSpikesSchema(LakeSchema):
    """Falls that ended with puts bid and books pulled, and how long that took to decay."""

    event_id: pl.String = column("name of the event, by its onset", role=_ID)
    burst_id: pl.String = column("the fall", role=_ID)
    onset_time: Moment = column("second the end of the fall was decided", unit=MICROS)
    decay_time: Moment = column("first calm second", unit=MICROS, null="not reached")
    decay_time_s: pl.Int32 = column("decay less onset", unit=SECONDS, gt=0, null="not reached")
    censored: pl.Boolean = column("whether decay was not reached within 10 minutes and the session")
    exhausted_60s: pl.Boolean = column(
        "whether it decayed within 60 s", null="the session ended before that"
    )
    pe_rel_delta_peak: pl.Float64 = column(
        "pinned put's move at the low so far / spot's", unit=SHARE
    )
    theta_put: pl.Float64 = column("what its size had to reach", unit=SHARE, gt=0, le=1)
    pull_rate_max: pl.Float64 = column("largest pull rate of the fall", unit=PER_SECOND, ge=0)
    theta_pull: pl.Float64 = column("what it had to reach", unit=PER_SECOND, ge=0)
    pe_iv_change: pl.Float64 = column(
        "pinned put's volatility, start to low, per year",
        unit=SHARE,
        null="one is not in the state",
    )
    pe_strike: pl.Int32 = column("the pinned put", unit=POINTS, gt=0)
    dte_bucket: pl.Enum = column(_BUCKET, enum=DteBucket)
    time_of_day: pl.Enum = column(_PART, enum=TimeOfDay)
    known_at: Moment = column(_KNOWN, unit=MICROS)


class ChopPocketsSchema(LakeSchema):
    """Stretches in which price, option volume and spreads were all quiet."""

    event_id: pl.String = column("name of the pocket, by its first second", role=_ID)
    start_time: Moment = column("first quiet second", unit=MICROS)
    end_time: Moment = column("last quiet second", unit=MICROS)
    duration_s: pl.Int32 = column("end less start", unit=SECONDS, gt=0)
    censored: pl.Boolean = column("whether the session ended before its end was decided")
    mean_rv_30s: pl.Float64 = column("mean of the known rv_30s", unit="root mean square return")
    range_points: pl.Float64 = column(
        "highest less lowest observed price", unit=POINTS, ge=0, null="none was observed"
    )
    opt_vol_lots: pl.Float64 = column(
        "traded at the money, ends included", unit=LOTS, ge=0, null="some of it is unknown"
    )
    theta_rv: pl.Float64 = column("rv_30s at most, at the start", unit="root mean square return")
    theta_vol: pl.Float64 = column("opt_vol_30s at most, at the start", unit=UNITS, ge=0)
    theta_spread: pl.Float64 = column("spread_total at most, at the start", unit=POINTS)
    dte_bucket: pl.Enum = column(_BUCKET, enum=DteBucket, null=_NO_EXPIRY)
    time_of_day: pl.Enum = column(_PART, enum=TimeOfDay)
    known_at: Moment = column(_KNOWN, unit=MICROS)


class RegimesSchema(LakeSchema):
    """What kind of second each one was, as it was known in that second."""

    timestamp: Moment = column("start of the second", unit=MICROS)
    timestamp_ns: pl.Int64 = column("the same moment", unit=NANOS, gt=0)
    known_at: Moment = column(_KNOWN, unit=MICROS)
    underlying: pl.Enum = whose()
    atm_target: pl.Int32 = column("strike nearest spot", unit=POINTS, null="spot is unknown")
    dte_days: pl.Int16 = column("days to expiry", unit=DAYS, ge=0, null=_NO_EXPIRY)
    dte_bucket: pl.Enum = column(_BUCKET, enum=DteBucket, null=_NO_EXPIRY)
    time_of_day: pl.Enum = column(_PART, enum=TimeOfDay)
    regime: pl.Enum = column("kind of second", enum=Regime, null="stale_spot or warm_up")
    regime_code: pl.Int8 = column("its number", unit="code", ge=0, le=4, null="regime is")
    reason: pl.Enum = column("why it has the regime, or none", enum=RegimeReason)
    in_burst: pl.Boolean = column("from a trigger to the second its end is decided")
    burst_id: pl.String = column("the burst it is in", null="it is in none", role=_ID)
    fear_active: pl.Boolean = column("from an onset to its decay, at most 10 minutes")
    flicker_30s: pl.Boolean = column(
        "books of either right flicker", null="too few seconds to tell"
    )
    chop_active: pl.Boolean = column("price, option volume and spreads are all quiet")


def _of_events(
    table: str, schema: type[LakeSchema], sort_by: tuple[str, ...], *, file: str = ""
) -> Family:
    """A table of what happened in a session of each underlying; each row tells when it is known."""
    return for_each_underlying(
        table=table,
        layer=Layer.GOLD,
        room=MARKET_TRUTH,
        file=file,
        schema=schema,
        sort_by=sort_by,
        known_at=KnownAt("known_at"),
        version="1",
    )


BURSTS: Final = _of_events("bursts", BurstsSchema, ("start_time",))
LIQUIDITY_EVENTS: Final = _of_events(
    "liquidity_events",
    LiquidityEventsSchema,
    ("timestamp", "leg", "event_type"),
    file="liquidity",
)
FEAR_SPIKES: Final = _of_events("fear_spikes", FearSpikesSchema, ("onset_time",), file="fear")
CHOP_POCKETS: Final = _of_events("chop_pockets", ChopPocketsSchema, ("start_time",), file="chop")
REGIMES: Final = _of_events("regimes", RegimesSchema, ("timestamp",))
