"""Option chains at the close."""

import polars as pl

from lake_assets.catalog import OPTION_SNAPSHOTS
from lake_assets.catalog.rows import Rows
from lake_assets.daily.parameters import ChainParams
from lake_assets.daily.snapshots import snapshot_chains
from lake_assets.market.liquidity_tiers import LiquidityTiers
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.orchestration.repeats import repeat_of_previous


@lake_asset(OPTION_SNAPSHOTS, also=(repeat_of_previous,))
def option_snapshots(
    option_chains: pl.DataFrame, session: Session, tiers: LiquidityTiers, params: ChainParams
) -> Rows:
    """Every contract with its mid, moneyness, volatility and liquidity."""
    return snapshot_chains(option_chains, session, tiers, params)
