"""The contract a session is read from."""

import polars as pl

from lake_assets.catalog import FRONT_CONTRACT
from lake_assets.catalog.parameters import SessionParams
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.contract import choose_front


@lake_asset(FRONT_CONTRACT)
def front_contract(
    es_trades: pl.LazyFrame, session: Session, params: SessionParams
) -> pl.DataFrame:
    """The outright with the largest volume before the regular open, or the calendar's."""
    return choose_front(es_trades, session, params)
