"""The future's tape in the fund's prices: prints, and bars of a second; frames in, frame out."""

from typing import Final

import polars as pl

from lake_assets.market.price import NANOS_PER_MINUTE, NANOS_PER_SECOND, UNITS_PER_TICK
from lake_assets.physics.rounding import dollars

BAR_COLUMNS: Final = ("start_ns", "end_ns", "open", "high", "low", "close", "volume", "trades")
TAPE_COLUMNS: Final = ("ts_event_ns", "price_ticks", "price", "size", "aggressor")


def priced(trades: pl.LazyFrame, basis: pl.DataFrame) -> pl.LazyFrame:
    """Front trades with ``price``, USD in SPY scale by the basis of the print's minute.

    A minute without a basis, as all outside the regular hours, has basis 0.
    """
    minute = pl.col("ts_event_ns") // NANOS_PER_MINUTE * NANOS_PER_MINUTE
    known = basis.lazy().select("minute_ns", "basis_u")
    units = pl.col("price_ticks").cast(pl.Int64) * UNITS_PER_TICK - pl.col("basis_u").fill_null(0)
    return (
        trades.with_columns(minute_ns=minute)
        .join(known, on="minute_ns", how="left", maintain_order="left")
        .with_columns(price=dollars(units))
    )


def second_bars(trades: pl.LazyFrame, basis: pl.DataFrame) -> pl.LazyFrame:
    """Bars of one second, ``[start, end)``; a second without a print is absent.

    A one-minute candle at any moment is made of the bars of its minute whose end has come.
    """
    start = pl.col("ts_event_ns") // NANOS_PER_SECOND * NANOS_PER_SECOND
    price = pl.col("price")
    bars = (
        priced(trades, basis)
        .group_by(start.alias("start_ns"), maintain_order=True)
        .agg(
            open=price.first(),
            high=price.max(),
            low=price.min(),
            close=price.last(),
            volume=pl.col("size").sum(),
            trades=pl.len().cast(pl.Int64),
        )
    )
    return bars.with_columns(end_ns=pl.col("start_ns") + NANOS_PER_SECOND).select(BAR_COLUMNS)
