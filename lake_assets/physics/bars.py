"""Bars of the front contract, aligned to the wall clock."""

from typing import Final

import polars as pl

from lake_assets.catalog.rows import Frame
from lake_assets.catalog.silver import OHLCV_1M
from lake_assets.market.price import NANOS_PER_SECOND, UNITS_PER_TICK
from lake_assets.market.sessions import Session
from lake_assets.physics.contract import front_trades
from lake_assets.physics.order import ordered_ns
from lake_assets.physics.rounding import dollars

_PRICES: Final = ("open", "high", "low", "close")


def build_bars(
    es_trades: Frame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    session: Session,
    *,
    period_s: int,
) -> pl.DataFrame:
    """Cut the session into bars ``[start, start + period)``; one without a print is absent.

    Returns the rows of `silver/ohlcv_1m`, whose columns every period shares. SPY prices use the
    basis of the start's minute, and 0 where that minute has none. New York is whole hours from
    UTC, so a multiple of the period since the epoch is one on the wall clock as well.
    """
    trades = front_trades(es_trades, front_contract).filter(
        pl.col("ts_event_ns").is_between(session.hours.opens, session.hours.closes, closed="left")
    )
    ordered_ns(trades, "ts_event_ns", "es_trades")
    period_ns = period_s * NANOS_PER_SECOND
    start, price = pl.col("ts_event_ns") // period_ns * period_ns, pl.col("price_ticks")
    bars = trades.group_by(start.alias("start_ns"), maintain_order=True).agg(
        open_ticks=price.first(),
        high_ticks=price.max(),
        low_ticks=price.min(),
        close_ticks=price.last(),
        volume=pl.col("size").sum(),
        trades=pl.len().cast(pl.Int64),
    )
    basis = es_spy_basis.select(start_ns="minute_ns", basis_u="basis_u")
    return (
        bars.join(basis, on="start_ns", how="left", maintain_order="left")
        .with_columns(pl.col("basis_u").fill_null(0), end_ns=pl.col("start_ns") + period_ns)
        .with_columns(dollars(_spy_price(f"{name}_ticks")).alias(f"{name}_spy") for name in _PRICES)
        .select(OHLCV_1M.dtypes.names())
    )


def _spy_price(ticks: str) -> pl.Expr:
    return pl.col(ticks).cast(pl.Int64) * UNITS_PER_TICK - pl.col("basis_u")
