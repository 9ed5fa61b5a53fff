"""Resting size of a book: depth of each side, imbalance, and how much of it is at the touch."""

import polars as pl

from lake_assets.market.underlyings import Underlying


def rest(underlying: Underlying) -> list[pl.Expr]:
    """``bid_depth`` and ``ask_depth``: size of all levels the source gives of a side."""
    return [_side("b", underlying).alias("bid_depth"), _side("s", underlying).alias("ask_depth")]


def measure_depth(shown: pl.DataFrame, underlying: Underlying) -> pl.DataFrame:
    """Depth columns of a contract from the rows in force; they need what `rest` gives.

    Where the source gives one level there is neither a depth of five nor a slope.
    """
    bids, asks = (
        pl.when(pl.lit(underlying.depth_levels > 1)).then(pl.col(f"{side}_depth"))
        for side in ("bid", "ask")
    )
    at_bid, at_ask = pl.col("bq0"), pl.col("sq0")
    return shown.select(
        bid_depth_5=bids,
        ask_depth_5=asks,
        obi_5=share(bids - asks, bids + asks),
        obi_1=share(at_bid - at_ask, at_bid + at_ask),
        depth_slope_bid=share(at_bid, bids),
        depth_slope_ask=share(at_ask, asks),
        bid_size=at_bid,
        ask_size=at_ask,
    )


def share(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """A quotient of counts, null where the whole is nothing."""
    return pl.when(whole > 0).then(part / whole)


def _side(letter: str, underlying: Underlying) -> pl.Expr:
    levels = [pl.col(f"{letter}q{level}") for level in range(underlying.depth_levels)]
    return pl.sum_horizontal(levels, ignore_nulls=False)
