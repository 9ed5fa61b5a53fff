"""Touches of levels."""

import polars as pl

from lake_assets.catalog import TOUCHES
from lake_assets.catalog.rows import Rows
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.parameters import TouchParams
from lake_assets.physics.touches import find_touches


@lake_asset(TOUCHES)
def touches(
    levels: pl.DataFrame,
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    es_spy_basis: pl.DataFrame,
    session: Session,
    params: TouchParams,
) -> Rows:
    """The first print of each minute within reach of each level."""
    return find_touches(levels, es_trades, front_contract, es_spy_basis, session, params)
