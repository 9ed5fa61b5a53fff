"""Pulls, replenishes, collapses and flickers of the options at the money."""

import polars as pl

from lake_assets.catalog import LIQUIDITY_EVENTS
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.orchestration.lake_asset import lake_asset_per_underlying
from lake_assets.seconds.event_parameters import LiquidityParams
from lake_assets.seconds.liquidity_events import find_liquidity_events


@lake_asset_per_underlying(LIQUIDITY_EVENTS, audited=True)
def liquidity_events(
    option_state: pl.LazyFrame, underlying: Underlying, session: Session, params: LiquidityParams
) -> pl.DataFrame:
    """List what snapshots of the two books show; cancels are not visible."""
    return find_liquidity_events(option_state, underlying, session, params)
