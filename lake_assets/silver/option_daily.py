"""The contracts a session's volatility is read from."""

import polars as pl

from lake_assets.catalog import OPTION_DAILY, OPTION_SNAPSHOTS
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.retrieval.picks import pick_daily


@lake_asset(OPTION_DAILY)
def option_daily(option_snapshots: pl.DataFrame, made_from: Fingerprint) -> pl.DataFrame:
    """At the money and on both wings, as the retrieval tool would pick them."""
    return pick_daily(option_snapshots, made_from.inputs["/".join(OPTION_SNAPSHOTS.key)])
