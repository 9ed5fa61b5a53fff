"""The research table of a session, and of all sessions."""

import polars as pl

from lake_assets.catalog import SIGNALS, SIGNALS_MULTI_DAY
from lake_assets.catalog.rows import Rows
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.orchestration.io_manager import Sessions
from lake_assets.orchestration.lake_asset import lake_asset
from lake_assets.physics.folds import training_rows
from lake_assets.physics.parameters import FoldParams, SignalParams
from lake_assets.physics.signals import assemble_signals


@lake_asset(SIGNALS, audited=True)
def signals(
    touches: pl.DataFrame,
    barrier: pl.DataFrame,
    tape: pl.DataFrame,
    fuel: pl.DataFrame,
    score: pl.DataFrame,
    runway: pl.DataFrame,
    labels: pl.DataFrame,
    params: SignalParams,
    made_from: Fingerprint,
) -> pl.DataFrame:
    """Join what each engine measured, one row a touch."""
    return assemble_signals(
        touches,
        {
            "barrier": barrier,
            "tape": tape,
            "fuel": fuel,
            "score": score,
            "runway": runway,
            "labels": labels,
        },
        params_hash=params.digest,
        inputs_hash=made_from.inputs_digest,
    )


@lake_asset(SIGNALS_MULTI_DAY)
def signals_multi_day(signals: Sessions, params: FoldParams) -> Rows:
    """Stack the materialized sessions and cut them into folds."""
    return training_rows(signals, params)
