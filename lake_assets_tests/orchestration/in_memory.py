"""Simulated sessions from vendor files to Gold without a lake: for tests that need many."""

import polars as pl

from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.market.sessions import Session
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.rebuild import Rebuild
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.es_trades import read_es_trades
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.spy_options import read_spy_options
from lake_assets_tests.orchestration.audits import RECIPES

READERS = {
    "es_trades": read_es_trades,
    "es_mbp10": read_es_mbp10,
    "spy_options": read_spy_options,
}
MADE_FROM = Fingerprint(code_version="", schema_hash="", parameters={}, inputs={}, raw_files={})


def bronze_from(folder, session: Session) -> dict[str, pl.LazyFrame]:
    """A session's Bronze, as the readers make it of the vendor files in a folder."""
    inventory = scan_raw(folder)
    rows = {name: reader(inventory, session).batches for name, reader in READERS.items()}
    return {
        name: (r if isinstance(r, pl.DataFrame) else pl.from_arrow(r.read_all())).lazy()
        for name, r in rows.items()
    }


def tables_from(bronze, session: Session, recipes=RECIPES, **parameters):
    """Every Silver and Gold table of a session, by name."""
    rebuild = Rebuild(recipes, session, LakeParams(**parameters), MADE_FROM)
    return rebuild.from_bronze(bronze, session.hours.closes).tables
