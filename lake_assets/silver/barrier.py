"""What the defending side of the book did before each touch, and before each second before it."""

import polars as pl

from lake_assets.catalog import BARRIER, BARRIER_GRID
from lake_assets.catalog.stream import RowStream
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.barrier_grid import barrier_of, measure_barrier_grid
from lake_assets.physics.parameters import BarrierGridParams


@lake_asset(BARRIER_GRID)
def barrier_grid(
    touches: pl.DataFrame,
    es_mbp10: RowStream,
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    params: BarrierGridParams,
) -> pl.DataFrame:
    """Account for every book update in the touched zone, price by price."""
    return measure_barrier_grid(touches, es_mbp10, es_trades, front_contract, params)


@lake_asset(BARRIER)
def barrier(barrier_grid: pl.DataFrame) -> pl.DataFrame:
    """Keep what holds at the touch."""
    return barrier_of(barrier_grid)
