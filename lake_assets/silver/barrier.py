"""What the defending side of the book did before each touch."""

import polars as pl

from lake_assets.catalog import BARRIER
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.barrier import measure_barrier
from lake_assets.physics.parameters import BarrierParams


@lake_asset(BARRIER)
def barrier(
    touches: pl.DataFrame,
    es_mbp10: pl.LazyFrame,
    es_trades: pl.DataFrame,
    front_contract: pl.DataFrame,
    params: BarrierParams,
) -> pl.DataFrame:
    """Account for every book update in the touched zone, price by price."""
    return measure_barrier(touches, es_mbp10, es_trades, front_contract, params)
