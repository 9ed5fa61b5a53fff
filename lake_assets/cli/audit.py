"""`lake audit`: whether a session's tables say what their past alone would have said."""

import argparse
import json
import os

from lake_assets.catalog import SIGNALS
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake, parse_sessions
from lake_assets.cli.report import console, plain_table
from lake_assets.definitions import lake_assets
from lake_assets.orchestration.auditor import audit_published
from lake_assets.orchestration.job import Job
from lake_assets.orchestration.resources import parameters_from


def run(arguments: argparse.Namespace) -> ExitCode:
    """Rebuild each session at sampled cuts and compare; 1 if a cell differs."""
    source, out = open_lake(), console()
    recipes = [asset.recipe for asset in lake_assets()]
    audited = next(recipe for recipe in recipes if recipe.dataset == SIGNALS)
    leaking = False
    for partition in parse_sessions(arguments.sessions):
        job = Job(audited, partition, source, parameters_from(os.environ))
        found = audit_published(recipes, job, cuts=arguments.cuts, seed=arguments.seed)
        leaking |= bool(found.leaks)
        if arguments.json:
            print(json.dumps({"partition": partition, **found.to_json()}))
            continue
        table = plain_table("table", "rows compared", right=("rows compared",))
        for name, rows in found.rows.items():
            table.add_row(name, f"{rows:,}")
        out.print(table)
        out.print(f"{partition}: {found.sentence()}", soft_wrap=True)
        for leak in found.leaks:
            out.print(f"  {leak}", soft_wrap=True)
    return ExitCode.FAILED if leaking else ExitCode.DONE
