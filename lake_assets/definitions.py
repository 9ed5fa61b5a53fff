"""The Dagster code location: every asset, job, schedule, sensor and resource, assembled."""

import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import dagster as dg
import polars as pl

from lake_assets.bronze import (
    es_mbp10,
    es_trades,
    gpr_prints,
    macro_prints,
    option_books,
    option_chains,
    spy_options,
)
from lake_assets.catalog import SIGNALS
from lake_assets.errors import LakeError
from lake_assets.gold import (
    burst_labels,
    bursts,
    chop_pockets,
    fear_spikes,
    label_grid,
    labels,
    liquidity_events,
    regimes,
    signals,
    truth_tables,
)
from lake_assets.lake import log
from lake_assets.lake.lake import Lake
from lake_assets.orchestration.alerts import make_alerts
from lake_assets.orchestration.arrivals import make_sensor
from lake_assets.orchestration.auditor import auditor_resource
from lake_assets.orchestration.buying import account_from
from lake_assets.orchestration.garbage import keep_what_is_loaded
from lake_assets.orchestration.io_manager import LakeIOManager
from lake_assets.orchestration.jobs import make_jobs, make_schedules
from lake_assets.orchestration.lake_asset import LakeAsset
from lake_assets.orchestration.recipe import is_of_touches
from lake_assets.orchestration.resources import lake_from, parameters_from, parameters_resource
from lake_assets.orchestration.runs import run_partition, use_instance_beside
from lake_assets.physics.parameters import SignalParams
from lake_assets.silver import (
    barrier,
    es_spy_basis,
    front_contract,
    fuel,
    gpr_monthly,
    levels,
    macro_series,
    ohlcv,
    option_daily,
    option_snapshots,
    option_state,
    options,
    runway,
    score,
    tape,
    touches,
)


def lake_assets() -> list[LakeAsset]:
    """Every asset of the lake, in the order the data flows."""
    return [
        es_trades.es_trades,
        es_mbp10.es_mbp10,
        spy_options.spy_options,
        front_contract.front_contract,
        es_spy_basis.es_spy_basis,
        ohlcv.ohlcv_1m,
        ohlcv.ohlcv_2m,
        options.option_greeks,
        options.option_flow,
        levels.levels,
        touches.touches,
        barrier.barrier_grid,
        barrier.barrier,
        tape.tape,
        fuel.fuel,
        score.score,
        runway.runway,
        labels.labels,
        label_grid.label_grid,
        signals.signals,
        signals.signals_multi_day,
        *option_books.option_books,
        *option_state.option_state,
        *bursts.bursts,
        *liquidity_events.liquidity_events,
        *fear_spikes.fear_spikes,
        *chop_pockets.chop_pockets,
        *regimes.regimes,
        burst_labels.burst_labels,
        truth_tables.truth_tables,
        option_chains.option_chains,
        option_snapshots.option_snapshots,
        option_daily.option_daily,
        macro_prints.macro_prints,
        macro_series.macro_series,
        gpr_prints.gpr_prints,
        gpr_monthly.gpr_monthly,
    ]


def build_definitions(
    environ: Mapping[str, str], assets: Sequence[LakeAsset] | None = None
) -> dg.Definitions:
    """Assemble the code location as the environment describes it; ``assets`` if not all of them.

    LAKE_ROOT, LAKE_RAW, LAKE_MIRROR, LAKE_STALE, LAKE_LOCK_WAIT_S, LAKE_PARAMETERS, LAKE_AS_OF_NS,
    LAKE_AUDIT_CUTS, LAKE_ALERT_WEBHOOK, LAKE_DUCKDB_THREADS and LAKE_DUCKDB_MEMORY are read, and
    what `downloads` wants to know; everything else has one meaning.
    """
    assets = lake_assets() if assets is None else assets
    jobs = make_jobs(assets)
    lake = lake_from(environ)
    return dg.Definitions(
        assets=[asset.definition for asset in assets],
        jobs=list(jobs.values()),
        schedules=make_schedules(jobs),
        sensors=[make_sensor(jobs), make_alerts(environ)],
        resources={
            "lake": lake,
            "io_manager": LakeIOManager(lake=lake),
            "parameters": parameters_resource(parameters_from(environ)),
            "vendor_account": account_from(environ),
            "auditor": auditor_resource(
                [asset.recipe for asset in assets], int(environ.get("LAKE_AUDIT_CUTS", "1"))
            ),
        },
        # One process a date: whole graph 3 s of overhead against 14 s with a process a step.
        # Parallel work comes from dates.
        executor=dg.in_process_executor,
    )


def run_session(day: date, root: Path, params: SignalParams) -> pl.DataFrame:
    """Materialize a session in a lake and return its research table.

    Args:
        day: the session's date.
        root: the lake's folder; raw files are found in ``root/raw``.
        params: every parameter of the pipeline.

    Raises:
        LakeError: the session could not be built; the message says why.
    """
    use_instance_beside(root)
    keys = [dg.AssetKey(a.recipe.dataset.key) for a in lake_assets() if is_of_touches(a.recipe)]
    values = params.model_dump(mode="json")
    run = run_partition(
        build_definitions({"LAKE_ROOT": str(root)}),
        day.isoformat(),
        select=keys,
        run_config={"resources": {"parameters": {"config": values}}},
    )
    if run.error:
        raise LakeError(run.error)
    return Lake(root).read(SIGNALS, day.isoformat())


log.set_up(os.environ)
defs = build_definitions(os.environ)
keep_what_is_loaded()
