"""The state of a level's defence: one word for what its book did."""

from typing import Final

import polars as pl

from lake_assets.market.vocabulary import BarrierState
from lake_assets.physics.parameters import BarrierParams

_ENDLESS: Final = float("inf")


def barrier_state(params: BarrierParams) -> pl.Expr:
    """The first rule that holds, of the columns of `silver/barrier`; null where those are.

    Replenishment where nothing left is endless, and meets no rule where nothing came either.
    An unknown depth is not weak.
    """
    added, canceled, filled = (
        pl.col(f"barrier_{name}") for name in ("added", "canceled", "filled")
    )
    removed = canceled + filled
    delta, churn = added - removed, added + removed
    replenished = pl.when(removed > 0).then(added / removed).when(added > 0).then(pl.lit(_ENDLESS))
    falling = delta < -params.barrier_delta_contracts
    rising = delta > params.barrier_delta_contracts
    absorbing = filled >= params.absorb_filled_contracts
    balanced = (delta.abs() < params.balance_delta_contracts) & (
        churn > params.balance_churn_contracts
    )
    weak = (pl.col("depth_in_zone") < params.weak_depth_contracts) | (
        pl.col("wall_ratio") < params.weak_ratio
    )
    vacuum = (replenished < params.barrier_r_vacuum) & falling & (canceled > filled)
    word = (
        pl.when(vacuum)
        .then(pl.lit(BarrierState.VACUUM))
        .when((replenished > params.barrier_r_wall) & rising)
        .then(pl.lit(BarrierState.WALL))
        .when(falling & (filled >= canceled))
        .then(pl.lit(BarrierState.CONSUMED))
        .when(absorbing & (delta >= 0))
        .then(pl.lit(BarrierState.ABSORPTION))
        .when(weak)
        .then(pl.lit(BarrierState.WEAK))
        .when(absorbing & balanced)
        .then(pl.lit(BarrierState.ABSORPTION))
        .otherwise(pl.lit(BarrierState.NEUTRAL))
    )
    return pl.when(churn.is_not_null()).then(word).cast(pl.Enum(BarrierState))
