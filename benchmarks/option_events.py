"""Books of one BANKNIFTY day from Bronze to their state and all events, as the assets make them.

The day is simulated, with events planted in it. The measurement is a process of its own, so that
peak memory is its own; it takes as many threads as there are cores, or ``BENCH_THREADS``. Run with
``make bench``; ``BENCH_BOOK_ROWS`` changes the size.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

from benchmarks.option_books import peak_mb
from lake_assets.catalog.dataset import Layer
from lake_assets.definitions import lake_assets
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.io_manager import Upstream
from lake_assets.orchestration.job import Job
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.recipe import Recipe
from lake_assets.orchestration.resources import LakeResource, lake_from
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams

DAY = date(2025, 8, 1)
UNDERLYING = underlying_named("BANKNIFTY")
SESSION = session_on(DAY, UNDERLYING.calendar)
ROWS = int(os.environ.get("BENCH_BOOK_ROWS", "3800000"))
SECONDS = 22_501
STRIKES = 85
NEAR = 14  # contracts near the money, with a row in every second
TARGET_S, TARGET_MB = 3.0, 1_500


def write_day(root: Path, rows: int) -> None:
    """A day of about so many rows: the farther contracts change as often as it takes."""
    contracts = 4 * STRIKES
    share = (rows / SECONDS - NEAR) / (contracts - NEAR)
    params = OptionBookParams(strikes=STRIKES, update_share=min(1.0, max(0.0, share)), shards=4)
    simulate_option_books(SESSION, UNDERLYING, root / "raw", params)


def recipes(*, bronze: bool) -> list[Recipe]:
    """How the underlying's tables are made, in order: its Bronze, or all after it."""
    own = [a.recipe for a in lake_assets() if a.recipe.dataset.underlying == UNDERLYING.name]
    return [recipe for recipe in own if (recipe.dataset.layer is Layer.BRONZE) is bronze]


def make(recipe: Recipe, source: LakeResource) -> int:
    """One partition, published as its asset does; its rows."""
    job, lake = Job(recipe, str(DAY), source, LakeParams()), source.lake
    inputs = {d.name: Upstream(lake, d, str(DAY)) for d in recipe.upstream()}
    with lake.lock(recipe.dataset, str(DAY)):
        staged = job.stage(job.fingerprint(), inputs, None)
        lake.commit(staged)
    return staged.generation.rows


def measure(root: Path, *, bronze: bool) -> dict[str, object]:
    """Seconds, rows of each table, and peak memory."""
    source, chosen = lake_from({"LAKE_ROOT": str(root)}), recipes(bronze=bronze)
    start, busy, tables = time.perf_counter(), time.process_time(), {}
    for recipe in chosen:
        before = time.perf_counter()
        rows = make(recipe, source)
        tables[recipe.dataset.table] = (rows, time.perf_counter() - before)
    wall, busy = time.perf_counter() - start, time.process_time() - busy
    return {"seconds": wall, "processor_s": busy, "peak_mb": peak_mb(), "tables": tables}


def in_a_process(root: Path, step: str) -> dict[str, object]:
    """Measure apart from this process, whose memory would count."""
    threads = os.environ.get("BENCH_THREADS", str(os.cpu_count() or 1))
    command = [sys.executable, "-m", "benchmarks.option_events", str(root), step]
    environ = {**os.environ, "POLARS_MAX_THREADS": threads, "LAKE_DUCKDB_THREADS": threads}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Print seconds, processor seconds and peak memory, and those of each table."""
    if len(sys.argv) > 1:
        found = measure(Path(sys.argv[1]), bronze=sys.argv[2] == "bronze")
        print(json.dumps(found))
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_day(root, ROWS)
        books = in_a_process(root, "bronze")["tables"]["option_books"]
        # The first time compiles the kernels; only the second is shown.
        found = [in_a_process(root, "events") for _ in range(2)][-1]
    print(f"option events, {books[0]:,} rows of Bronze to state and events:")
    for table, (rows, seconds) in found["tables"].items():
        print(f"  {table:<18} {rows:>7,} rows {seconds:6.2f} s")
    print(f"{found['seconds']:.2f} s wall (target {TARGET_S} s), ", end="")
    print(f"{found['processor_s']:.2f} s of processor, ", end="")
    print(f"{found['peak_mb']:.0f} MB at most (target {TARGET_MB} MB)")


if __name__ == "__main__":
    main()
