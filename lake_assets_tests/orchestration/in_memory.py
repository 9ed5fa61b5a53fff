"""Simulated sessions from vendor files to Gold without a lake: for tests that need many."""

import polars as pl

from lake_assets.catalog import ES_MBP10, ES_TRADES, SPY_OPTIONS
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.market.sessions import Session
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.rebuild import Rebuild
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.es_trades import read_es_trades
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.spy_options import read_spy_options
from lake_assets_tests.orchestration.audits import RECIPES
from lake_assets_tests.sources.dbn_files import frame_of

READERS = {
    ES_TRADES: read_es_trades,
    ES_MBP10: read_es_mbp10,
    SPY_OPTIONS: read_spy_options,
}
MADE_FROM = Fingerprint(code_version="", schema_hash="", parameters={}, inputs={}, raw_files={})


def bronze_from(folder, session: Session) -> dict[str, pl.LazyFrame]:
    """A session's Bronze, as the readers make it of the vendor files in a folder."""
    inventory = scan_raw(folder)
    rows = {dataset: frame_of(reader(inventory, session)) for dataset, reader in READERS.items()}
    return {d.name: frame.cast(d.dtypes).lazy() for d, frame in rows.items()}


def tables_from(bronze, session: Session, recipes=RECIPES, **parameters):
    """Every Silver and Gold table of a session, by name."""
    rebuild = Rebuild(recipes, session, LakeParams(**parameters), MADE_FROM)
    return rebuild.from_bronze(bronze, session.hours.closes).tables
