"""Option books, contract by contract and second by second."""

from lake_assets.catalog import OPTION_BOOKS
from lake_assets.catalog.parameters import BookParams
from lake_assets.catalog.rows import Rows
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.orchestration.lake_asset import lake_asset_per_underlying
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.option_books import read_option_books


@lake_asset_per_underlying(OPTION_BOOKS)
def option_books(
    raw: Inventory, session: Session, underlying: Underlying, params: BookParams
) -> Rows:
    """Every row of the vendor's books, each contract's volume differenced."""
    return read_option_books(raw, session, underlying, params)
