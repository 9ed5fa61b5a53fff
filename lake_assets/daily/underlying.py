"""One price of the underlying for each symbol of a chain, from the best source that has one."""

from typing import Final

import polars as pl

from lake_assets.market.chain_vocabulary import CallPut, UnderlyingSource

_PARITY_DTE: Final = 7
_DECIMALS: Final = 6  # ties in |C - P| are ties of prices, not of their binary digits
_SOURCE: Final = pl.Enum(UnderlyingSource)


def price_underlyings(chain: pl.DataFrame) -> pl.DataFrame:
    """A row a symbol: ``underlying_price`` and ``underlying_source``, null where none has one.

    The vendor's own price comes first, if all rows that have one agree; then the daily close
    landed beside the chains; then put/call parity. ``chain`` has ``dte`` and ``mid``.
    """
    given = chain.group_by("symbol").agg(
        raw=_one("underlying_price"), daily_close=_one("underlying_close")
    )
    priced = given.join(_by_parity(chain), on="symbol", how="left")
    ordered = [source.value for source in UnderlyingSource]
    known = (
        pl.when(pl.col(name).is_not_null()).then(pl.lit(name, dtype=_SOURCE)) for name in ordered
    )
    return priced.select(
        "symbol",
        underlying_price=pl.coalesce(ordered),
        underlying_source=pl.coalesce(*known),
    ).sort("symbol")


def _one(name: str) -> pl.Expr:
    """The value all rows that have one agree on."""
    said = pl.col(name).drop_nulls()
    return pl.when(said.n_unique() == 1).then(said.first())


def _by_parity(chain: pl.DataFrame) -> pl.DataFrame:
    """K + C - P where call and put are nearest in price, the lowest strike if several are.

    At the nearest expiration a week or more away, over strikes with both mids.
    """
    distant = chain.filter(pl.col("dte") >= _PARITY_DTE)
    nearest = distant.filter(pl.col("expiration") == pl.col("expiration").min().over("symbol"))
    sides = (
        nearest.filter(pl.col("mid").is_not_null(), pl.col("option_type") == side.value)
        .sort("contract_symbol")
        .unique(["symbol", "strike"], keep="first", maintain_order=True)
        .select("symbol", "strike", pl.col("mid").alias(side.value))
        for side in CallPut
    )
    calls, puts = sides
    gap = (pl.col("call") - pl.col("put")).round(_DECIMALS)
    return (
        calls.join(puts, on=["symbol", "strike"])
        .with_columns(gap=gap)
        .sort("symbol", pl.col("gap").abs(), "strike")
        .unique("symbol", keep="first", maintain_order=True)
        .with_columns(parity=(pl.col("strike") + pl.col("gap")).round(_DECIMALS))
        .select("symbol", parity=pl.when(pl.col("parity") > 0).then("parity"))
    )
