"""Which assets and sessions a backfill is asked for: one batch for each exchange's sessions."""

import argparse
import os
import warnings
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import dagster as dg

from lake_assets.catalog import RETRIEVAL_TABLES, dataset_named
from lake_assets.catalog.dataset import Cut, Dataset
from lake_assets.cli.place import open_survey, parse_partitions, sessions_in_sight
from lake_assets.definitions import build_definitions, lake_assets
from lake_assets.errors import MissingInputError, UnknownNameError, UnknownSessionError
from lake_assets.market.sessions import Calendar, regular_days
from lake_assets.orchestration.jobs import jobs_meant, make_jobs
from lake_assets.orchestration.recipe import is_of_touches
from lake_assets.orchestration.resources import LakeResource
from lake_assets.orchestration.survey import State, Survey


@dataclass(frozen=True, slots=True)
class Batch:
    """Assets whose sessions are those of one exchange, and the sessions to make of them."""

    keys: list[dg.AssetKey]
    sessions: list[str]


def batches_of(arguments: argparse.Namespace, source: LakeResource) -> list[Batch]:
    """What a backfill is asked for; a date need only be a session of one of the exchanges.

    Raises:
        UnknownNameError: the selection or the job names nothing, or assets of two exchanges.
        UnknownSessionError: no exchange has such a session.
    """
    found: list[Batch] = []
    refused: list[UnknownSessionError] = []
    for keys in _asked(arguments):
        try:
            found.append(Batch(keys, choose(arguments, source, keys)))
        except UnknownSessionError as error:
            refused.append(error)
    if not found:
        raise refused[0]
    return _recorded(found, source) if arguments.job else found


def _recorded(batches: Sequence[Batch], source: LakeResource) -> list[Batch]:
    """A job's batches without the underlyings that nobody recorded on a session.

    Raises:
        MissingInputError: nobody recorded any of them on any session.
    """
    survey, found = open_survey(source), list[Batch]()
    for batch in batches:
        sessions_of: dict[tuple[dg.AssetKey, ...], list[str]] = {}
        for session in batch.sessions:
            sessions_of.setdefault(_concerned(survey, batch.keys, session), []).append(session)
        found += [Batch(list(keys), names) for keys, names in sessions_of.items() if keys]
    if any(batch.sessions for batch in batches) and not found:
        asked = sorted({session for batch in batches for session in batch.sessions})
        raise MissingInputError(
            source.inventory.root,
            expected=f"option books of {', '.join(asked)}",
            found="none",
            remedy="`lake doctor` lists the raw files that are there",
        )
    return found


def _concerned(
    survey: Survey, keys: Sequence[dg.AssetKey], session: str
) -> tuple[dg.AssetKey, ...]:
    """Keys that are of no underlying, or of one that has raw books or a partition."""
    recorded = {d.underlying for d in map(dataset_of, keys) if survey.has_books(d, session)}
    return tuple(key for key in keys if dataset_of(key).underlying in {None, *recorded})


def _asked(arguments: argparse.Namespace) -> list[list[dg.AssetKey]]:
    if not arguments.job:
        return [selected(arguments.select)]
    graph = build_definitions(os.environ).resolve_asset_graph()
    jobs = make_jobs(lake_assets())
    return [sorted(jobs[name].selection.resolve(graph)) for name in jobs_meant(arguments.job)]


def selected(text: str | None) -> list[dg.AssetKey]:
    """Keys of a Dagster asset selection, without the aggregates of all sessions.

    Without a selection: every daily asset of the touches.

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
        touches = [a.recipe.dataset for a in lake_assets() if is_of_touches(a.recipe)]
        keys = [key for key in keys if dataset_of(key) in touches]
    if not keys:
        names = ", ".join(sorted(key.to_user_string() for key in graph.get_all_asset_keys()))
        raise UnknownNameError(f"--select {text!r} names no daily asset; there are {names}")
    cuts = {dataset_of(key).cut for key in keys}
    if len(cuts) > 1:
        raise UnknownNameError(
            f"--select {text!r} names assets whose partitions differ: {', '.join(sorted(cuts))}; "
            "select the groups of one of them, as group:NIFTY or group:chains, or name a --job"
        )
    return keys


def dataset_of(key: dg.AssetKey) -> Dataset:
    """The dataset an asset makes."""
    return dataset_named("/".join(key.path))


def choose(
    arguments: argparse.Namespace, source: LakeResource, keys: Sequence[dg.AssetKey]
) -> list[str]:
    """Sessions asked for; without any, those with raw files that are not all materialized."""
    first = dataset_of(keys[0])
    named = list(_named(arguments, first.cut))
    if named and first.calendar and first.underlying:
        named = _with_options(named, first.calendar)
    if named and first in RETRIEVAL_TABLES:
        named = _landed(named, sessions_in_sight(source, [dataset_of(key) for key in keys]))
    if named and not arguments.stale:
        return named
    datasets = [dataset_of(key) for key in keys]
    states = open_survey(source).partitions(named or sessions_in_sight(source, datasets))
    wanted = State.STALE if arguments.stale else State.MISSING
    return sorted({s.partition for s in states if s.state is wanted and s.dataset in datasets})


def _with_options(names: list[str], calendar: Calendar) -> list[str]:
    """Those in which options traded: futures have sessions of their own on some holidays.

    Raises:
        UnknownSessionError: in none of them.
    """
    open_days = {day.isoformat() for day in regular_days(calendar)}
    found = [name for name in names if name in open_days]
    if not found:
        raise UnknownSessionError(f"no options traded on {', '.join(names)} in {calendar}")
    return found


def _landed(names: list[str], in_sight: Collection[str]) -> list[str]:
    """Those something has landed for: of most dates and months nothing is retrieved.

    Raises:
        UnknownSessionError: for none of them.
    """
    found = [name for name in names if name in in_sight]
    if not found:
        raise UnknownSessionError(f"nothing has landed for {names[0]} to {names[-1]}")
    return found


def _named(arguments: argparse.Namespace, cut: Calendar | Cut) -> Iterator[str]:
    if arguments.sessions:
        yield from parse_partitions(arguments.sessions, cut)
    if arguments.start_date or arguments.end_date:
        if not (arguments.start_date and arguments.end_date):
            raise UnknownSessionError("--start-date and --end-date go together")
        yield from parse_partitions(f"{arguments.start_date}..{arguments.end_date}", cut)
    for text in (arguments.dates or "").split(","):
        if text:
            yield from parse_partitions(text.strip(), cut)
