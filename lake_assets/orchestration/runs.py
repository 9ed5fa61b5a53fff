"""Run one session through Dagster in this process, and say what became of each asset."""

import errno
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Final

import dagster as dg

from lake_assets.catalog.dataset import WHOLE
from lake_assets.errors import BusyPartitionError
from lake_assets.lake.durability import make_folder, unwritable
from lake_assets.lake.log import tell
from lake_assets.orchestration.lake_asset import FORCE_TAG, OUTCOME_TAG

SETTINGS: Final = """\
telemetry:
  enabled: false
storage:
  custom:
    module: lake_assets.orchestration.run_history
    class: RunHistory
    config: {}
"""
_TO_COME: Final = "expected a session that has ended, found {}; ask again when it has"
QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True, slots=True)
class AssetRun:
    """What became of one asset in a run."""

    key: str
    outcome: str
    why: str
    rows: int
    seconds: float | None


@dataclass(frozen=True, slots=True)
class SessionRun:
    """What became of a run: its assets, and the sentence it failed with, if it did."""

    partition: str
    assets: list[AssetRun] = field(default_factory=list)
    error: str | None = None
    refused: bool = False


def use_instance_beside(lake_root: Path) -> None:
    """Keep the run history in the lake unless DAGSTER_HOME says otherwise."""
    if os.environ.get("DAGSTER_HOME"):
        home = Path(os.environ["DAGSTER_HOME"])
    else:
        home = (lake_root / "_dagster").resolve()
        os.environ["DAGSTER_HOME"] = str(home)
    make_folder(home)
    shipped, settings = Path("dagster.yaml"), home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(shipped.read_text() if shipped.exists() else SETTINGS)


def require_history() -> None:
    """See that runs can be recorded, before one is begun.

    Raises:
        UnwritableLakeError: the folder of the run history cannot be written.
    """
    home = Path(os.environ["DAGSTER_HOME"])
    if not os.access(home, os.W_OK):
        raise unwritable(home, os.strerror(errno.EACCES), errno.EACCES)


def run_partition(
    definitions: dg.Definitions,
    partition: str | None,
    *,
    select: Sequence[dg.AssetKey],
    force: str = "",
    run_config: Mapping[str, object] | None = None,
) -> SessionRun:
    """Materialize the selected assets of one session; a failure is returned, not raised.

    Raises:
        KeyboardInterrupt: it was interrupted, of which Dagster makes a failure as any other.
    """
    job, start = definitions.resolve_implicit_global_asset_job_def(), perf_counter()
    if partition is not None and not _has_partition(definitions, select, partition):
        return SessionRun(partition, error=_TO_COME.format(partition))
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=list(select),
            partition_key=partition,
            tags={FORCE_TAG: force} if force else {},
            run_config={**QUIET, **(run_config or {})},
            raise_on_error=False,
        )
    name = partition or WHOLE
    assets = [_asset_run(event) for event in result.get_asset_materialization_events()]
    why, kind = (None, "") if result.success else _reason(result.all_events)
    run = SessionRun(name, assets, why, refused=kind == BusyPartitionError.__name__)
    tell(
        "run",
        logging.ERROR if run.error else logging.INFO,
        partition=name,
        outcome="failed" if run.error else "done",
        seconds=round(perf_counter() - start, 3),
        built=sum(asset.outcome == "built" for asset in assets),
        partitions=len(assets),
        run_id=result.run_id,
        why=run.error,
    )
    if kind == dg.DagsterExecutionInterruptedError.__name__:
        raise KeyboardInterrupt
    return run


def _has_partition(
    definitions: dg.Definitions, select: Sequence[dg.AssetKey], partition: str
) -> bool:
    graph = definitions.resolve_asset_graph()
    parts = {id(part): part for key in select if (part := graph.get(key).partitions_def)}
    return all(part.has_partition_key(partition) for part in parts.values())


def _asset_run(event: dg.DagsterEvent) -> AssetRun:
    made = event.step_materialization_data.materialization
    facts = {name: value.value for name, value in made.metadata.items()}
    outcome = (made.tags or {}).get(OUTCOME_TAG, "")
    return AssetRun(
        key=made.asset_key.to_user_string(),
        outcome=outcome,
        why=str(facts.get("why", "")),
        rows=int(str(facts.get("dagster/row_count", 0))),
        seconds=float(str(facts["seconds"])) if "seconds" in facts else None,
    )


def _reason(events: Sequence[dg.DagsterEvent]) -> tuple[str, str]:
    """The sentence of the error that started it all, and the name of its class."""
    step = next((e for e in events if e.is_step_failure), None)
    if step is not None:
        place, error = f"{step.step_key}: ", step.step_failure_data.error
    else:
        place, error = "", next(e.job_failure_data.error for e in events if e.is_job_failure)
    while error is not None and error.cause is not None:
        error = error.cause
    name = (error.cls_name if error else None) or "Failure"
    text = (error.message if error else "").strip().split(f"{name}: ", 1)[-1]
    return f"{place}{text}", name
