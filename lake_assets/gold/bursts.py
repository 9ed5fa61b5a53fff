"""Sudden displacements of an underlying."""

import polars as pl

from lake_assets.catalog import BURSTS
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.orchestration.lake_asset import lake_asset_per_underlying
from lake_assets.seconds.bursts import find_bursts
from lake_assets.seconds.event_parameters import BurstParams


@lake_asset_per_underlying(BURSTS, audited=True)
def bursts(
    option_state: pl.LazyFrame,
    option_books: pl.LazyFrame,
    underlying: Underlying,
    session: Session,
    params: BurstParams,
) -> pl.DataFrame:
    """Walk the seconds once, then follow the options pinned at each start."""
    return find_bursts(option_state, option_books, underlying, session, params)
