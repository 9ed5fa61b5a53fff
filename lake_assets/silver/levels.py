"""Price levels known at each minute."""

import polars as pl

from lake_assets.catalog import LEVELS
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.levels import list_levels
from lake_assets.physics.parameters import LevelParams


@lake_asset(LEVELS)
def levels(
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    ohlcv_2m: pl.DataFrame,
    option_flow: pl.DataFrame,
    session: Session,
    params: LevelParams,
) -> pl.DataFrame:
    """Every level that could be known at the start of each minute."""
    return list_levels(
        es_trades, front_contract, es_spy_basis, ohlcv_2m, option_flow, session, params
    )
