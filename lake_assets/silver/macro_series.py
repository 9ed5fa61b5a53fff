"""Macro series, vintage by vintage."""

import polars as pl

from lake_assets.catalog import MACRO_SERIES
from lake_assets.catalog.rows import Rows
from lake_assets.daily.macro import describe_series
from lake_assets.market.macro_series import MacroRegistry
from lake_assets.orchestration.lake_asset import lake_asset


@lake_asset(MACRO_SERIES)
def macro_series(macro_prints: pl.DataFrame, registry: MacroRegistry) -> Rows:
    """Every observation of the known series, with its changes inside its vintage."""
    return describe_series(macro_prints, registry)
