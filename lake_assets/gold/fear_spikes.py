"""Falls that ended in fear, and how long it lasted."""

import polars as pl

from lake_assets.catalog import FEAR_SPIKES
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.orchestration.lake_asset import lake_asset_per_underlying
from lake_assets.seconds.event_parameters import FearParams
from lake_assets.seconds.fear import find_fear_spikes


@lake_asset_per_underlying(FEAR_SPIKES, audited=True)
def fear_spikes(
    option_state: pl.LazyFrame,
    option_books: pl.LazyFrame,
    underlying: Underlying,
    session: Session,
    params: FearParams,
) -> pl.DataFrame:
    """Judge each fall at each of its ends by its pinned put and the pulls during it."""
    return find_fear_spikes(option_state, option_books, underlying, session, params)
