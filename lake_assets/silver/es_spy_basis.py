"""The difference between ES / 10 and SPY."""

import polars as pl

from lake_assets.catalog import ES_SPY_BASIS
from lake_assets.catalog.rows import Rows
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.basis import basis_rows
from lake_assets.physics.parameters import BasisParams


@lake_asset(ES_SPY_BASIS)
def es_spy_basis(
    spy_options: pl.LazyFrame,
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    session: Session,
    params: BasisParams,
) -> Rows:
    """Put/call parity of the same-day options by the minute; the ratio of ten where it fails."""
    return basis_rows(spy_options, es_trades, front_contract, session, params)
