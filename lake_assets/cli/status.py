"""`lake status`: what is materialized, stale or missing."""

import argparse

from lake_assets.catalog import RETRIEVAL_TABLES
from lake_assets.catalog.dataset import Cut
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import (
    open_lake,
    open_survey,
    parse_partitions,
    parse_sessions,
    sessions_in_sight,
)
from lake_assets.cli.report import console, print_states
from lake_assets.errors import UnknownSessionError
from lake_assets.market.sessions import Calendar
from lake_assets.orchestration.resources import LakeResource


def run(arguments: argparse.Namespace) -> ExitCode:
    """Look at every dataset of the sessions asked for, or of those in sight."""
    source = open_lake()
    survey = open_survey(source)
    named = _named(arguments.sessions, source) if arguments.sessions else sessions_in_sight(source)
    if not named and not arguments.json:
        console().print(
            f"The lake at {source.root} is empty and {source.raw_root} holds no ES trades and no "
            "option books.\nPut vendor files there, or run `lake demo`."
        )
        return ExitCode.DONE
    print_states([*survey.partitions(named), *survey.aggregates()], as_json=arguments.json)
    return ExitCode.DONE


def _named(text: str, source: LakeResource) -> list[str]:
    """Sessions of any exchange, and dates and months something has landed for.

    A date that is none of these is refused as New York's is.
    """
    in_sight = set(sessions_in_sight(source, RETRIEVAL_TABLES))
    found = set(parse_partitions(text, Cut.MONTH)) & in_sight
    if len(text.partition("..")[0]) == len("2026-05"):
        return sorted(found)
    found |= set(parse_partitions(text, Cut.DAY)) & in_sight
    for calendar in (Calendar.NSE, Calendar.NEW_YORK):
        try:
            found |= set(parse_sessions(text, calendar))
        except UnknownSessionError:
            if calendar is Calendar.NEW_YORK and not found:
                raise
    return sorted(found)
