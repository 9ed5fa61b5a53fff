"""`lake demo`: simulated sessions, from vendor files to Gold, and where to look."""

import argparse
import os
from datetime import date
from typing import Final

import dagster as dg
import polars as pl

from lake_assets.audit.certificate import Certificate
from lake_assets.catalog import RETRIEVAL_TABLES, SIGNALS, SIGNALS_MULTI_DAY
from lake_assets.catalog.dataset import Cut
from lake_assets.cli.backfill import backfill
from lake_assets.cli.batches import selected
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake
from lake_assets.cli.report import console, plain_table, print_runs
from lake_assets.cli.simulate import land, lively, simulate
from lake_assets.definitions import build_definitions
from lake_assets.market.sessions import Calendar, session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.jobs import keys_of
from lake_assets.orchestration.resources import LakeResource
from lake_assets.orchestration.runs import run_partition
from lake_assets.simulation.chains import ChainSimulation
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams

SESSIONS: Final = ("2025-12-16", "2025-12-17")
UNDERLYING: Final = "NIFTY"
_NEXT: Final = (
    "Next (`lake` is in .venv/bin):",
    "  `lake serve` plays the sessions in a browser, second by second; `make dev` opens the graph",
    "  `lake describe signals` explains the columns",
    '  `lake sql "select outcome, count(*) from gold.signals group by 1"` asks the lake',
    '  `lake ask "Past week SPY put/call ratio and IV skew"` answers with citations',
)
FEATURES: Final = (
    "level_kind",
    "direction",
    "barrier_state",
    "tape_sweep_direction",
    "fuel_effect",
    "signal",
    "confidence",
    "runway_quality",
    "outcome",
    "label_reason",
)


def run(arguments: argparse.Namespace) -> ExitCode:
    """Simulate, build, print; run again it computes nothing and says so."""
    source = open_lake()
    out = console()
    params = lively(seed=1, book_records=arguments.book_records)
    made = simulate(SESSIONS, source.raw_root, params)
    land(SESSIONS, source.raw_root, ChainSimulation())
    seconds = underlying_named(UNDERLYING)
    session = session_on(date.fromisoformat(SESSIONS[-1]), seconds.calendar)
    simulate_option_books(session, seconds, source.raw_root, OptionBookParams())
    out.print(
        f"Raw vendor files (simulated) of {len(made)} sessions of ES and SPY, and one of "
        f"{UNDERLYING}, in {source.raw_root}",
        soft_wrap=True,
    )
    # Chains have the sessions of the touches, and go with them: a run costs more than they do.
    keys = [*selected(None), *_retrieved(Calendar.NEW_YORK)]
    runs = backfill(SESSIONS, keys, workers=os.cpu_count() or 1)
    if not any(run.error for run in runs):
        definitions, last = build_definitions(os.environ), SESSIONS[-1]
        whole = [dg.AssetKey(SIGNALS_MULTI_DAY.key)]
        runs += [
            run_partition(definitions, last, select=keys_of([UNDERLYING])),
            run_partition(definitions, None, select=whole),
            run_partition(definitions, last, select=_retrieved(Cut.DAY)),
            run_partition(definitions, last[: len("2026-05")], select=_retrieved(Cut.MONTH)),
        ]
    print_runs(runs)
    if any(run.error for run in runs):
        return ExitCode.FAILED
    _print_mix(source)
    _print_proofs(source)
    _print_places(source)
    return ExitCode.DONE


def _retrieved(cut: Calendar | Cut) -> list[dg.AssetKey]:
    """Tables questions are answered from, by what their partitions are."""
    return [dg.AssetKey(dataset.key) for dataset in RETRIEVAL_TABLES if dataset.cut is cut]


def _print_mix(source: LakeResource) -> None:
    """What the touches are made of."""
    signals = source.lake.read(SIGNALS, list(SESSIONS))
    table = plain_table("column", "what the touches hold")
    for name in FEATURES:
        counts = signals[name].cast(pl.String).fill_null("null").value_counts(sort=True)
        table.add_row(name, "  ".join(f"{value} {count}" for value, count in counts.iter_rows()))
    console().print(table)


def _print_proofs(source: LakeResource) -> None:
    """What the point-in-time audit of each session compared."""
    console().print("Point-in-time audit, each session rebuilt from its past alone:")
    for name in SESSIONS:
        made = source.lake.in_force(SIGNALS, name)
        if made is not None and made.certificate is not None:
            sentence = Certificate(**made.certificate).sentence()
            console().print(f"  {name}: {sentence}", soft_wrap=True)


def _print_places(source: LakeResource) -> None:
    out, root = console(), source.home
    out.print("Gold:")
    for dataset, partition in [*((SIGNALS, s) for s in SESSIONS), (SIGNALS_MULTI_DAY, "all")]:
        out.print(f"  {root / dataset.path(partition)}")
    for line in _NEXT:
        out.print(line, soft_wrap=True)
