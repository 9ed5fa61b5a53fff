"""`lake backfill`: materialize sessions, several at a time, and say what happened."""

import argparse
import json
import os
import warnings
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import asdict
from multiprocessing import get_context

import dagster as dg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from lake_assets.catalog import dataset_named
from lake_assets.catalog.dataset import Dataset
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import (
    open_lake,
    open_survey,
    parse_day,
    parse_sessions,
    sessions_in_sight,
)
from lake_assets.cli.report import print_plan, print_runs
from lake_assets.definitions import build_definitions
from lake_assets.errors import UnknownNameError, UnknownSessionError
from lake_assets.market.sessions import Calendar, session_on
from lake_assets.orchestration.resources import LakeResource
from lake_assets.orchestration.runs import SessionRun, run_partition
from lake_assets.orchestration.survey import State


def run(arguments: argparse.Namespace) -> ExitCode:
    """Materialize what was asked for; one failing session does not stop the others."""
    source = open_lake()
    keys = selected(arguments.select)
    wanted = choose(arguments, source, keys)
    if arguments.dry_run:
        return print_plan(open_survey(source).partitions(wanted), keys, as_json=arguments.json)
    runs = backfill(
        wanted,
        keys,
        workers=arguments.workers,
        force="*" if arguments.force else "",
        quiet=arguments.json,
    )
    if arguments.json:
        print(json.dumps([asdict(run) for run in runs]))
    else:
        print_runs(runs)
    if all(run.error is None for run in runs):
        return ExitCode.DONE
    return ExitCode.REFUSED if all(run.refused for run in runs if run.error) else ExitCode.FAILED


def selected(text: str | None) -> list[dg.AssetKey]:
    """Keys of a Dagster asset selection, without the aggregates of all sessions.

    Without a selection: every daily asset that is of no underlying.

    Raises:
        UnknownNameError: the selection is malformed, names nothing, or assets of two exchanges.
    """
    graph = build_definitions(os.environ).resolve_asset_graph()
    try:
        with warnings.catch_warnings():
            # Dagster's own parser sets an argument that Dagster calls beta.
            warnings.simplefilter("ignore", dg.BetaWarning)
            chosen = dg.AssetSelection.from_coercible(text) if text else None
            found = chosen.resolve(graph) if chosen else graph.get_all_asset_keys()
    except dg.DagsterError as error:
        raise UnknownNameError(f"--select {text!r}: {error}") from error
    keys = sorted(key for key in found if graph.get(key).is_partitioned)
    if chosen is None:
        keys = [key for key in keys if dataset_of(key).underlying is None]
    if not keys:
        names = ", ".join(sorted(key.to_user_string() for key in graph.get_all_asset_keys()))
        raise UnknownNameError(f"--select {text!r} names no daily asset; there are {names}")
    calendars = {dataset_of(key).calendar for key in keys}
    if len(calendars) > 1:
        raise UnknownNameError(
            f"--select {text!r} names assets of {len(calendars)} exchanges, whose sessions differ; "
            "select the groups of one of them, as group:NIFTY or group:BANKNIFTY"
        )
    return keys


def dataset_of(key: dg.AssetKey) -> Dataset:
    """The dataset an asset makes."""
    return dataset_named("/".join(key.path))


def calendar_of(keys: Sequence[dg.AssetKey]) -> Calendar:
    """Whose sessions the selected assets follow."""
    return dataset_of(keys[0]).calendar or Calendar.NEW_YORK


def choose(
    arguments: argparse.Namespace, source: LakeResource, keys: Sequence[dg.AssetKey]
) -> list[str]:
    """Sessions asked for; without any, those with raw files that are not all materialized."""
    named = list(_named(arguments, calendar_of(keys)))
    if named and not arguments.stale:
        return named
    datasets = [dataset_of(key) for key in keys]
    states = open_survey(source).partitions(named or sessions_in_sight(source, datasets))
    wanted = State.STALE if arguments.stale else State.MISSING
    return sorted({s.partition for s in states if s.state is wanted and s.dataset in datasets})


def _named(arguments: argparse.Namespace, calendar: Calendar) -> Iterator[str]:
    if arguments.sessions:
        yield from parse_sessions(arguments.sessions, calendar)
    if arguments.start_date or arguments.end_date:
        if not (arguments.start_date and arguments.end_date):
            raise UnknownSessionError("--start-date and --end-date go together")
        yield from parse_sessions(f"{arguments.start_date}..{arguments.end_date}", calendar)
    for text in (arguments.dates or "").split(","):
        if text:
            yield session_on(parse_day(text.strip()), calendar).day.isoformat()


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
        yield from (_one(name, keys, force) for name in sessions)
        return
    # Workers that open a new run history at once trip over each other's tables.
    with dg.DagsterInstance.get():
        pass
    # Spawn: a forked child would share SQLite handles and thread pools with its parent.
    with ProcessPoolExecutor(min(workers, len(sessions)), get_context("spawn")) as pool:
        jobs = {pool.submit(_one, name, keys, force): name for name in sessions}
        for job in as_completed(jobs):
            try:
                yield job.result()
            except BrokenProcessPool:
                yield SessionRun(jobs[job], error="the worker process died; run it again")


def _one(name: str, keys: Sequence[dg.AssetKey], force: str) -> SessionRun:
    return run_partition(build_definitions(os.environ), name, select=keys, force=force)
