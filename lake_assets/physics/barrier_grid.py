"""The barrier at each touch and each second of the score's grid before it, in one reading."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.rows import Frame
from lake_assets.catalog.stream import RowStream
from lake_assets.catalog.touch import BARRIER, BARRIER_GRID
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.physics.barrier import measure_barrier
from lake_assets.physics.parameters import BarrierGridParams

_KEYS: Final = ["event_id", "ts_event_ns", "level_kind", "level_u"]


def measure_barrier_grid(
    touches: pl.DataFrame,
    es_mbp10: RowStream,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    params: BarrierGridParams,
) -> pl.DataFrame:
    """Give each touch what the side it ran into did before it and before each earlier second.

    Returns the rows of `silver/barrier_grid`: of each touch in turn, the touch itself and then
    the grid's seconds, going back. The windows end there; level and direction are the touch's.
    """
    moments = before_touches(touches.select(*_KEYS, "level_e", "direction"), params.score_grid_s)
    ends = pl.col("ts_event_ns") - pl.col("seconds_before") * NANOS_PER_SECOND
    asked = moments.with_columns(ts_event_ns=ends)
    measured = measure_barrier(asked, es_mbp10, es_trades, front_contract, params)
    return moments.hstack(measured.drop(_KEYS)).select(BARRIER_GRID.dtypes.names())


def before_touches(touches: pl.DataFrame, seconds: int) -> pl.DataFrame:
    """Each touch, then the same so many seconds sooner, as ``seconds_before`` says."""
    backs = pl.DataFrame({"seconds_before": np.arange(seconds + 1)})
    return touches.join(backs, how="cross", maintain_order="left_right")


def barrier_of(barrier_grid: pl.DataFrame) -> pl.DataFrame:
    """What the grid says of the touches themselves: the rows of `silver/barrier`."""
    at_touch = barrier_grid.filter(pl.col("seconds_before") == 0)
    return at_touch.select(BARRIER.dtypes.names())
