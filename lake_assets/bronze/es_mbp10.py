"""The ES book, ten levels a side."""

from lake_assets.catalog import ES_MBP10
from lake_assets.catalog.parameters import SessionParams
from lake_assets.catalog.rows import Rows
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import TouchHours
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.inventory import Inventory


@lake_asset(ES_MBP10)
def es_mbp10(raw: Inventory, session: Session, params: SessionParams) -> Rows:
    """Every book record of the session; orders are replayed into levels where only they exist."""
    return read_es_mbp10(
        raw,
        session,
        as_of_ns=params.as_of_ns,
        rth_required=params.touch_hours is TouchHours.rth,
    )
