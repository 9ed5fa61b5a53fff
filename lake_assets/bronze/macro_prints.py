"""Macro series as they were retrieved."""

from datetime import date

from lake_assets.catalog import MACRO_PRINTS
from lake_assets.catalog.rows import Rows
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.macro import read_macro


@lake_asset(MACRO_PRINTS)
def macro_prints(raw: Inventory, retrieval_date: date) -> Rows:
    """Every observation of the files retrieved on a date."""
    return read_macro(raw, retrieval_date)
