"""Geopolitical risk as it was published."""

from datetime import date

from lake_assets.catalog import GPR_PRINTS
from lake_assets.catalog.rows import Rows
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.sources.gpr import read_gpr
from lake_assets.sources.inventory import Inventory


@lake_asset(GPR_PRINTS)
def gpr_prints(raw: Inventory, month: date) -> Rows:
    """Every month of the last file retrieved in a month."""
    return read_gpr(raw, month)
