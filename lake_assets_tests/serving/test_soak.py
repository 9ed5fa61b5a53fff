"""A service that is asked everything at once while its partitions are republished.

``LAKE_SOAK_SECONDS`` says for how long; ``make soak-api`` asks for ten minutes.
"""

import os
import random
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from statistics import median

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from lake_assets.catalog import LEVELS, OPTION_STATE
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake.tables import levels, publish
from lake_assets_tests.serving import soak
from lake_assets_tests.serving.servers import DAY, NIFTY

SECONDS = float(os.environ.get("LAKE_SOAK_SECONDS", "2"))
CLIENTS = 4
TOKEN = "fedcba9876543210" * 4
SECRET = "this-is-outside-of-the-lake"  # noqa: S105 - what nobody may be shown
PLANNED = ("503 timed_out", "503 overloaded", "503 Service Unavailable")
OPEN = ("/health", "/", "/page/")
LONG = 60  # seconds from which on memory is judged


class Client(threading.Thread):
    """Asks until told to stop; from an address of its own, as the rate is by address."""

    def __init__(self, number, base, stop):
        super().__init__()
        self.draw, self.stop, self.base = random.Random(number), stop, base  # noqa: S311 - no secret is drawn
        transport = httpx.HTTPTransport(local_address=f"127.0.0.{10 + number}")
        self.client = httpx.Client(transport=transport, timeout=60)
        self.seen, self.faults = Counter(), []

    def run(self):
        """Ask; whatever is wrong is kept."""
        with self.client:
            while not self.stop.is_set():
                try:
                    self.ask()
                except Exception as error:  # noqa: BLE001 - told by the test
                    self.faults.append(f"{type(error).__name__}: {error}")

    def ask(self):
        """One request, valid or hostile, with the token, without it or with another."""
        kind = self.draw.choice((soak.valid, soak.hostile))
        request = kind(self.draw)
        token = self.draw.choice((TOKEN, TOKEN, TOKEN, TOKEN, None, TOKEN[::-1]))
        headers = {"Host": self.base.partition("://")[2], "Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        url = httpx.URL(self.base).copy_with(raw_path=request.url.raw_path)
        sent = self.client.build_request(
            request.method, url, content=request.read(), headers=headers
        )
        try:
            answer = self.client.send(sent)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            self.seen["cut off"] += 1  # as a body that is too large is
            return
        found = soak.outcome(answer)
        self.seen[found] += 1
        if found.startswith("5") and found not in PLANNED:
            self.faults.append(f"{found}: {request.method} {request.url}: {answer.text[:300]}")
        if SECRET.encode() in answer.content or b"root:x:0:0" in answer.content:
            self.faults.append(f"read outside the lake: {request.url}")
        path = url.raw_path.decode()
        is_open = path.partition("?")[0] in OPEN or path.startswith(OPEN[2])
        if token != TOKEN and answer.status_code < 300 and not is_open:
            self.faults.append(f"answered without the token: {request.url}")


class Publisher(threading.Thread):
    """Republishes partitions, each generation with rows of its own."""

    def __init__(self, root, stop):
        super().__init__()
        self.lake, self.stop, self.generations = Lake(root), stop, 0

    def run(self):
        """Publish until told to stop."""
        state = self.lake.read(OPTION_STATE.of(NIFTY), DAY)
        while not self.stop.is_set():
            self.generations += 1
            publish(self.lake, LEVELS, levels(self.generations, 2_000), DAY)
            if self.generations % 10 == 0:
                changed = state.head(state.height - self.generations % 7)
                publish(self.lake, OPTION_STATE.of(NIFTY), changed, DAY)
            self.stop.wait(0.05)


def kept_mb(base):
    """What the service keeps in memory on purpose."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    text = httpx.get(f"{base}/metrics", headers=headers, timeout=60).text
    found = [f for f in text_string_to_metric_families(text) if f.name == "lake_kept_bytes"]
    return sum(sample.value for family in found for sample in family.samples) / 1e6


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_the_service_stands_while_everything_is_asked_and_republished(own_root, tmp_path):
    (tmp_path / "secret.parquet").write_text(SECRET)
    (own_root.parent / "secret.csv").write_text(SECRET)
    stop, memory = threading.Event(), []
    with soak.served(own_root, TOKEN, tmp_path) as (process, base):
        assert httpx.get(f"{base}/v1/days", timeout=60).status_code == 401
        with soak.watched(process, tmp_path / "opened") as is_watched:
            clients = [Client(n, base, stop) for n in range(CLIENTS)]
            publisher = Publisher(own_root, stop)
            for thread in (*clients, publisher):
                thread.start()
            ends = time.monotonic() + SECONDS
            while time.monotonic() < ends and process.poll() is None:
                memory.append((soak.memory_mb(process.pid), kept_mb(base)))
                stop.wait(min(1.0, SECONDS / 4))
            stop.set()
            for thread in (*clients, publisher):
                thread.join()
        assert process.poll() is None
        assert httpx.get(f"{base}/health", timeout=60).json() == {"status": "ok"}
    seen = sum((client.seen for client in clients), Counter())
    faults = [fault for client in clients for fault in client.faults]
    paths = soak.opened(tmp_path / "opened") if is_watched else Counter()
    outside = [path for path in paths if is_outside(path, own_root)]
    early, late = stretch(memory, 1), stretch(memory, 4)
    print(  # noqa: T201 - what `make soak-api` shows
        soak.report(
            seconds=SECONDS,
            requests=seen.total(),
            outcomes=dict(seen),
            generations=publisher.generations,
            faults=len(faults),
            files_opened=sum(paths.values()) if is_watched else None,
            opened_outside=outside if is_watched else None,
            memory_mb=[round(early[0]), round(late[0])],
            kept_mb=[round(early[1]), round(late[1])],
        )
    )
    assert not faults
    assert not outside
    assert seen["200"]
    assert seen["401"]
    assert seen["422"]
    assert publisher.generations > 1
    assert "Traceback" not in (tmp_path / "server.log").read_text()
    if SECONDS >= LONG:  # before that, caches and threads are still being filled
        own = [held - kept for held, kept in (early, late)]
        assert own[1] <= own[0] * 1.2 + 50


def stretch(memory, fifth):
    """Median memory, and of it what is kept on purpose, of a fifth of the soak."""
    size = max(1, len(memory) // 5)
    part = memory[fifth * size : (fifth + 1) * size] or memory[-1:]
    return tuple(median(each) for each in zip(*part, strict=True))


def is_outside(path, root):
    """Whether a path is not of the lake, nor what Python and the system read themselves.

    A folder above the lake is opened when its entry is forced to the disk; no file in it is read.
    """
    if Path(root).is_relative_to(path):
        return False
    libraries = (sys.prefix, sys.base_prefix, str(Path(soak.__file__).parents[2]), "/usr", "/lib")
    system = ("/proc", "/sys", "/dev", "/etc/localtime", "/etc/ld.so", str(Path.home() / ".cache"))
    return path.startswith("/") and not path.startswith((str(root), *libraries, *system))
