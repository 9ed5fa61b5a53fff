"""How likely each touched level is to give way."""

import polars as pl

from lake_assets.catalog import SCORE
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.parameters import ScoreParams
from lake_assets.physics.score import score_touches


@lake_asset(SCORE)
def score(
    touches: pl.DataFrame,
    barrier: pl.DataFrame,
    tape: pl.DataFrame,
    fuel: pl.DataFrame,
    barrier_grid: pl.DataFrame,
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    option_flow: pl.DataFrame,
    params: ScoreParams,
) -> pl.DataFrame:
    """Weigh the engines at the touch and at each second before it."""
    return score_touches(
        touches,
        barrier,
        tape,
        fuel,
        barrier_grid,
        es_trades,
        front_contract,
        option_flow,
        params,
    )
