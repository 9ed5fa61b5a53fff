"""Option books: raw shards to Bronze, Bronze to state and events, events of many days to tables.

Each way below is a measured process that makes partitions as their assets do: read, checked, made
and published. The days are simulated, with events planted in them.
"""

import shutil
from datetime import date
from pathlib import Path
from typing import Any, Final

import polars as pl

from benchmarks.measurement import Stopwatch, answer
from lake_assets.catalog import BURST_LABELS, FAMILIES, TRUTH_TABLES
from lake_assets.catalog.dataset import WHOLE, Dataset, Layer
from lake_assets.definitions import lake_assets
from lake_assets.lake.kept import FOLDER
from lake_assets.market.price import NANOS_PER_MICRO
from lake_assets.market.sessions import session_days, session_on
from lake_assets.market.underlyings import Underlying, underlying_named
from lake_assets.market.vocabulary import Provenance
from lake_assets.orchestration.io_manager import Upstream
from lake_assets.orchestration.job import Job
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.resources import LakeResource, lake_from
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams

DAY: Final = date(2025, 8, 1)
LARGE: Final = underlying_named("BANKNIFTY")
SMALL: Final = underlying_named("NIFTY")
_SECONDS: Final = 22_501
_STRIKES: Final = 85
_NEAR: Final = 14  # contracts near the money, with a row in every second
_DAY_US: Final = 86_400 * 10**6


def simulate(folder: str, rows: str) -> dict[str, Any]:
    """Shards of about so many rows: the farther contracts change as often as it takes."""
    contracts, watch = 4 * _STRIKES, Stopwatch()
    share = (int(rows) / _SECONDS - _NEAR) / (contracts - _NEAR)
    params = OptionBookParams(strikes=_STRIKES, update_share=min(1.0, max(0.0, share)), shards=4)
    simulate_option_books(session_on(DAY, LARGE.calendar), LARGE, Path(folder) / "raw", params)
    watch.lap("simulate")
    return watch.told()


def ingest(folder: str) -> dict[str, Any]:
    """The shards to Bronze."""
    return _made(Path(folder), LARGE, bronze=True)


def events(folder: str) -> dict[str, Any]:
    """Bronze to the state second by second, and every event table; then once more.

    The first time in a process also imports numba and loads the compiled kernels.
    """
    first = _made(Path(folder), LARGE, bronze=False)
    return {**first, "again": _made(Path(folder), LARGE, bronze=False)}


def days(folder: str, count: str) -> dict[str, Any]:
    """Tables of so many days: one simulated, the others the same moved from session to session."""
    root, watch = Path(folder), Stopwatch()
    simulate_option_books(session_on(DAY, SMALL.calendar), SMALL, root / "raw", OptionBookParams())
    _made(root, SMALL, bronze=True)
    _made(root, SMALL, bronze=False)
    lake = _source(root).lake
    later = [day for day in session_days(SMALL.calendar) if day > DAY][: int(count) - 1]
    for dataset in (family.of(SMALL.name) for family in FAMILIES):
        if dataset.layer is Layer.BRONZE:
            continue
        rows, made = lake.read(dataset, str(DAY)), lake.in_force(dataset, str(DAY))
        for day in later:
            lake.publish(
                dataset,
                str(day),
                _moved(rows, dataset, day),
                fingerprint=made.fingerprint,
                provenance=Provenance.SIMULATED,
            )
    watch.lap("days")
    return watch.told()


def tables(folder: str, anew: str = "") -> dict[str, Any]:
    """Labels of bursts and truth tables over every day, remembered or counted anew."""
    if anew:
        shutil.rmtree(Path(folder) / FOLDER, ignore_errors=True)
    source, watch = _source(Path(folder)), Stopwatch()
    recipes = {a.recipe.dataset: a.recipe for a in lake_assets()}
    for dataset in (BURST_LABELS, TRUTH_TABLES):
        rows = _make(Job(recipes[dataset], WHOLE, source, LakeParams()), source)
        watch.lap(dataset.name)
    return {**watch.told(), "rows": rows}


def _made(root: Path, underlying: Underlying, *, bronze: bool) -> dict[str, Any]:
    """An underlying's Bronze, or all after it; rows and seconds of each table."""
    source, watch, rows = _source(root), Stopwatch(), dict[str, int]()
    own = [a.recipe for a in lake_assets() if a.recipe.dataset.underlying == underlying.name]
    for recipe in own:
        if (recipe.dataset.layer is Layer.BRONZE) is bronze:
            table = recipe.dataset.table
            rows[table] = _make(Job(recipe, str(DAY), source, LakeParams()), source)
            watch.lap(table)
    return {**watch.told(), "rows": rows}


def _make(job: Job, source: LakeResource) -> int:
    """One partition, published as its asset does; its rows."""
    dataset, lake = job.recipe.dataset, source.lake
    whole = dataset.calendar is None
    inputs = {
        up.name: Upstream(lake, up, None if whole and up.calendar else job.partition)
        for up in job.recipe.upstream()
    }
    with lake.lock(dataset, job.partition):
        staged = job.stage(job.fingerprint(), inputs, None)
        lake.commit(staged)
    return staged.generation.rows


def _source(root: Path) -> LakeResource:
    return lake_from({"LAKE_ROOT": str(root)})


def _moved(rows: pl.DataFrame, dataset: Dataset, day: date) -> pl.DataFrame:
    """The rows as if they were of another session."""
    by = pl.duration(days=(day - DAY).days, time_unit="us")
    nanos_by = (day - DAY).days * _DAY_US * NANOS_PER_MICRO
    columns = dataset.dtypes
    dated = [pl.col(n) + by for n, d in columns.items() if isinstance(d, pl.Datetime | pl.Date)]
    named = [pl.col(n).str.replace(str(DAY), str(day)) for n in columns if n.endswith("_id")]
    nanos = [pl.col(n) + nanos_by for n in columns if n == "timestamp_ns"]
    return rows.with_columns(*dated, *named, *nanos)


if __name__ == "__main__":
    answer(
        {"simulate": simulate, "ingest": ingest, "events": events, "days": days, "tables": tables}
    )
