"""Truth tables of a quarter and more of NIFTY days, from the event tables to the published file.

One simulated day stands for all, moved from session to session. The measurement is a process of
its own, so that peak memory is its own; it takes two threads, or ``BENCH_THREADS``. Run with
``make bench``; ``BENCH_TRUTH_DAYS`` changes the size.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import polars as pl

from benchmarks.option_books import peak_mb
from lake_assets.catalog import BURST_LABELS, FAMILIES, TRUTH_TABLES
from lake_assets.catalog.dataset import WHOLE, Dataset, Layer
from lake_assets.definitions import lake_assets
from lake_assets.market.price import NANOS_PER_MICRO
from lake_assets.market.sessions import session_days, session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.market.vocabulary import Provenance
from lake_assets.orchestration.io_manager import Upstream
from lake_assets.orchestration.job import Job
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.resources import LakeResource, lake_from
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams

DAY = date(2025, 8, 1)
UNDERLYING = underlying_named("NIFTY")
DAYS = int(os.environ.get("BENCH_TRUTH_DAYS", "81"))
TARGET_S = 20.0


def write_days(root: Path, days: int) -> None:
    """The tables of one simulated day, and of as many sessions after it."""
    session = session_on(DAY, UNDERLYING.calendar)
    simulate_option_books(session, UNDERLYING, root / "raw", OptionBookParams())
    source = lake_from({"LAKE_ROOT": str(root)})
    for asset in lake_assets():
        if asset.recipe.dataset.underlying == UNDERLYING.name:
            make(Job(asset.recipe, str(DAY), source, LakeParams()), source)
    tables = [f.of(UNDERLYING.name) for f in FAMILIES]
    later = [d for d in session_days(UNDERLYING.calendar) if d > DAY][: days - 1]
    for dataset in tables:
        if dataset.layer is not Layer.BRONZE:
            rows = source.lake.read(dataset, str(DAY))
            made = source.lake.in_force(dataset, str(DAY))
            for day in later:
                source.lake.publish(
                    dataset,
                    str(day),
                    moved(rows, dataset, day),
                    fingerprint=made.fingerprint,
                    provenance=Provenance.SIMULATED,
                )


def moved(rows: pl.DataFrame, dataset: Dataset, day: date) -> pl.DataFrame:
    """The rows as if they were of another session."""
    by = pl.duration(days=(day - DAY).days, time_unit="us")
    micros = (day - DAY).days * 86_400 * 10**6
    columns = dataset.dtypes
    dated = [pl.col(n) + by for n, d in columns.items() if isinstance(d, pl.Datetime | pl.Date)]
    named = [pl.col(n).str.replace(str(DAY), str(day)) for n in columns if n.endswith("_id")]
    nanos = [pl.col(n) + micros * NANOS_PER_MICRO for n in columns if n == "timestamp_ns"]
    return rows.with_columns(*dated, *named, *nanos)


def make(job: Job, source: LakeResource) -> int:
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


def measure(root: Path) -> dict[str, float]:
    """Seconds of both aggregates, rows of the second, and peak memory."""
    source = lake_from({"LAKE_ROOT": str(root)})
    recipes = {a.recipe.dataset: a.recipe for a in lake_assets()}
    start, busy = time.perf_counter(), time.process_time()
    for dataset in (BURST_LABELS, TRUTH_TABLES):
        rows = make(Job(recipes[dataset], WHOLE, source, LakeParams()), source)
    wall, busy = time.perf_counter() - start, time.process_time() - busy
    return {"seconds": wall, "processor_s": busy, "peak_mb": peak_mb(), "rows": rows}


def main() -> None:
    """Print seconds, processor seconds and peak memory."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
        return
    threads = os.environ.get("BENCH_THREADS", "2")
    environ = {**os.environ, "POLARS_MAX_THREADS": threads, "LAKE_DUCKDB_THREADS": threads}
    with tempfile.TemporaryDirectory() as folder:
        write_days(Path(folder), DAYS)
        command = [sys.executable, "-m", "benchmarks.truth_tables", folder]
        # The first time compiles the kernels; only the second is shown.
        for _ in range(2):
            done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"truth tables, {DAYS} days of {UNDERLYING.name} to {found['rows']:,} rows:")
    print(f"{found['seconds']:.2f} s wall (target {TARGET_S:.0f} s for 81 days), ", end="")
    print(f"{found['processor_s']:.2f} s of processor, {found['peak_mb']:.0f} MB at most")


if __name__ == "__main__":
    main()
