"""Packed shards of one BANKNIFTY day to a durable Bronze partition.

The measurement is a process of its own, so that peak memory is its own. Run with ``make bench``;
``BENCH_BOOK_ROWS`` changes the size. The rows are random: real ones compress, and so write, better.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime
from pathlib import Path

import numpy as np
import polars as pl

from lake_assets.catalog.option_books import OPTION_BOOKS
from lake_assets.catalog.parameters import BookParams
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.market.vocabulary import Provenance
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.option_books import read_option_books
from lake_assets_tests.sources.packed_shards import SCHEMA

DAY = date(2025, 8, 1)
EXPIRIES = (date(2025, 8, 28), date(2025, 9, 25))
ROWS = int(os.environ.get("BENCH_BOOK_ROWS", "3800000"))
SHARDS = 4
STRIKES = 85


def write_day(raw: Path, rows: int) -> None:
    """Random books of 340 contracts, in order of time, cut into shards."""
    chance = np.random.default_rng(1)
    opens = np.datetime64(datetime(2025, 8, 1, 9, 15), "us").astype(np.int64)  # noqa: DTZ001 - naive, as packed
    stamp = pl.Series(opens + np.sort(chance.integers(0, 22_500 * 10**6, rows))).cast(SCHEMA["ts"])
    plain = {
        pl.Float64: lambda: np.round(chance.uniform(1, 900, rows) * 20) / 20,
        pl.Float32: lambda: chance.uniform(50_000, 55_000, rows).astype(np.float32),
        pl.Int64: lambda: chance.integers(1, 40, rows) * 35,
        pl.Int16: lambda: np.full(rows, 8, np.int16),
        pl.Boolean: lambda: np.full(rows, fill_value=False),
    }
    columns = {n: plain[type(d)]() for n, d in SCHEMA.items() if type(d) in plain}
    which = chance.integers(0, 2, (2, rows))
    table = pl.DataFrame(columns).with_columns(
        timestamp=stamp,
        ts=stamp,
        lastTradeTime=stamp,
        volume=pl.Series(np.arange(rows) // 100 * 35),
        strike=pl.Series((50_000 + 100 * chance.integers(0, STRIKES, rows)).astype(np.float32)),
        opt_type=pl.Series(np.array(["CE", "PE"])[which[0]]),
        expiry=pl.Series(np.array(EXPIRIES, "datetime64[D]")[which[1]]),
        symbol=pl.lit("BANKNIFTY"),
        expiry_type=pl.lit("monthly"),
    )
    folder = raw / "option_books" / str(DAY) / "BANKNIFTY"
    folder.mkdir(parents=True)
    for at, part in enumerate(table.select(SCHEMA.names()).iter_slices(rows // SHARDS + 1)):
        part.cast(SCHEMA).write_parquet(folder / f"part-{at}.parquet")


def build(raw: Path, root: Path) -> None:
    """Read, check and publish the day as the asset does."""
    underlying = underlying_named("BANKNIFTY")
    session = session_on(DAY, underlying.calendar)
    rows = read_option_books(scan_raw(raw), session, underlying, BookParams())
    made_from = Fingerprint(
        code_version="bench", schema_hash="", parameters={}, inputs={}, raw_files={}
    )
    Lake(root).publish(
        OPTION_BOOKS.of(underlying.name),
        DAY.isoformat(),
        rows,
        fingerprint=made_from,
        provenance=Provenance.SIMULATED,
    )


def peak_mb() -> float:
    """Peak memory of this process; what getrusage says begins with that of its parent."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Print seconds, processor seconds and peak memory."""
    if len(sys.argv) > 1:
        start = time.perf_counter(), time.process_time()
        build(Path(sys.argv[1]), Path(sys.argv[2]))
        wall, busy = time.perf_counter() - start[0], time.process_time() - start[1]
        print(json.dumps({"seconds": wall, "processor_s": busy, "peak_mb": peak_mb()}))
        return
    with tempfile.TemporaryDirectory() as folder:
        small, whole = (Path(folder) / name for name in ("small", "whole"))
        for raw, rows in ((small, 1_000), (whole, ROWS)):
            write_day(raw, rows)
            # The small day compiles the kernel; its time is not shown.
            command = [sys.executable, "-m", "benchmarks.option_books", str(raw), f"{raw}-lake"]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    print(f"option books, {ROWS:,} rows of raw shards to Bronze:")
    print(f"{found['seconds']:.2f} s wall (target 6 s), ", end="")
    print(f"{found['processor_s']:.2f} s of processor, {found['peak_mb']:.0f} MB at most")


if __name__ == "__main__":
    main()
