"""A session's option chains as they stood at the close, contract by contract."""

from typing import Final

import polars as pl

from lake_assets.catalog.option_chains import OPTION_SNAPSHOTS
from lake_assets.catalog.rows import Rows
from lake_assets.daily.liquidity import judge_liquidity
from lake_assets.daily.parameters import ChainParams
from lake_assets.daily.underlying import price_underlyings
from lake_assets.daily.volatility import choose_volatility, solve_volatility
from lake_assets.errors import UnknownSessionError
from lake_assets.market.chain_vocabulary import (
    CallPut,
    ChainSource,
    IvSource,
    SnapshotFlag,
    UnderlyingSource,
)
from lake_assets.market.liquidity_tiers import LiquidityTiers
from lake_assets.market.sessions import Session, regular_neighbours

_NEVER_NEGATIVE: Final = ("last_price", "bid", "ask", "volume", "open_interest")
_DECIMALS: Final = 6
_PERCENT: Final = pl.lit(100.0)


def snapshot_chains(
    option_chains: pl.DataFrame, session: Session, tiers: LiquidityTiers, params: ChainParams
) -> Rows:
    """Describe every contract of a session's close.

    Returns the rows of `silver/option_snapshots`. Where OPRA and a chain file have a symbol, OPRA's
    rows are used and the manifest says of which symbols. What a source does not say stays unknown.

    Raises:
        UnknownSessionError: the session has no regular hours, and so no close.
    """
    if session.rth is None:
        raise UnknownSessionError(f"no options traded on {session.day}")
    preferred, twice = _preferred(option_chains)
    chain = _quoted(_without_negatives(preferred)).with_columns(
        dte=(pl.col("expiration") - pl.lit(session.day)).dt.total_days().cast(pl.Int32)
    )
    prices = price_underlyings(chain)
    priced = _money(chain.drop("underlying_price").join(prices, on="symbol", how="left"))
    solved = choose_volatility(solve_volatility(priced, session, params))
    rows = _dressed(judge_liquidity(solved, tiers), session)
    parity = prices.filter(pl.col("underlying_source") == UnderlyingSource.PARITY.value)
    unpriced = prices.filter(pl.col("underlying_price").is_null())
    return Rows(
        batches=rows,
        quality={
            "symbols": prices.height,
            "underlying_unknown_symbols": unpriced.height,
            "underlying_from_parity_symbols": parity.height,
            "opra_preferred_symbols": ", ".join(twice) or None,
        },
    )


def _preferred(chains: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """OPRA's rows of the symbols it has, the files' of the others; the symbols both have."""
    is_opra = pl.col("source") == ChainSource.OPRA.value
    opra = set(chains.filter(is_opra)["symbol"])
    both = sorted(opra & set(chains.filter(~is_opra)["symbol"]))
    return chains.filter(is_opra | ~pl.col("symbol").is_in(both)), both


def _without_negatives(chain: pl.DataFrame) -> pl.DataFrame:
    """A negative price or count says nothing, and that it was said is kept as ``had_negative``."""
    negative = pl.any_horizontal((pl.col(n) < 0).fill_null(value=False) for n in _NEVER_NEGATIVE)
    return chain.with_columns(
        *(pl.when(pl.col(n) >= 0).then(pl.col(n)).alias(n) for n in _NEVER_NEGATIVE),
        had_negative=negative,
    )


def _quoted(chain: pl.DataFrame) -> pl.DataFrame:
    """With the mid of a quote that is one, and its spread."""
    bid, ask = pl.col("bid"), pl.col("ask")
    quoted = chain.with_columns(
        mid=pl.when((ask > 0) & (bid <= ask)).then((bid + ask) / pl.lit(2.0)),
        is_crossed=((ask > 0) & (bid > ask)).fill_null(value=False),
    )
    ratio = pl.when(pl.col("mid") > 0).then((ask - bid) / pl.col("mid"))
    return quoted.with_columns(spread_ratio=ratio, spread_pct=ratio * _PERCENT)


def _money(chain: pl.DataFrame) -> pl.DataFrame:
    """With how far each strike is from the money."""
    strike, spot = pl.col("strike"), pl.col("underlying_price")
    signed = (strike / spot - pl.lit(1.0)).round(_DECIMALS)
    is_call = pl.col("option_type") == CallPut.CALL.value
    return chain.with_columns(
        moneyness_signed=signed,
        moneyness_ratio=signed.abs(),
        moneyness_pct=signed.abs() * _PERCENT,
        in_the_money=pl.when(is_call).then(strike < spot).otherwise(strike > spot),
    )


def _dressed(chain: pl.DataFrame, session: Session) -> pl.DataFrame:
    before = regular_neighbours(session.day)[0]
    of = pl.coalesce("open_interest_date", pl.lit(before.day if before else None, pl.Date))
    rejected = (pl.col("iv_source") != IvSource.VENDOR.value) & pl.col("vendor_iv").is_not_null()
    by_parity = pl.col("underlying_source").eq_missing(
        pl.lit(UnderlyingSource.PARITY.value, pl.Enum(UnderlyingSource))
    )
    flags = {
        SnapshotFlag.CROSSED_QUOTE: pl.col("is_crossed"),
        SnapshotFlag.NO_QUOTE: pl.col("mid").is_null() & ~pl.col("is_crossed"),
        SnapshotFlag.VENDOR_IV_REJECTED: rejected,
        SnapshotFlag.NEGATIVE_NULLED: pl.col("had_negative"),
        SnapshotFlag.QUOTE_TIME_UNKNOWN: pl.col("quote_time").is_null(),
        SnapshotFlag.UNDERLYING_FROM_PARITY: by_parity,
    }
    bits = pl.sum_horizontal(said.cast(pl.Int32) * flag.value for flag, said in flags.items())
    described = chain.with_columns(
        open_interest_date=pl.when(pl.col("open_interest").is_not_null()).then(of),
        flags=bits.cast(pl.Int32),
    )
    return _in_order(described)


def _in_order(frame: pl.DataFrame) -> pl.DataFrame:
    wanted = OPTION_SNAPSHOTS.dtypes
    return frame.select(wanted.names()).cast(wanted).sort(OPTION_SNAPSHOTS.sort_by)
