"""One simulated session: vendor files, Bronze, every table after it, the audit, the touch engines.

Each way below is a measured process; ``folder`` holds the raw files in ``raw`` and, once ingested,
Bronze in ``lake``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from benchmarks.measurement import Stopwatch, answer
from benchmarks.size import OPTION_TRADES_PER_RECORD, TRADES_PER_RECORD
from lake_assets.audit.probes import Bronze
from lake_assets.catalog import ES_MBP10, ES_TRADES, SPY_OPTIONS
from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.rows import Rows
from lake_assets.definitions import lake_assets
from lake_assets.lake.contract import check_rows
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import Session, session_on
from lake_assets.market.vocabulary import Provenance
from lake_assets.orchestration.audit import Audit
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.rebuild import Rebuild, bronze_in
from lake_assets.orchestration.recipe import is_of_touches
from lake_assets.physics.barrier_grid import barrier_of, measure_barrier_grid
from lake_assets.physics.fuel import measure_fuel
from lake_assets.physics.parameters import SignalParams
from lake_assets.physics.score import score_touches
from lake_assets.physics.tape import measure_tape
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.es_trades import read_es_trades
from lake_assets.sources.inventory import Inventory, scan_raw
from lake_assets.sources.spy_options import read_spy_options

DAY: Final = date(2025, 12, 17)
_LEAST_RECORDS: Final = 60_000  # below, prints do not shrink with the records
_MADE_FROM: Final = Fingerprint(
    code_version="bench", schema_hash="", parameters={}, inputs={}, raw_files={}
)
_READERS: Final[Mapping[Dataset, Callable[[Inventory, Session], pl.DataFrame | Rows]]] = {
    ES_TRADES: read_es_trades,
    ES_MBP10: read_es_mbp10,
    SPY_OPTIONS: read_spy_options,
}


def simulate(folder: str, records: str, *days: str) -> dict[str, Any]:
    """Write sessions as vendor files; trades and options in the reference day's proportion."""
    count, watch = int(records), Stopwatch()
    params = SimulationParams(
        seed=1,
        book_records=count,
        trades=round(TRADES_PER_RECORD * count) if count > _LEAST_RECORDS else None,
        option_trades=round(OPTION_TRADES_PER_RECORD * count) if count > _LEAST_RECORDS else None,
    )
    made = [
        simulate_session(session_on(date.fromisoformat(day)), Path(folder) / "raw", params)
        for day in days or (DAY.isoformat(),)
    ]
    watch.lap("simulate")
    sizes = {
        schema: sum(path.stat().st_size for path in made[0].paths(schema))
        for schema in ("mbp-10", "trades", "tcbbo")
    }
    return {**watch.told(), "bytes": sizes}


def ingest(folder: str, lake: str = "lake") -> dict[str, Any]:
    """Read, check and publish every Bronze table, each durably."""
    watch, store = Stopwatch(), Lake(Path(folder) / lake)
    raw, session = scan_raw(Path(folder) / "raw"), session_on(DAY)
    watch.lap("scan")
    for dataset, read in _READERS.items():
        store.publish(
            dataset,
            DAY.isoformat(),
            read(raw, session),
            fingerprint=_MADE_FROM,
            provenance=Provenance.SIMULATED,
        )
        watch.lap(dataset.name)
    return watch.told()


def compute(folder: str) -> dict[str, Any]:
    """Bronze to Gold in memory, twice: a new process also loads its compiled kernels.

    ``seconds`` are of the first time, ``warm``, ``laps`` and ``cpu_s`` of the second, as in the
    sessions of a backfill after its first.
    """
    first = _build(folder)[0]
    again, tables = _build(folder)
    checks = Stopwatch()
    for recipe in _rebuild().recipes:
        check_rows(recipe.dataset, tables[recipe.dataset.name])
    checks.lap("checks")
    warm = sum(again.laps.values())
    return {
        "seconds": sum(first.laps.values()),
        "warm": warm,
        "laps": again.laps,
        "cpu_s": again.cpu_s,
        "checks_share": checks.laps["checks"] / warm,
        "touches": len(tables["touches"]),
    }


def _build(folder: str) -> tuple[Stopwatch, dict[str, pl.DataFrame]]:
    """Every table in the order the data flows, each timed."""
    watch, rebuild, tables = Stopwatch(), _rebuild(), dict[str, pl.DataFrame]()
    held = _bronze(folder)
    watch.lap("read")
    for recipe in rebuild.recipes:
        step, name = replace(rebuild, recipes=[recipe]), recipe.dataset.name
        tables[name] = step.from_bronze(held, rebuild.session.hours.closes).tables[name]
        held[name] = tables[name].lazy()
        watch.lap(name)
    return watch, tables


def audit(folder: str) -> dict[str, Any]:
    """One cut with both probes, as a partition is published with, beside one build."""
    held, rebuild = _bronze(folder), _rebuild()
    closes = rebuild.session.hours.closes
    rebuild.from_bronze(held, closes)  # loads what is compiled
    watch = Stopwatch()
    tables = rebuild.from_bronze(held, closes).tables
    watch.lap("build")
    examined = Audit(rebuild, held, tables)
    certificate = examined.at(examined.draw(1, seed=1), seed=1)
    watch.lap("audit")
    laps = watch.laps
    return {**watch.told(), "ratio": laps["audit"] / laps["build"], "cells": certificate.cells}


def physics(folder: str, count: str) -> dict[str, Any]:
    """The engines and the score with its grid, for so many touches of the session.

    The book is read by any touches that span the day, by two as by thousands: ``whole`` has that
    reading in it, ``seconds`` and ``laps`` are what the touches cost beyond it.
    """
    held, rebuild = _bronze(folder), _rebuild()
    made = dict(rebuild.from_bronze(held, rebuild.session.hours.closes).tables)
    touches = made["touches"]
    drawn = touches.sample(int(count), with_replacement=True, seed=1)
    alone = _engines(held, made, pl.concat([touches.head(1), touches.tail(1)]))
    whole = _engines(held, made, drawn.sort("ts_event_ns", maintain_order=True))
    beyond = {name: whole.laps[name] - alone.laps[name] for name in whole.laps}
    return {"seconds": sum(beyond.values()), "laps": beyond, "whole": sum(whole.laps.values())}


def _engines(held: Bronze, made: Mapping[str, pl.DataFrame], touches: pl.DataFrame) -> Stopwatch:
    """Everything that is measured at a touch, each engine timed."""
    book, trades, params = held["es_mbp10"], held["es_trades"], SignalParams()
    front, flow, watch = made["front_contract"], made["option_flow"], Stopwatch()
    grid = measure_barrier_grid(touches, book, trades, front, params)
    barrier = barrier_of(grid)
    watch.lap("barrier")
    tape = measure_tape(touches, trades, front, params)
    watch.lap("tape")
    fuel = measure_fuel(touches, flow, params)
    watch.lap("fuel")
    score_touches(touches, barrier, tape, fuel, grid, trades, front, flow, params)
    watch.lap("score")
    return watch


def tables_of(folder: Path) -> Mapping[str, pl.DataFrame]:
    """Every Silver and Gold table of the session."""
    rebuild = _rebuild()
    return rebuild.from_bronze(_bronze(folder), rebuild.session.hours.closes).tables


def _bronze(folder: str | Path) -> Bronze:
    """Trades and options in memory, read once as a build does; the book stays on disk."""
    store, name = Lake(Path(folder) / "lake"), DAY.isoformat()
    held = bronze_in(store, _rebuild().recipes, name)
    return {
        **held,
        **{d.name: store.read(d, name).lazy() for d in (ES_TRADES, SPY_OPTIONS)},
    }


def _rebuild() -> Rebuild:
    recipes = [asset.recipe for asset in lake_assets()]
    touches = [recipe for recipe in recipes if is_of_touches(recipe) and not recipe.raw]
    return Rebuild(touches, session_on(DAY), LakeParams(), _MADE_FROM)


if __name__ == "__main__":
    answer(
        {
            "simulate": simulate,
            "ingest": ingest,
            "compute": compute,
            "audit": audit,
            "physics": physics,
        }
    )
