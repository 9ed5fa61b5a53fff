"""DBN `mbp-10` to a durable Parquet file: this lake beside the vendor's own converter.

Beside both stand their floors: decompression alone, and decoding alone. Each measurement is a
process of its own, so that peak memory is its own, and the ways take turns, so that a busy machine
is busy for all. Run with ``make bench``; ``BENCH_RECORDS`` and ``BENCH_REPEATS`` change the size,
``BENCH_LARGE_RECORDS`` that of the day whose peak memory is compared (0: none).
"""

import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from datetime import date
from functools import cache
from pathlib import Path
from statistics import median

import zstandard

from lake_assets.catalog import ES_MBP10
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import session_on
from lake_assets.market.vocabulary import Provenance
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session
from lake_assets.sources.dbn import iter_records
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.inventory import Inventory, scan_raw

DAY = date(2025, 12, 17)
RECORDS = int(os.environ.get("BENCH_RECORDS", "2000000"))
LARGE_RECORDS = int(os.environ.get("BENCH_LARGE_RECORDS", "10000000"))
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


def decompress(raw: Path, _: Path) -> int:
    """The floor: run each file through zstd into one buffer and drop it."""
    buffer, got = bytearray(1 << 20), 0
    for file in sorted(raw.rglob("*.mbp-10.dbn.zst")):
        with (
            file.open("rb") as stream,
            zstandard.ZstdDecompressor().stream_reader(stream, read_size=1 << 20) as content,
        ):
            while filled := content.readinto(buffer):
                got += filled
    return got


def decode(raw: Path, _: Path) -> int:
    """Every record of every file as the lake reads them, and dropped."""
    files = [file for file in _scanned(raw).files if file.schema == "mbp-10"]
    return sum(len(records) for file in files for records in iter_records(file))


WAYS = {
    "zstd": (decompress, "zstd decompression alone"),
    "decode": (decode, "decoding alone"),
    "ours": (ours, "lake: checked, durable"),
    "vendor": (vendor, "databento to_parquet"),
}


def warm() -> None:
    """Compile every kernel once, so that no measurement pays for it."""
    with tempfile.TemporaryDirectory() as folder:
        params = SimulationParams(seed=2, book_records=50_000)
        simulate_session(session_on(DAY), Path(folder) / "raw", params)
        ours(Path(folder) / "raw", Path(folder) / "lake")


def measure(name: str, raw: Path) -> dict[str, float]:
    """Seconds, of the clock and of all cores, and peak memory (MB), in a process of its own."""
    with tempfile.TemporaryDirectory() as out:
        command = [sys.executable, "-m", "benchmarks.ingest", name, str(raw), f"{out}/out"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measured(name: str, raw: Path, out: Path) -> dict[str, float]:
    """The measurement itself."""
    _scanned(raw)  # decoding alone is measured without it, the lake with one of its own
    start, spent = time.perf_counter(), time.process_time()
    WAYS[name][0](raw, out)
    return {
        "seconds": time.perf_counter() - start,
        "cpu": time.process_time() - spent,
        "peak_mb": peak_mb(),
    }


def peak_mb() -> float:
    """Most memory this process ever held; `ru_maxrss` would also tell of the one that began it."""
    told = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(re.search(r"VmHWM:\s*(\d+)", told)[1]) / 1024


@cache
def _scanned(raw: Path) -> Inventory:
    return scan_raw(raw)


def simulated(raw: Path, records: int) -> float:
    """Simulate a session; book records a second."""
    start = time.perf_counter()
    simulate_session(session_on(DAY), raw, SimulationParams(seed=1, book_records=records))
    return records / (time.perf_counter() - start)


def medians(runs: list[dict[str, float]]) -> dict[str, float]:
    """The median of each figure."""
    return {key: median(run[key] for run in runs) for key in runs[0]}


def main() -> None:
    """Print one table; ratios are of medians in this run."""
    if len(sys.argv) > 1:
        print(json.dumps(measured(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))))
        return
    warm()
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        speed = simulated(raw, RECORDS)
        rounds = [{name: measure(name, raw) for name in WAYS} for _ in range(REPEATS)]
        large = Path(folder) / "large"
        if LARGE_RECORDS:
            simulated(large, LARGE_RECORDS)
            grown = measure("ours", large)
    told = {name: medians([each[name] for each in rounds]) for name in WAYS}
    load = os.getloadavg()[0]
    print(f"{platform.machine()}, {os.cpu_count()} cores, load {load:.1f}; {REPEATS} repeats")
    print(f"simulation: {speed / 1e6:.2f} M book records/s, written as .dbn.zst")
    print(f"{RECORDS:>12,} records      M records/s  CPU us/record  peak MB")
    for name, (_, label) in WAYS.items():
        row = told[name]
        rate, cost = RECORDS / row["seconds"] / 1e6, row["cpu"] / RECORDS * 1e6
        print(f"{label:<26} {rate:>11.2f} {cost:>14.2f} {row['peak_mb']:>8.0f}")
    faster = told["vendor"]["seconds"] / told["ours"]["seconds"]
    above = told["decode"]["seconds"] / told["zstd"]["seconds"]
    print(f"{faster:.2f} times the vendor's speed; decoding is {above:.2f} times its floor")
    if LARGE_RECORDS:
        rate, growth = LARGE_RECORDS / grown["seconds"] / 1e6, grown["peak_mb"]
        print(
            f"{LARGE_RECORDS:,} records: {rate:.2f} M records/s, peak {growth:.0f} MB, "
            f"{growth / told['ours']['peak_mb']:.2f} times"
        )


if __name__ == "__main__":
    main()
