"""What a soak asks of a service, and who watches the service meanwhile."""

import json
import os
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from lake_assets_tests.serving.servers import DAY, NIFTY, QUIET, UNMADE

FORMATS = ("json", "arrow", "parquet", "csv", "blocks")
TABLES = ("levels", "touches", "signals", "labels", "barrier", "es_trades", "ohlcv_1m")
PARTS = ("features", "bursts", "liquidity", "fear", "chop", "regimes", "window", "summary")
NAMES = ("..", "%2e%2e", "%2f", "%00", "*", "SPY';drop", "0", "2025-99-99", "%ff", "~root", "-1")
PATHS = ("..%2f..%2fetc%2fpasswd", "/etc/passwd", "file:///etc/passwd", "{{7*7}}", "%e2%80%ae")
BITS = (*NAMES, *PATHS, "a" * 3_000)
_OPENED = re.compile(r'(?:open|openat|openat2)\((?:[^,"]+, )?"([^"]+)"')


def valid(draw: random.Random) -> httpx.Request:
    """A request that a client in its right mind makes."""
    asked = {"limit": draw.choice((1, 100, 5_000)), "format": draw.choice(FORMATS)}
    path = draw.choice(
        (
            f"/v1/datasets/{draw.choice(TABLES)}/{DAY}",
            f"/v1/day/{NIFTY}/{draw.choice((DAY, QUIET))}/{draw.choice(PARTS)}",
            f"/v1/signals/{DAY}/{draw.choice(('playback', 'levels', 'candles', 'flow'))}",
            *("/v1/days", "/v1/datasets", "/v1/metrics", "/ready", "/health", "/metrics", "/"),
        )
    )
    takes = path.startswith("/v1/datasets/") or path.endswith(("features", "window"))
    return httpx.Request("GET", f"http://lake{path}", params=asked if takes else None)


def hostile(draw: random.Random) -> httpx.Request:
    """A request of somebody who wishes the service ill, or whose program is broken."""
    bit, other = draw.choice(BITS), draw.choice(BITS)
    path = draw.choice(
        (
            f"/v1/datasets/{bit}/{other}",
            f"/v1/datasets/levels/{bit}",
            f"/v1/day/{bit}/{DAY}/window",
            f"/v1/day/{NIFTY}/{bit}/playback",
            f"/v1/signals/{bit}",
            f"/v1/metrics/{bit}",
            f"/v1/citations/{bit}",
            f"/page/{bit}",
            f"/{bit}/{other}",
            f"/v1/signals/{UNMADE}/depth?start={other}&end={bit}",
            f"/v1/datasets/levels/{DAY}?columns={other}&limit={bit}",
        )
    )
    url = httpx.URL("http://lake").copy_with(raw_path=_path(path))
    if draw.random() < 0.3:
        body = draw.choice((b"{", b"[]" * 2_000, b"\x00" * 70_000, b'{"tickers": ["../.."]}'))
        where = draw.choice(("/v1/metrics/query", "/v1/citations/verify", "/v1/claims/check"))
        headers = {"Content-Type": "application/json"}
        return httpx.Request("POST", f"http://lake{where}", content=body, headers=headers)
    return httpx.Request(draw.choice(("GET", "GET", "HEAD", "DELETE", "TRACE")), url)


def _path(text: str) -> bytes:
    return text.replace(" ", "%20").encode()


def outcome(answer: httpx.Response) -> str:
    """A status, and of what is planned among the 5xx its kind."""
    if answer.status_code < 500:
        return str(answer.status_code)
    try:
        return f"{answer.status_code} {answer.json()['error']['kind']}"
    except (ValueError, KeyError):
        # uvicorn's own answer where more connections come than it may hold
        return f"{answer.status_code} {answer.text[:40]}"


@contextmanager
def served(root: Path, token: str, folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`lake serve` as a process of its own, and where it listens."""
    words = [os.sys.executable, "-m", "lake_assets.cli.main", "serve", "--port", "0"]
    environ = {**os.environ, "LAKE_API_TOKEN": token, "PYTHONUNBUFFERED": "1"}
    with (
        (folder / "server.log").open("w") as told,
        subprocess.Popen(
            [*words, "--root", str(root)],
            stdout=subprocess.PIPE,
            stderr=told,
            text=True,
            env=environ,
        ) as process,
    ):
        try:
            said = process.stdout.readline()
            yield process, re.search(r"http://127\.0\.0\.1:\d+", said)[0]
        finally:
            process.terminate()
            process.wait(60)


@contextmanager
def watched(process: subprocess.Popen[str], log: Path) -> Iterator[bool]:
    """Every file the process opens, by strace where that is; whether it is."""
    tracer = shutil.which("strace")
    if tracer is None:
        yield False
        return
    words = [tracer, "-f", "-qq", "-s", "4096", "-e", "trace=open,openat,openat2"]
    with subprocess.Popen(
        [*words, "-o", str(log), "-p", str(process.pid)], stderr=subprocess.DEVNULL
    ) as watch:
        try:
            yield True
        finally:
            watch.terminate()


def opened(log: Path) -> Counter[str]:
    """Paths a trace tells of, each with how often it was opened; not what was newly made."""
    lines = log.read_text(errors="replace").splitlines()
    there = "\n".join(line for line in lines if "O_EXCL" not in line)
    return Counter(_OPENED.findall(there))


def memory_mb(pid: int) -> float:
    """What a process holds in memory."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


def report(**figures: object) -> str:
    """What a soak saw, as one line."""
    return "soak: " + json.dumps(figures, sort_keys=True)
