"""`lake status`: what is materialized, stale or missing."""

import argparse

from lake_assets.cli.place import open_lake, open_survey, parse_sessions, sessions_in_sight
from lake_assets.cli.report import console, print_states


def run(arguments: argparse.Namespace) -> int:
    """Look at every dataset of the sessions asked for, or of those in sight."""
    source = open_lake()
    survey = open_survey(source)
    named = parse_sessions(arguments.sessions) if arguments.sessions else sessions_in_sight(source)
    if not named and not arguments.json:
        console().print(
            f"The lake at {source.root} is empty and {source.raw_root} holds no ES trades.\n"
            "Put vendor files there, or run `lake demo`."
        )
        return 0
    print_states([*survey.partitions(named), *survey.aggregates()], as_json=arguments.json)
    return 0
