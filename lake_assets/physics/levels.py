"""Price levels known at each minute's start: extremes, averages, round dollars, options'."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.rows import Frame
from lake_assets.catalog.silver import LEVELS
from lake_assets.market.price import (
    NANOS_PER_MINUTE,
    UNITS_PER_TICK,
)
from lake_assets.market.sessions import Interval, Session
from lake_assets.market.vocabulary import LevelKind, PriceScale
from lake_assets.physics.contract import front_trades
from lake_assets.physics.level_rows import level_rows
from lake_assets.physics.minutes import Minutes, minutes_of, touch_hours
from lake_assets.physics.option_levels import list_option_levels
from lake_assets.physics.order import I8, ordered_ns
from lake_assets.physics.parameters import LevelParams
from lake_assets.physics.rounding import divide_to_even, dollars, whole_cents
from lake_assets.physics.session_trades import SessionTrades

_PREMARKET_NS: Final = 330 * NANOS_PER_MINUTE  # 04:00 to 09:30; no clock change falls between
_SMA_BARS: Final = {LevelKind.SMA_200: 200, LevelKind.SMA_400: 400}
_NAMED_BY_PRICE: Final = (LevelKind.ROUND, LevelKind.STRIKE)


def list_levels(  # noqa: PLR0913, PLR0917 - the arguments are the table's lineage
    es_trades: Frame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    ohlcv_2m: pl.DataFrame,
    option_flow: pl.DataFrame,
    session: Session,
    params: LevelParams,
) -> pl.DataFrame:
    """List every level that is known when a minute of the touch hours starts.

    Returns the rows of `silver/levels`. A level at minute m reads trades before m, bars that end
    by m, and the option flow up to m. With ``as_of_ns`` the minutes that start after it are left
    out, and what is left equals the head of the whole session's list. No regular hours, no rows,
    unless all of Globex is searched.
    """
    hours = touch_hours(session, params)
    if hours is None:
        return LEVELS.empty()
    trades = SessionTrades.of(front_trades(es_trades, front_contract))
    minutes = minutes_of(hours, es_spy_basis, params)
    found = [
        *_window_levels(trades, minutes, session.rth, params),
        *_session_levels(trades, minutes),
        *_sma_levels(ohlcv_2m, minutes),
        _round_levels(trades, minutes, params),
        *list_option_levels(option_flow, minutes.starts, params),
    ]
    return _dress(pl.concat(found), minutes)


def _window_levels(
    trades: SessionTrades, minutes: Minutes, rth: Interval | None, params: LevelParams
) -> list[pl.DataFrame]:
    """High and low of the premarket and of the opening range, once each is over."""
    if rth is None:
        return []
    range_end = rth.opens + params.opening_range_min * NANOS_PER_MINUTE
    windows = (
        (LevelKind.PM_HIGH, LevelKind.PM_LOW, rth.opens - _PREMARKET_NS, int(rth.opens)),
        (LevelKind.OR_HIGH, LevelKind.OR_LOW, int(rth.opens), range_end),
    )
    found = []
    for high, low, opens, closes in windows:
        inside = trades.ticks[trades.place(opens) : trades.place(closes)]
        starts = minutes.starts[minutes.starts >= closes]
        if inside.size:
            known = np.full_like(starts, closes)
            found += [
                _es_level(kind, starts, np.full_like(starts, ticks * UNITS_PER_TICK), known)
                for kind, ticks in ((high, inside.max()), (low, inside.min()))
            ]
    return found


def _session_levels(trades: SessionTrades, minutes: Minutes) -> list[pl.DataFrame]:
    """High, low and volume-weighted mean of the hours' trades before each minute."""
    first = trades.place(minutes.hours.opens)
    ticks, sizes = trades.ticks[first:], trades.sizes[first:]
    count = trades.places(minutes.starts) - first
    starts, last = minutes.starts[count > 0], count[count > 0] - 1
    lots, volume = np.cumsum(ticks * sizes)[last], np.cumsum(sizes)[last]
    values = {
        LevelKind.SESSION_HIGH: np.maximum.accumulate(ticks)[last] * UNITS_PER_TICK,
        LevelKind.SESSION_LOW: np.minimum.accumulate(ticks)[last] * UNITS_PER_TICK,
        LevelKind.VWAP: divide_to_even(lots * UNITS_PER_TICK, volume),
    }
    return [_es_level(kind, starts, level_e, starts) for kind, level_e in values.items()]


def _sma_levels(ohlcv_2m: pl.DataFrame, minutes: Minutes) -> list[pl.DataFrame]:
    """Mean close of the last completed bars, where there are enough."""
    ends = ordered_ns(ohlcv_2m, "end_ns", "ohlcv_2m")
    closes = ohlcv_2m["close_ticks"].to_numpy().astype(np.int64)
    sums = np.concatenate([np.zeros(1, np.int64), np.cumsum(closes)])
    done = np.searchsorted(ends, minutes.starts, side="right")
    found = []
    for kind, bars in _SMA_BARS.items():
        enough = done >= bars
        stop = done[enough]
        total = (sums[stop] - sums[stop - bars]) * UNITS_PER_TICK
        level_e = divide_to_even(total, np.full_like(total, bars))
        found.append(_es_level(kind, minutes.starts[enough], level_e, ends[stop - 1]))
    return found


def _round_levels(trades: SessionTrades, minutes: Minutes, params: LevelParams) -> pl.DataFrame:
    """Every whole step within reach of the last price before the minute, ends included."""
    last = trades.places(minutes.starts) - 1
    known = last >= 0
    starts = minutes.starts[known]
    spot_u = trades.ticks[last[known]] * UNITS_PER_TICK - minutes.basis_u[known]
    step, reach = params.round_step_u, params.round_range_u
    first = -((reach - spot_u) // step)
    count = (spot_u + reach) // step - first + 1
    offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    level_u = (np.repeat(first, count) + offset) * step
    minute = np.repeat(starts, count)
    return level_rows(LevelKind.ROUND, PriceScale.SPY, minute, level_u, minute)


def _es_level(kind: LevelKind, starts: I8, level_e: I8, known: I8) -> pl.DataFrame:
    return level_rows(kind, PriceScale.ES, starts, level_e, known)


def _dress(found: pl.DataFrame, minutes: Minutes) -> pl.DataFrame:
    """Both scales, name and order; a value born in one scale reaches the other by the basis."""
    basis = pl.DataFrame({"minute_ns": minutes.starts, "basis_u": minutes.basis_u})
    born_es = pl.col("scale") == PriceScale.ES
    return (
        found.join(basis, on="minute_ns", how="left", maintain_order="left")
        .with_columns(
            level_u=pl.col("value_u") - pl.when(born_es).then("basis_u").otherwise(0),
            level_e=pl.col("value_u") + pl.when(born_es).then(0).otherwise("basis_u"),
        )
        .with_columns(level_price=dollars(pl.col("level_u")), level_id=_level_id())
        .sort(LEVELS.sort_by, maintain_order=True)
        .select(LEVELS.dtypes.names())
    )


def _level_id() -> pl.Expr:
    """The kind, and the price to the cent where a kind has many."""
    name = pl.col("kind").cast(pl.String)
    cents = whole_cents(pl.col("level_u"))
    price = pl.format("{}_{}.{}", name, cents // 100, (cents % 100).cast(pl.String).str.zfill(2))
    return pl.when(pl.col("kind").is_in(_NAMED_BY_PRICE)).then(price).otherwise(name)
