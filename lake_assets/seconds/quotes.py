"""What the best prices of a book say: whole ticks, mid and spread."""

import polars as pl

from lake_assets.market.underlyings import Underlying


def quote(underlying: Underlying) -> list[pl.Expr]:
    """Ticks, mid and spread of ``bp0`` and ``sp0``.

    Locked, the mid is the price and there is no spread; crossed or one-sided there is neither.
    Which of these it is, whole ticks decide.
    """
    bid, ask = pl.col("bp0"), pl.col("sp0")
    bid_ticks, ask_ticks = in_ticks(bid, underlying), in_ticks(ask, underlying)
    open_ticks = ask_ticks - bid_ticks
    return [
        bid_ticks.alias("bid_ticks"),
        ask_ticks.alias("ask_ticks"),
        pl.when(open_ticks > 0).then(open_ticks).alias("spread_ticks"),
        pl.when(open_ticks >= 0).then((bid + ask) / 2).alias("mid"),
        pl.when(open_ticks > 0).then(ask - bid).alias("spread"),
    ]


def in_ticks(price: pl.Expr, underlying: Underlying) -> pl.Expr:
    """An option's price in whole ticks, to the nearest."""
    return (price / underlying.option_tick + 0.5).floor().cast(pl.Int64)


def in_spot_units(price: pl.Expr, underlying: Underlying) -> pl.Expr:
    """Spot in its smallest unit, to the nearest."""
    units = float(10**underlying.spot_decimals)
    return (price * units + 0.5).floor().cast(pl.Int64)
