"""Touches: the first print of each minute within reach of each level known at its start."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.rows import Frame, Rows
from lake_assets.catalog.touch import TOUCHES
from lake_assets.errors import ComputationRefusedError
from lake_assets.kernels.touches import approach_sign, first_in_band
from lake_assets.market.price import (
    NANOS_PER_MINUTE,
    UNITS_PER_TICK,
)
from lake_assets.market.sessions import Interval, Session
from lake_assets.market.vocabulary import Direction, FrontMethod, LevelKind
from lake_assets.physics.contract import front_trades
from lake_assets.physics.episodes import with_episodes
from lake_assets.physics.minutes import basis_in_force, touch_hours
from lake_assets.physics.order import I8, ordered_ns
from lake_assets.physics.parameters import TouchParams
from lake_assets.physics.rounding import dollars, whole_cents
from lake_assets.physics.session_trades import SessionTrades

_DIRECTIONS: Final = {1: Direction.UP, -1: Direction.DOWN}
_AVERAGES: Final = {
    LevelKind.SMA_200: "dist_to_sma_200",
    LevelKind.SMA_400: "dist_to_sma_400",
    LevelKind.VWAP: "dist_to_vwap",
}
_GAPPED: Final = "levels_gapped"


def find_touches(  # noqa: PLR0913, PLR0917 - the arguments are the table's lineage
    levels: pl.DataFrame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    session: Session,
    params: TouchParams,
) -> Rows:
    """Find where price met the levels.

    Returns the rows of `silver/touches`, at most one a minute and level; prices of the future
    and the fund are compared in the minute's one basis. Built as of a moment, trades from then
    on are not seen. The quality counts in ``levels_gapped`` the minutes in which price leapt
    over at least one level and its band.

    Raises:
        ComputationRefusedError: two touches have one ``event_id``.
    """
    hours = touch_hours(session, params)
    if hours is None:
        return Rows(batches=TOUCHES.empty(), quality={_GAPPED: 0})
    levels = levels.filter(pl.col("minute_ns").is_between(hours.opens, hours.closes, closed="left"))
    front = front_trades(es_trades, front_contract)
    if params.as_of_ns is not None:
        front = front.filter(pl.col("ts_event_ns") < params.as_of_ns)
    trades = SessionTrades.of(front)
    minute_ns = ordered_ns(levels, "minute_ns", "levels")
    place, gapped = first_in_band(
        trades.ns, trades.ticks, minute_ns, _level_e(levels), params.touch_band_u
    )
    met = _meet(levels.filter(pl.Series(place >= 0)), trades, place[place >= 0], hours, params)
    touches = (
        met.join(basis_in_force(met["minute_ns"].unique(), es_spy_basis), on="minute_ns")
        .join(_averages(levels), on="minute_ns", how="left")
        .with_columns(**_prices(), **_opening(session.rth, params))
        .with_columns(**_names(session, front_contract))
    )
    return Rows(
        batches=_dress(touches, params),
        quality={_GAPPED: int(np.unique(minute_ns[gapped]).size)},
    )


def _level_e(levels: pl.DataFrame) -> I8:
    level_e: I8 = levels["level_e"].to_numpy(writable=True)
    return level_e


def _meet(
    touched: pl.DataFrame, trades: SessionTrades, place: I8, hours: Interval, params: TouchParams
) -> pl.DataFrame:
    """What the touching trade and those ahead of it in the total order tell."""
    level_e = _level_e(touched)
    from_level = np.abs(trades.ticks[place - 1] * UNITS_PER_TICK - level_e)
    direction = pl.Series(approach_sign(trades.ticks, place, level_e), dtype=pl.Int8)
    return touched.with_columns(
        ts_event_ns=trades.ns[place],
        price_ticks=trades.ticks[place].astype(np.int32),
        direction=direction.replace_strict(_DIRECTIONS, return_dtype=pl.Enum(Direction)),
        is_entry=(place == 0) | (from_level > params.touch_band_u),
        session_position=_session_position(trades, place, hours),
    )


def _session_position(trades: SessionTrades, place: I8, hours: Interval) -> pl.Series:
    """Place of the price in the range of the hours up to and including it; null if it is flat."""
    first = trades.place(hours.opens)
    ticks = trades.ticks[first:]
    low = np.minimum.accumulate(ticks)[place - first]
    width = np.maximum.accumulate(ticks)[place - first] - low
    above = pl.Series(ticks[place - first] - low)
    return above / pl.Series(width).replace(0, None)


def _averages(levels: pl.DataFrame) -> pl.DataFrame:
    """One row a minute with a column for each average a touch is measured from."""
    wanted = levels.filter(pl.col("kind").is_in(list(_AVERAGES)))
    return wanted.group_by("minute_ns").agg(
        pl.col("level_u").filter(pl.col("kind") == kind).first().alias(kind) for kind in _AVERAGES
    )


def _prices() -> dict[str, pl.Expr]:
    """Prices of the touch in dollars, by its one basis."""
    touch_e = pl.col("price_ticks").cast(pl.Int64) * UNITS_PER_TICK
    spot_u = touch_e - pl.col("basis_u")
    return {
        "spot": dollars(spot_u),
        "distance": dollars((touch_e - pl.col("level_e")).abs()),
        "basis": dollars(pl.col("basis_u")),
        **{name: dollars(spot_u - pl.col(kind)) for kind, name in _AVERAGES.items()},
    }


def _opening(rth: Interval | None, params: TouchParams) -> dict[str, pl.Expr]:
    """Whether the touch fell in the first minutes: two names of one window."""
    if rth is None:
        within = pl.lit(value=False)
    else:
        closes = rth.opens + params.opening_range_min * NANOS_PER_MINUTE
        within = pl.col("ts_event_ns").is_between(rth.opens, closes, closed="left")
    return {"is_first_15m": within, "is_opening_range": within}


def _names(session: Session, front_contract: pl.DataFrame) -> dict[str, pl.Expr]:
    """What the touch is called, and where it was read from."""
    day = session.day.isoformat()
    cents = whole_cents(pl.col("level_u"))
    return {
        "event_id": pl.format(day + "_{}_{}_{}_{}", "kind", cents, "ts_event_ns", "direction"),
        "date": pl.lit(day),
        "symbol": pl.lit("SPY"),
        "front_symbol": pl.lit(front_contract["raw_symbol"].item()),
        "front_method": pl.lit(front_contract["method"].item(), pl.Enum(FrontMethod)),
    }


def _dress(touches: pl.DataFrame, params: TouchParams) -> pl.DataFrame:
    """Columns and order of the table, with the episodes that only the order tells."""
    named = touches.rename({"kind": "level_kind", "known_at_ns": "level_known_at_ns"})
    repeated = named.filter(pl.col("event_id").is_duplicated())
    if not repeated.is_empty():
        raise ComputationRefusedError(
            f"{len(repeated)} touches share an event_id, the first {repeated['event_id'][0]}: two "
            "levels of one kind are less than a cent apart in one minute; space them wider"
        )
    ordered = named.sort(TOUCHES.sort_by, maintain_order=True)
    return with_episodes(ordered, params.episode_gap_s).select(TOUCHES.dtypes.names())
