"""`lake doctor`: the environment, the raw files found per session, and what would run."""

import argparse
import json
import os
import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake, open_survey
from lake_assets.cli.report import console, plain_table
from lake_assets.errors import RawInputError
from lake_assets.lake.roots import is_url
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import UNDERLYINGS
from lake_assets.orchestration.arrivals import sessions_with_trades
from lake_assets.orchestration.resources import LakeResource
from lake_assets.orchestration.survey import State
from lake_assets.sources.landed import LANDED, landed_partitions, landing_faults
from lake_assets.sources.option_books import book_days, book_fingerprints
from lake_assets.sources.selection import input_fingerprints

_PACKAGES = ("dagster", "duckdb", "polars", "numba", "databento", "pyarrow", "pandera")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Print the findings; 1 if a raw file cannot be used or the lake cannot be written."""
    source = open_lake()
    found = {
        "environment": dict(_environment(source)),
        "sessions": list(_sessions(source)),
        "option_books": list(_option_books(source)),
        "faults": [str(fault) for fault in _faults(source)],
        "landed": {name: landed_partitions(source.inventory, name) for name in LANDED},
    }
    if arguments.json:
        print(json.dumps(found))
    else:
        _print(source)
    writable = os.access(source.home, os.W_OK)
    return ExitCode.DONE if writable and not found["faults"] else ExitCode.FAILED


def _environment(source: LakeResource) -> Iterator[tuple[str, str]]:
    yield "python", platform.python_version()
    yield from ((name, version(name)) for name in _PACKAGES)
    yield "lake", source.root if is_url(source.root) else str(source.home)
    yield "raw files", str(source.raw_root.resolve())
    yield "run history", os.environ["DAGSTER_HOME"]
    yield "cores", str(os.cpu_count())


def _sessions(source: LakeResource) -> Iterator[dict[str, object]]:
    survey = open_survey(source)
    for session in sessions_with_trades(source.inventory):
        name = session.day.isoformat()
        files = {
            dataset: len(input_fingerprints(source.inventory, session, dataset))
            for dataset in ("es_trades", "es_mbp10", "spy_options")
        }
        due = [s for s in survey.partitions([name]) if s.state is not State.MATERIALIZED]
        due = [state for state in due if state.dataset.underlying is None]
        yield {"session": name, **files, "would_build": [s.dataset.name for s in due]}


def _option_books(source: LakeResource) -> Iterator[dict[str, object]]:
    """The files of each session and underlying that books would be read from."""
    survey = open_survey(source)
    for underlying in UNDERLYINGS.values():
        for day in book_days(source.inventory, underlying):
            session = session_on(day, underlying.calendar)
            due = [
                state.dataset.name
                for state in survey.partitions([day.isoformat()])
                if state.dataset.underlying == underlying.name
                and state.state is not State.MATERIALIZED
            ]
            yield {
                "session": day.isoformat(),
                "underlying": underlying.name,
                "files": len(book_fingerprints(source.inventory, session, underlying)),
                "would_build": due,
            }


def _faults(source: LakeResource) -> list[RawInputError]:
    return [*source.inventory.faults, *landing_faults(source.inventory)]


def _landed(source: LakeResource) -> Iterator[str]:
    for name in LANDED:
        found = landed_partitions(source.inventory, name)
        if found:
            yield f"{name}: {len(found)} landed, {found[0]} to {found[-1]}"


def _print(source: LakeResource) -> None:
    out = console()
    table = plain_table("environment", "")
    for name, value in dict(_environment(source)).items():
        table.add_row(name, value)
    out.print(table)
    sessions = plain_table("session", "trade files", "book files", "option files", "would build")
    for row in _sessions(source):
        counts = [str(row[name]) for name in ("es_trades", "es_mbp10", "spy_options")]
        sessions.add_row(str(row["session"]), *counts, _due(row))
    out.print(sessions)
    books = plain_table("session", "underlying", "option-book files", "would build")
    for row in _option_books(source):
        books.add_row(str(row["session"]), str(row["underlying"]), str(row["files"]), _due(row))
    if books.row_count:
        out.print(books)
    for line in _landed(source):
        out.print(line)
    for fault in _faults(source):
        out.print(f"[red]unusable[/red] {fault}", soft_wrap=True)
    if not sessions.row_count and not books.row_count:
        out.print(
            f"No ES trades and no option books under {source.raw_root}: put vendor files there, "
            "or run `lake demo`."
        )


def _due(row: Mapping[str, object]) -> str:
    due = row["would_build"]
    return f"{len(due)} datasets" if isinstance(due, list) and due else "nothing"
