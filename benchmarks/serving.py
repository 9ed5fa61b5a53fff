"""What a client of `lake serve` waits for: a day of features, its summary, a window, a playback.

A server of its own, on as many cores as the targets assume, is asked over loopback until it is
warm, and then again and again; the middle answer counts. Beside each stands what reading the same
columns and writing the same bytes takes without a server. Processor seconds are the server's own:
they hold on a busy machine, where waiting does not. Run with ``make bench``.
"""

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final

import httpx
import polars as pl
import psutil

from benchmarks.machine import keep_to
from benchmarks.market_truth import DAY, LARGE, events, ingest, simulate
from benchmarks.table import Line, Target, plain
from lake_assets.catalog import OPTION_STATE
from lake_assets.lake.lake import Lake
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import session_on

ROWS: Final = int(os.environ.get("BENCH_SERVED_ROWS", "400000"))
TIMES: Final = 30
WARM: Final = 8
CORES: Final = 2
COLUMNS: Final = 85
MS: Final = 1_000
PATH: Final = f"/v1/day/{LARGE.name}/{DAY}"
FIRST: Final = list(OPTION_STATE.of(LARGE.name).columns)[:COLUMNS]


def fill(root: Path) -> None:
    """A day of books with events planted in it, from Bronze to its last event table."""
    simulate(str(root), str(ROWS))
    ingest(str(root))
    events(str(root))


@contextmanager
def served(root: Path) -> Iterator[tuple[httpx.Client, psutil.Process]]:
    """A client of a server, and the server's process."""
    words = [sys.executable, "-m", "lake_assets.cli.main", "serve", "--port", "0"]
    environ = {**os.environ, "LAKE_ROOT": str(root), "PYTHONUNBUFFERED": "1"}
    environ["POLARS_MAX_THREADS"] = str(CORES)
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=environ) as process:
        said = process.stdout.readline() if process.stdout else ""
        found = re.search(r"http://\S+:\d+", said)
        try:
            if found is None:
                raise RuntimeError(f"the server said {said!r}")
            with httpx.Client(base_url=found[0].rstrip(";"), timeout=60) as client:
                yield client, psutil.Process(process.pid)
        finally:
            process.terminate()


def waited(work: Callable[[], object]) -> float:
    """Middle of many, in ms, once warm."""
    for _ in range(WARM):
        work()
    return median(_one(work) for _ in range(TIMES))


def _one(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * MS


def asked(
    client: httpx.Client,
    server: psutil.Process,
    path: str,
    query: Mapping[str, object],
    anew: Mapping[str, Callable[[int], object]],
) -> tuple[float, float, int]:
    """Wait and processor time of an answer, in ms, and its bytes; ``anew`` differs each time."""
    count = iter(range(10**6))

    def ask() -> httpx.Response:
        new = {name: value(next(count)) for name, value in anew.items()}
        return client.get(path, params={**query, **new}).raise_for_status()

    size = len(ask().content)
    before = server.cpu_times()
    wait = waited(ask)
    after = server.cpu_times()
    busy = (after.user + after.system - before.user - before.system) / (WARM + TIMES) * MS
    return wait, busy, size


def floor(root: Path) -> float:
    """The features' columns read and written as Arrow, without a server."""
    lake = Lake(root)

    def work() -> None:
        rows = lake.scan(OPTION_STATE.of(LARGE.name), str(DAY)).select(FIRST).collect()
        rows.write_ipc_stream(io.BytesIO(), compat_level=pl.CompatLevel.oldest())

    return waited(work)


def lines(root: Path) -> Iterator[Line]:
    """Each answer, beside its target."""
    least = floor(root)
    names = ",".join(FIRST)
    table = {"format": "arrow", "columns": names}
    window = {**table, "points": 2_000}
    with served(root) as (client, server):
        for work, most, path, query, anew in (
            ("a day of features, asked again", 100, "features", table, {}),
            ("the same, made anew", 100, "features", table, {"limit": lambda i: 30_000 + i}),
            ("summary, asked again", 20, "summary", {}, {}),
            ("another window of 2,000 points", 30, "window", window, {"start": _second}),
            ("playback, asked again", None, "playback", {}, {}),
        ):
            wait, busy, size = asked(client, server, f"{PATH}/{path}", query, anew)
            target = Target(name="wait", seen=wait, most=most or 0, digits=1, unit=" ms")
            yield Line(
                work=f"{work}, {size / 1e6:.2f} MB",
                reference=f"reading and writing alone: {least:.1f} ms"
                if path == "features"
                else "—",
                targets=[target] if most else (),
                also=[*([] if most else [f"wait {wait:.1f} ms"]), f"{busy:.1f} ms of processor"],
            )


def _second(count: int) -> int:
    """A moment after the open, another one each time."""
    return session_on(DAY, LARGE.calendar).hours.opens + count * NANOS_PER_SECOND


def main() -> None:
    """Print the table."""
    keep_to(CORES)
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        print(f"serving a day of {LARGE.name}, {TIMES} answers each:")
        print(plain(list(lines(Path(folder)))))


if __name__ == "__main__":
    main()
