"""Dealer gamma around each touched level."""

import polars as pl

from lake_assets.catalog import FUEL
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.fuel import measure_fuel
from lake_assets.physics.parameters import FuelParams


@lake_asset(FUEL)
def fuel(touches: pl.DataFrame, option_flow: pl.DataFrame, params: FuelParams) -> pl.DataFrame:
    """Net the dealers' gamma of the strikes near each level."""
    return measure_fuel(touches, option_flow, params)
