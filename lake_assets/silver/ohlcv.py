"""Bars of the front contract."""

import polars as pl

from lake_assets.catalog import OHLCV_1M, OHLCV_2M
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.bars import build_bars


@lake_asset(OHLCV_1M)
def ohlcv_1m(
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    session: Session,
) -> pl.DataFrame:
    """One-minute bars; a minute without a print has no bar."""
    return build_bars(es_trades, front_contract, es_spy_basis, session, period_s=60)


@lake_asset(OHLCV_2M)
def ohlcv_2m(
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    session: Session,
) -> pl.DataFrame:
    """Two-minute bars; two minutes without a print have no bar."""
    return build_bars(es_trades, front_contract, es_spy_basis, session, period_s=120)
