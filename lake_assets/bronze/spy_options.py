"""SPY option trades."""

from lake_assets.catalog import SPY_OPTIONS
from lake_assets.catalog.parameters import SessionParams
from lake_assets.catalog.rows import Rows
from lake_assets.market.sessions import Session
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.spy_options import read_spy_options


@lake_asset(SPY_OPTIONS)
def spy_options(raw: Inventory, session: Session, params: SessionParams) -> Rows:
    """Every SPY option print of the session, with its quote where the vendor gives one."""
    return read_spy_options(raw, session, as_of_ns=params.as_of_ns)
