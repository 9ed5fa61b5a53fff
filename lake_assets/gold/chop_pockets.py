"""Pockets of quiet."""

import polars as pl

from lake_assets.catalog import CHOP_POCKETS
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.orchestration.lake_asset import lake_asset_per_underlying
from lake_assets.seconds.chop import find_chop_pockets
from lake_assets.seconds.event_parameters import ChopParams


@lake_asset_per_underlying(CHOP_POCKETS, audited=True)
def chop_pockets(
    option_state: pl.LazyFrame,
    fear_spikes: pl.DataFrame,
    underlying: Underlying,
    session: Session,
    params: ChopParams,
) -> pl.DataFrame:
    """Join the quiet seconds outside bursts and fear."""
    return find_chop_pockets(option_state, fear_spikes, underlying, session, params)
