"""Aggressive volume before each touch."""

import polars as pl

from lake_assets.catalog import TAPE
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.parameters import TapeParams
from lake_assets.physics.tape import measure_tape


@lake_asset(TAPE)
def tape(
    touches: pl.DataFrame,
    es_trades: pl.LazyFrame,
    front_contract: pl.DataFrame,
    params: TapeParams,
) -> pl.DataFrame:
    """Walk the day's prints once, stopping at each touch."""
    return measure_tape(touches, es_trades, front_contract, params)
