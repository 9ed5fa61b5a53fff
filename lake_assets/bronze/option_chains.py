"""Daily option chains."""

from lake_assets.catalog import OPTION_CHAINS
from lake_assets.catalog.rows import Rows
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.option_chains import read_option_chains


@lake_asset(OPTION_CHAINS)
def option_chains(raw: Inventory, session: Session) -> Rows:
    """Every row of the session's chain files, and of OPRA's records of the day."""
    return read_option_chains(raw, session)
