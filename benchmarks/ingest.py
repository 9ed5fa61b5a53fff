"""DBN `mbp-10` to a durable Parquet file: this lake beside the vendor's own converter.

Each measurement is a process of its own, so that peak memory is its own. Run with ``make bench``;
``BENCH_RECORDS`` and ``BENCH_REPEATS`` change the size.
"""

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from statistics import median

from lake_assets.catalog import ES_MBP10
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import session_on
from lake_assets.market.vocabulary import Provenance
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.inventory import scan_raw

DAY = date(2025, 12, 17)
RECORDS = int(os.environ.get("BENCH_RECORDS", "1000000"))
REPEATS = int(os.environ.get("BENCH_REPEATS", "3"))


def ours(raw: Path, out: Path) -> int:
    """Read, check and publish the session as the asset does."""
    rows = read_es_mbp10(scan_raw(raw), session_on(DAY))
    made_from = Fingerprint(
        code_version="bench", schema_hash="", parameters={}, inputs={}, raw_files={}
    )
    lake = Lake(out)
    manifest = lake.publish(
        ES_MBP10, DAY.isoformat(), rows, fingerprint=made_from, provenance=Provenance.SIMULATED
    )
    return manifest.current.rows


def vendor(raw: Path, out: Path) -> int:
    """Convert each file with the vendor's `to_parquet`; nothing is checked or made durable."""
    import databento  # noqa: PLC0415 - its import is not part of the other measurement

    out.mkdir(parents=True, exist_ok=True)
    for file in sorted(raw.rglob("*.mbp-10.dbn.zst")):
        databento.DBNStore.from_file(file).to_parquet(out / f"{file.name}.parquet")
    return 0


def warm() -> None:
    """Compile every kernel once, so that no measurement pays for it."""
    with tempfile.TemporaryDirectory() as folder:
        params = SimulationParams(seed=2, book_records=50_000)
        simulate_session(session_on(DAY), Path(folder) / "raw", params)
        ours(Path(folder) / "raw", Path(folder) / "lake")


def measure(name: str, raw: Path) -> dict[str, float]:
    """Seconds and peak memory (MB) of one way, in a process of its own."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "benchmarks.ingest", name, str(raw), f"{out}/out"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def main() -> None:
    """Print one table; ratios are of medians in this run."""
    if len(sys.argv) > 1:
        way = {"ours": ours, "vendor": vendor}[sys.argv[1]]
        start = time.perf_counter()
        way(Path(sys.argv[2]), Path(sys.argv[3]))
        seconds = time.perf_counter() - start
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"seconds": seconds, "peak_mb": peak}))
        return
    warm()
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        start = time.perf_counter()
        simulate_session(session_on(DAY), raw, SimulationParams(seed=1, book_records=RECORDS))
        simulated = RECORDS / (time.perf_counter() - start)
        runs = {name: [measure(name, raw) for _ in range(REPEATS)] for name in ("ours", "vendor")}
    best = {
        name: {key: median(run[key] for run in those) for key in ("seconds", "peak_mb")}
        for name, those in runs.items()
    }
    print(f"{platform.machine()}, {os.cpu_count()} cores, {RECORDS:,} records, {REPEATS} repeats")
    print(f"simulation: {simulated / 1e6:.2f} M book records/s, written as .dbn.zst")
    print("way                          M records/s   peak MB")
    for name, label in (("ours", "lake: checked, durable"), ("vendor", "databento to_parquet")):
        speed = RECORDS / best[name]["seconds"] / 1e6
        print(f"{label:<28} {speed:>11.2f} {best[name]['peak_mb']:>9.0f}")
    ratio = best["vendor"]["seconds"] / best["ours"]["seconds"]
    print(f"ratio: {ratio:.2f} times the vendor's speed")


if __name__ == "__main__":
    main()
