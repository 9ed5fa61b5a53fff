"""ES trades."""

from lake_assets.catalog import ES_TRADES
from lake_assets.catalog.parameters import SessionParams
from lake_assets.catalog.rows import Rows
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import TouchHours
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.sources.es_trades import read_es_trades
from lake_assets.sources.inventory import Inventory


@lake_asset(ES_TRADES)
def es_trades(raw: Inventory, session: Session, params: SessionParams) -> Rows:
    """Every outright print of the session, from every raw file that overlaps it."""
    return read_es_trades(
        raw,
        session,
        as_of_ns=params.as_of_ns,
        rth_required=params.touch_hours is TouchHours.rth,
    )
