"""What kind of second each one was."""

import polars as pl

from lake_assets.catalog import REGIMES
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.orchestration.lake_asset import lake_asset_per_underlying
from lake_assets.seconds.event_parameters import ChopParams
from lake_assets.seconds.regimes import label_regimes


@lake_asset_per_underlying(REGIMES, audited=True)
def regimes(
    option_state: pl.LazyFrame,
    fear_spikes: pl.DataFrame,
    underlying: Underlying,
    session: Session,
    params: ChopParams,
) -> pl.DataFrame:
    """Ask of each second what was on in it, and take the first answer."""
    return label_regimes(option_state, fear_spikes, underlying, session, params)
