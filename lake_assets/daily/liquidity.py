"""Which contracts of a close trade at all, and which could be traded at their quote."""

from typing import Final

import polars as pl

from lake_assets.market.liquidity_tiers import LiquidityTiers

MIN_VOLUME: Final = 50
MIN_OPEN_INTEREST: Final = 100
MIN_ASK_USD: Final = 0.50
MAX_SPREAD_RATIO: Final = 0.15
EXECUTABLE_DTE: Final = (7, 60)


def judge_liquidity(chain: pl.DataFrame, tiers: LiquidityTiers) -> pl.DataFrame:
    """With ``is_liquid_basic``, ``is_liquid`` and ``is_executable_liquid``; unknown is not liquid.

    The farthest strike that counts as executable is the tier's of its symbol.
    """
    # polars keeps the type of what it replaces by an empty table: the one of nobody is never empty
    bands = {symbol: tiers.band(symbol) for symbol in ["", *chain["symbol"].unique()]}
    band = pl.col("symbol").replace_strict(bands, return_dtype=pl.Float64)
    basic = (
        (pl.col("volume") >= MIN_VOLUME)
        & (pl.col("open_interest") >= MIN_OPEN_INTEREST)
        & (pl.col("bid") > 0)
    ).fill_null(value=False)
    executable = (
        basic
        & (pl.col("ask") >= MIN_ASK_USD)
        & (pl.col("spread_ratio") <= MAX_SPREAD_RATIO)
        & (pl.col("moneyness_ratio") <= band)
        & pl.col("dte").is_between(*EXECUTABLE_DTE)
    ).fill_null(value=False)
    return chain.with_columns(
        is_liquid_basic=basic, is_liquid=basic, is_executable_liquid=executable
    )
