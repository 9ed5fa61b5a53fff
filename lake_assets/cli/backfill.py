"""`lake backfill`: materialize sessions, several at a time, and say what happened."""

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import partial

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lake_assets.cli.batches import Batch, batches_of
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake, open_survey
from lake_assets.cli.report import print_plan, print_runs
from lake_assets.definitions import build_definitions, defs
from lake_assets.orchestration.run_locks import fail_lost_runs
from lake_assets.orchestration.runs import SessionRun, require_history, run_partition
from lake_assets.orchestration.session_processes import in_processes
from lake_assets.orchestration.survey import PartitionState, State, Survey


def run(arguments: argparse.Namespace) -> ExitCode:
    """Materialize what was asked for; one failing session does not stop the others."""
    source = open_lake()
    batches = batches_of(arguments, source)
    if arguments.dry_run:
        print_plan(list(_due(batches, open_survey(source))), as_json=arguments.json)
        return ExitCode.DONE
    runs = [
        run
        for batch in batches
        for run in backfill(
            batch.sessions,
            batch.keys,
            workers=arguments.workers,
            force="*" if arguments.force else "",
            quiet=arguments.json,
        )
    ]
    if arguments.json:
        print(json.dumps([asdict(run) for run in runs]))
    else:
        print_runs(runs)
    if all(run.error is None for run in runs):
        return ExitCode.DONE
    return ExitCode.REFUSED if all(run.refused for run in runs if run.error) else ExitCode.FAILED


def _due(batches: Sequence[Batch], survey: Survey) -> Iterator[PartitionState]:
    for batch in batches:
        chosen = {tuple(key.path) for key in batch.keys}
        for state in survey.partitions(batch.sessions):
            if state.dataset.key in chosen and state.state is not State.MATERIALIZED:
                yield state


def backfill(
    sessions: Sequence[str],
    keys: Sequence[dg.AssetKey],
    *,
    workers: int,
    force: str = "",
    quiet: bool = False,
) -> list[SessionRun]:
    """Run each session, ``workers`` at a time; results are in the order of the sessions."""
    shown = [TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()]
    bar = Progress(*shown, TimeElapsedColumn(), console=Console(stderr=True), disable=quiet)
    done: dict[str, SessionRun] = {}
    require_history()
    # Opened here, too, since workers that open a new run history at once trip over its tables.
    with dg.DagsterInstance.get() as instance:
        fail_lost_runs(instance)
    with bar:
        task = bar.add_task("sessions", total=len(sessions))
        for finished in _each(sessions, keys, workers, force):
            done[finished.partition] = finished
            bar.update(task, advance=1, description=finished.partition)
    return [done[name] for name in sessions]


def _each(
    sessions: Sequence[str], keys: Sequence[dg.AssetKey], workers: int, force: str
) -> Iterator[SessionRun]:
    if workers <= 1 or len(sessions) <= 1:
        definitions = build_definitions(os.environ)
        for name in sessions:
            yield run_partition(definitions, name, select=keys, force=force)
        return
    work = partial(_in_a_process, keys=keys, force=force)
    for name, done in in_processes(work, sessions, workers=workers):
        yield done or SessionRun(name, error="the worker process died; run it again")


def _in_a_process(name: str, keys: Sequence[dg.AssetKey], force: str) -> SessionRun:
    """What a process of its own does: it was begun with the environment its parent has now."""
    return run_partition(defs, name, select=keys, force=force)
