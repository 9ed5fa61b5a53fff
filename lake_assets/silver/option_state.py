"""The one-second state of each underlying's options."""

import polars as pl

from lake_assets.catalog import OPTION_STATE
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.orchestration.lake_asset import lake_asset_per_underlying
from lake_assets.seconds.option_state import build_option_state
from lake_assets.seconds.parameters import StateParams


@lake_asset_per_underlying(OPTION_STATE)
def option_state(
    option_books: pl.LazyFrame, session: Session, underlying: Underlying, params: StateParams
) -> pl.DataFrame:
    """Every second from open to close, told from rows stamped before it ended."""
    return build_option_state(option_books, session, underlying, params)
