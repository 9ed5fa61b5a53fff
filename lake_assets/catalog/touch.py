"""Silver tables with one row a touch: where it happened, and what each engine measured."""

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
    BarrierState,
    Confidence,
    Conversion,
    Direction,
    FrontMethod,
    FuelEffect,
    LevelKind,
    RunwayQuality,
    Signal,
    SweepDirection,
)

_PLACE: Final = Role.PROVENANCE


class TouchKeySchema(LakeSchema):
    """What names a touch; the order of the rows is total."""

    event_id: pl.String = column("date, kind, cents, ns and direction", role=_PLACE)
    ts_event_ns: pl.Int64 = column("time of the touching trade", unit=NANOS, gt=0, role=_PLACE)
    level_kind: pl.Enum = column("kind of level", enum=LevelKind)
    level_u: pl.Int64 = column("level", unit=UNITS, gt=0, role=_PLACE)


class TouchesSchema(TouchKeySchema):
    """First trade of each minute within reach of a level, one row a touch."""

    date: pl.String = column("session date, YYYY-MM-DD", role=_PLACE)
    symbol: pl.String = column("the fund whose scale prices are in: SPY", role=_PLACE)
    level_price: pl.Float64 = column("level", unit=DOLLARS, gt=0)
    level_id: pl.String = column("stable name of the level", role=_PLACE)
    level_e: pl.Int64 = column(
        "level in ES scale, by the touch's basis", unit=UNITS, gt=0, role=_PLACE
    )
    direction: pl.Enum = column("UP: price came from below", enum=Direction)
    distance: pl.Float64 = column("between spot and level, unsigned", unit=DOLLARS, ge=0)
    spot: pl.Float64 = column("touching price", unit=DOLLARS, gt=0)
    price_ticks: pl.Int32 = column("touching price", unit=TICKS, gt=0, role=_PLACE)
    is_first_15m: pl.Boolean = column("within 15 minutes of the regular open")
    is_opening_range: pl.Boolean = column("within the opening range's window")
    dist_to_sma_200: pl.Float64 = column("spot minus SMA_200", unit=DOLLARS, null="too few bars")
    dist_to_sma_400: pl.Float64 = column("spot minus SMA_400", unit=DOLLARS, null="too few bars")
    dist_to_vwap: pl.Float64 = column(
        "spot minus VWAP", unit=DOLLARS, null="no trade of the hours before the minute"
    )
    session_position: pl.Float64 = column(
        "place of spot between the low and high so far", unit=SHARE, ge=0, le=1, null="zero range"
    )
    minute_ns: pl.Int64 = column("start of the touch's minute", unit=NANOS, gt=0, role=_PLACE)
    level_known_at_ns: pl.Int64 = column(
        "first moment the level could be known", unit=NANOS, gt=0, role=_PLACE
    )
    episode_id: pl.String = column("date, level and first touch of the episode", role=_PLACE)
    episode_seq: pl.Int32 = column("place in the episode, from 1", unit=COUNT, ge=1)
    is_first_of_episode: pl.Boolean = column("whether the level was left alone before")
    is_entry: pl.Boolean = column("price arrived, rather than the minute beginning")
    front_symbol: pl.String = column("contract the session is read from", role=_PLACE)
    front_method: pl.Enum = column("rule that chose it", enum=FrontMethod, role=_PLACE)
    conversion: pl.Enum = column("how the basis was found", enum=Conversion)
    basis: pl.Float64 = column("ES / 10 minus SPY in the touch's minute", unit=DOLLARS)
    basis_u: pl.Int64 = column("ES / 10 minus SPY in the touch's minute", unit=UNITS, role=_PLACE)
    basis_age_s: pl.Int64 = column(
        "minute minus the newest basis sample used", unit=SECONDS, ge=0, null="by ratio"
    )


class TapeSchema(TouchKeySchema):
    """Aggressive ES volume before each touch, one row a touch."""

    tape_imbalance: pl.Float64 = column(
        "(buy - sell) / (buy + sell) in band", unit=SHARE, ge=-1, le=1, null="nobody known traded"
    )
    tape_buy_vol: pl.Int64 = column("bought in band", unit=CONTRACTS, ge=0)
    tape_sell_vol: pl.Int64 = column("sold in band", unit=CONTRACTS, ge=0)
    tape_velocity: pl.Float64 = column("prints in band", unit="prints/s", ge=0)
    tape_sweep_detected: pl.Boolean = column("whether a sweep ran in band")
    tape_sweep_direction: pl.Enum = column("side of the largest sweep", enum=SweepDirection)
    tape_sweep_notional: pl.Float64 = column("its notional", unit="USD", gt=0, null="no sweep")
    tape_price_slope: pl.Float64 = column(
        "least-squares slope of price on time, at any price",
        unit="ES points/s",
        null="fewer than two stamps in the window",
    )
    tape_unknown_vol: pl.Int64 = column("in band, aggressor unknown", unit=CONTRACTS, ge=0)
    tape_trades: pl.Int64 = column("prints of the window at any price", unit=COUNT, ge=0)


_THIN: Final = "fewer than two book states in the window"


class BarrierSchema(TouchKeySchema):
    """What the defending side of the book did before each touch, one row a touch."""

    barrier_state: pl.Enum = column("state of the defence", enum=BarrierState, null=_THIN)
    barrier_delta_liq: pl.Float64 = column("added - canceled - filled", unit=CONTRACTS, null=_THIN)
    barrier_replenishment_ratio: pl.Float64 = column(
        "added / (canceled + filled)", unit="ratio", null=f"nothing removed, or {_THIN}", ge=0
    )
    barrier_added: pl.Int64 = column("added in the zone", unit=CONTRACTS, null=_THIN, ge=0)
    barrier_canceled: pl.Int64 = column("canceled in the zone", unit=CONTRACTS, null=_THIN, ge=0)
    barrier_filled: pl.Int64 = column("filled in the zone", unit=CONTRACTS, null=_THIN, ge=0)
    wall_ratio: pl.Float64 = column(
        "zone depth over the usual depth of as many prices",
        unit="ratio",
        null="no depth, no zone price shown, or under 60 s of usual depth",
        ge=0,
    )
    depth_in_zone: pl.Int64 = column(
        "defending size in the visible zone",
        unit=CONTRACTS,
        null="book older than 5 s, or no zone price visible",
        ge=0,
    )
    churn: pl.Float64 = column("added + canceled + filled", unit=CONTRACTS, null=_THIN, ge=0)
    book_updates: pl.Int64 = column("book states in the window", unit=COUNT, ge=0)
    book_coverage_s: pl.Float64 = column("window covered by a state", unit=SECONDS, ge=0)
    barrier_hidden: pl.Int64 = column(
        "opposing volume that met no visible decrease", unit=CONTRACTS, null=_THIN, ge=0
    )
    barrier_zone_prices: pl.Int64 = column(
        "zone prices from best to deepest shown", unit=COUNT, null="as depth_in_zone", ge=0
    )
    barrier_masked_updates: pl.Int64 = column(
        "(state pair, price) combinations seen on one side only", unit=COUNT, null=_THIN, ge=0
    )


class BarrierGridSchema(BarrierSchema):
    """The barrier at each second of the score's grid, one row a touch and second before it."""

    seconds_before: pl.Int64 = column(
        "from the window's end to the touch", unit=SECONDS, ge=0, role=_PLACE
    )


_NO_GAMMA: Final = "no contract in range has a gamma"


class FuelSchema(TouchKeySchema):
    """Dealer gamma around each touched level, one row a touch."""

    gamma_exposure: pl.Float64 = column(
        "dealer gamma in range; negative: short", unit="SPY shares per $1", null=_NO_GAMMA
    )
    fuel_effect: pl.Enum = column(
        "what hedging does to the move", enum=FuelEffect, null=f"{_NO_GAMMA}, or no known flow"
    )
    fuel_net_dealer_gamma: pl.Float64 = column(
        "as gamma_exposure", unit="SPY shares per $1", null=_NO_GAMMA
    )
    fuel_call_wall: pl.Float64 = column("strike of the call wall", unit=DOLLARS, null="no wall")
    fuel_put_wall: pl.Float64 = column("strike of the put wall", unit=DOLLARS, null="no wall")
    fuel_hvl: pl.Float64 = column("gamma flip", unit=DOLLARS, null="no flip")
    fuel_call_gamma: pl.Float64 = column(
        "gross gamma of calls in range", unit="SPY shares per $1", null=_NO_GAMMA, ge=0
    )
    fuel_put_gamma: pl.Float64 = column(
        "gross gamma of puts in range", unit="SPY shares per $1", null=_NO_GAMMA, ge=0
    )
    fuel_volume: pl.Int64 = column(
        "contracts in range", unit=CONTRACTS, null="no option data", ge=0
    )
    fuel_gamma_share: pl.Float64 = column(
        "share of that volume with a gamma", unit=SHARE, null="no volume in range", ge=0, le=1
    )
    fuel_flow_z: pl.Float64 = column(
        "net gamma against coin-flip aggressors", unit="sd", null=f"{_NO_GAMMA}, or no known flow"
    )


_NO_SCORE: Final = "no component"


class ScoreSchema(TouchKeySchema):
    """How likely the level gives way, one row a touch."""

    break_score_raw: pl.Float64 = column(
        "weighted mean of the components", unit="0-100", null=_NO_SCORE, ge=0, le=100
    )
    break_score_smooth: pl.Float64 = column(
        "its moving average over 10 s", unit="0-100", null=_NO_SCORE, ge=0, le=100
    )
    liquidity_score: pl.Float64 = column(
        "from the barrier state", unit="0-100", null="no barrier state", ge=0, le=100
    )
    hedge_score: pl.Float64 = column(
        "from the fuel effect", unit="0-100", null="no fuel effect", ge=0, le=100
    )
    tape_score: pl.Float64 = column(
        "from sweep, slope and imbalance", unit="0-100", null="no trade in the window", ge=0, le=100
    )
    signal: pl.Enum = column("what the score says", enum=Signal, null=_NO_SCORE)
    confidence: pl.Enum = column("how much evidence", enum=Confidence, null=_NO_SCORE)
    score_components: pl.Int64 = column(
        "1 liquidity + 2 hedge + 4 tape", unit="bits", null=_NO_SCORE, ge=0, le=7
    )
    confidence_liquidity: pl.Float64 = column(
        "evidence of the book", unit=SHARE, null=_NO_SCORE, ge=0, le=1
    )
    confidence_tape: pl.Float64 = column(
        "evidence of the tape", unit=SHARE, null=_NO_SCORE, ge=0, le=1
    )
    confidence_hedge: pl.Float64 = column(
        "evidence of the options", unit=SHARE, null=_NO_SCORE, ge=0, le=1
    )


_FREE: Final = "no level ahead"


class RunwaySchema(TouchKeySchema):
    """What stands behind each touched level, one row a touch."""

    runway_direction: pl.Enum = column("where price would run", enum=Direction)
    runway_next_level_price: pl.Float64 = column("nearest level", unit=DOLLARS, null=_FREE, gt=0)
    runway_distance: pl.Float64 = column("to that level", unit=DOLLARS, null=_FREE, gt=0)
    runway_quality: pl.Enum = column("clear or obstructed", enum=RunwayQuality)
    runway_next_level_kind: pl.Enum = column("kind of that level", enum=LevelKind, null=_FREE)


TOUCH_ORDER: Final = ("ts_event_ns", "level_kind", "level_u")
TOUCH_KNOWN: Final = KnownAt("ts_event_ns", included=True)


def _of_touches(
    name: str, schema: type[TouchKeySchema], within_touch: tuple[str, ...] = ()
) -> Dataset:
    """A table of touches, each row known just after the touching trade.

    There is one row a touch, or one a combination of the columns ``within_touch``.
    """
    return Dataset(
        name=name,
        layer=Layer.SILVER,
        schema=schema,
        sort_by=(*TOUCH_ORDER, *within_touch),
        version="1",
        known_at=TOUCH_KNOWN,
    )


TOUCHES: Final = _of_touches("touches", TouchesSchema)
TAPE: Final = _of_touches("tape", TapeSchema)
BARRIER_GRID: Final = _of_touches("barrier_grid", BarrierGridSchema, ("seconds_before",))
BARRIER: Final = _of_touches("barrier", BarrierSchema)
FUEL: Final = _of_touches("fuel", FuelSchema)
SCORE: Final = _of_touches("score", ScoreSchema)
RUNWAY: Final = _of_touches("runway", RunwaySchema)
