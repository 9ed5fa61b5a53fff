"""What price did after each touch; looks forward, as only labels may."""

import polars as pl

from lake_assets.catalog import LABELS
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.labels import label_touches
from lake_assets.physics.parameters import LabelParams


@lake_asset(LABELS)
def labels(
    touches: pl.DataFrame,
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    session: Session,
    params: LabelParams,
) -> pl.DataFrame:
    """Break, bounce or chop, trade by trade."""
    return label_touches(touches, es_trades, front_contract, session, params)
