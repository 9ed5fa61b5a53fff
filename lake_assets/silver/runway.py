"""How far price could run from each touched level before the next one."""

import polars as pl

from lake_assets.catalog import RUNWAY
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.parameters import RunwayParams
from lake_assets.physics.runway import find_runway


@lake_asset(RUNWAY)
def runway(
    touches: pl.DataFrame, levels: pl.DataFrame, score: pl.DataFrame, params: RunwayParams
) -> pl.DataFrame:
    """Find the next level the way price would run."""
    return find_runway(touches, levels, score, params)
