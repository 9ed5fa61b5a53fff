"""What price did after each touch, for several moves, horizons and anchors; looks forward."""

import polars as pl

from lake_assets.catalog import LABEL_GRID
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.label_grid import label_touches_by_grid
from lake_assets.physics.parameters import LabelGridParams


@lake_asset(LABEL_GRID)
def label_grid(
    touches: pl.DataFrame,
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    session: Session,
    params: LabelGridParams,
) -> pl.DataFrame:
    """Break, bounce or chop, from the level and from the touch."""
    return label_touches_by_grid(touches, es_trades, front_contract, session, params)
