"""Geopolitical risk by month, vintage by vintage."""

import polars as pl

from lake_assets.catalog import GPR_MONTHLY
from lake_assets.catalog.rows import Rows
from lake_assets.daily.gpr import describe_months
from lake_assets.orchestration.lake_asset import lake_asset


@lake_asset(GPR_MONTHLY)
def gpr_monthly(gpr_prints: pl.DataFrame) -> Rows:
    """Every month of the recent index, with its changes and its place among the others."""
    return describe_months(gpr_prints)
