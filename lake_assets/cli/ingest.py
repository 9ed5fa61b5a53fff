"""`lake ingest`: buy what sessions lack, land it, and make Bronze of it."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

import dagster as dg

from lake_assets.catalog import ES_MBP10, ES_TRADES, OPTION_BOOKS, SPY_OPTIONS
from lake_assets.cli.backfill import backfill
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake
from lake_assets.cli.quote import asked_sessions, buyer_into, requests_of
from lake_assets.cli.report import console, print_runs
from lake_assets.downloads.buyer import Landed
from lake_assets.downloads.products import products_named
from lake_assets.orchestration.runs import SessionRun

_MADE = {
    "es_trades": ES_TRADES,
    "es_mbp10": ES_MBP10,
    "spy_options": SPY_OPTIONS,
    "option_books": OPTION_BOOKS.of("SPY"),
}
"""The Bronze dataset that is made of each product."""


def run(arguments: argparse.Namespace) -> ExitCode:
    """Buy, land, and materialize Bronze of the sessions whose files are all here."""
    source = open_lake()
    sessions, products = asked_sessions(arguments), products_named(arguments.datasets)
    buyer = buyer_into(source)
    requests = requests_of(source, sessions, products)
    if arguments.buy_again:
        buyer.give_up(requests)
    landed = buyer.buy(requests, _tell)
    lost = {each.request.day.isoformat() for each in landed if each.error}
    keys = [dg.AssetKey(_MADE[name].key) for name in products]
    whole = [name for name in sessions if name not in lost]
    runs = backfill(whole, keys, workers=arguments.workers, quiet=arguments.json)
    _report(landed, runs, as_json=arguments.json)
    good = not lost and all(run.error is None for run in runs)
    return ExitCode.DONE if good else ExitCode.FAILED


def _tell(sentence: str) -> None:
    print(f"lake: {sentence}", file=sys.stderr)


def _report(landed: Sequence[Landed], runs: Sequence[SessionRun], *, as_json: bool) -> None:
    if as_json:
        told = [
            {
                "request": each.request.name,
                "folder": str(each.folder) if each.folder else None,
                "error": str(each.error) if each.error else None,
            }
            for each in landed
        ]
        print(json.dumps({"landed": told, "runs": [asdict(run) for run in runs]}))
        return
    out = console()
    if not landed:
        out.print("Nothing to buy: the raw folder has it all.")
    for each in landed:
        fate = each.error or f"landed in {each.folder}"
        out.print(f"{each.request.name}: {fate}", soft_wrap=True)
    if runs:
        print_runs(runs)
