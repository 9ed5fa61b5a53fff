"""An HTTPS server with the vendor's routes, which can be told to fail in the vendor's ways."""

import base64
import json
import ssl
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from lake_assets_tests.gateway.stock import SoldJob, Stocked, chosen, listing

_PREFIX = "db"  # apart from the rest, which a search for secrets would find
CANARY = f"{_PREFIX}-CaNaRyKeYtHaTnObOdYmAyWrItEdOwN"
ROUTES = {
    "metadata.get_dataset_condition": "condition",
    "metadata.get_record_count": "count",
    "metadata.get_billable_size": "size",
    "metadata.get_cost": "cost",
    "batch.submit_job": "submit",
    "batch.list_jobs": "jobs",
    "batch.get_job_details": "details",
    "batch.list_files": "files",
}
RECORD_BYTES = {"trades": 48, "mbp-10": 368, "tcbbo": 80, "cbbo-1s": 80}


@dataclass(frozen=True)
class Reply:
    """What is said instead of the truth.

    ``declared`` is a Content-Length that may lie; ``drip_s`` a pause after each byte; ``stall_s``
    one before the first. ``after`` runs the truth first, as when an answer is lost on its way.
    """

    status: int = 200
    body: bytes = b"{}"
    headers: dict[str, str] = field(default_factory=dict)
    declared: int | None = None
    drip_s: float = 0.0
    stall_s: float = 0.0
    after: bool = False
    hang_up: bool = False


def refusal(status: int, detail: str = "no", **headers: str) -> Reply:
    """An error as the vendor words it."""
    return Reply(status, json.dumps({"detail": detail}).encode(), headers)


def page() -> Reply:
    """A sign-in page in the place of an answer."""
    return Reply(body=b"<html><body>sign in</body></html>", headers={"Content-Type": "text/html"})


class Gateway:
    """One account: what was asked, what was sold, what is to go wrong."""

    def __init__(self, stock: list[Stocked]) -> None:
        self.stock = stock
        self.address = ""
        self.price_usd: Callable[[dict[str, str]], float] = lambda _: 0.25
        self.condition: Callable[[str, date], str | None] = lambda *_: "available"
        self.spoil: Callable[[str, bytes], bytes] = lambda _, content: content
        self.new_states = ["queued", "done"]
        self.jobs: list[SoldJob] = []
        self.bytes_bought = 0
        self.moments: dict[str, list[float]] = defaultdict(list)
        self.ranges: list[int] = []
        self._faults: dict[str, list[Reply]] = defaultdict(list)
        self._always: dict[str, Reply] = {}
        self.lock = threading.Lock()
        self.arrived = threading.Event()

    @property
    def asked(self) -> Counter[str]:
        """How often each route was asked."""
        with self.lock:
            return Counter({route: len(moments) for route, moments in self.moments.items()})

    def fail(self, route: str, *replies: Reply) -> None:
        """Say these once each on a route, in turn."""
        self._faults[route] += replies

    def fail_always(self, route: str, reply: Reply) -> None:
        """Say this on a route until told otherwise."""
        self._always[route] = reply

    def recover(self) -> None:
        """Go back to the truth."""
        self._always.clear()
        self._faults.clear()

    def fault(self, route: str) -> Reply | None:
        """What is to be said of a route now instead of the truth."""
        with self.lock:
            self.moments[route].append(time.monotonic())
            self.arrived.set()
            if self._faults[route]:
                return self._faults[route].pop(0)
            return self._always.get(route)

    def answer(self, route: str, query: dict[str, str]) -> object:
        """The truth."""
        with self.lock:
            return getattr(self, f"_{route}")(query)

    def content(self, job_id: str, name: str) -> bytes:
        """A file's bytes."""
        job = self._job(job_id)
        return self.spoil(name, job.contents()[name])

    def _job(self, job_id: str) -> SoldJob:
        return next(job for job in self.jobs if job.job_id == job_id)

    def _condition(self, query: dict[str, str]) -> object:
        first, last = (date.fromisoformat(query[name]) for name in ("start_date", "end_date"))
        days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        told = [(day, self.condition(query["dataset"], day)) for day in days]
        return [
            {"date": f"{day}", "condition": word, "last_modified_date": f"{day}"}
            for day, word in told
            if word is not None
        ]

    def _count(self, query: dict[str, str]) -> int:
        return sum(file.records for file in chosen(self.stock, query))

    def _size(self, query: dict[str, str]) -> int:
        return self._count(query) * RECORD_BYTES[query["schema"]]

    def _cost(self, query: dict[str, str]) -> float:
        return self.price_usd(query)

    def _submit(self, query: dict[str, str]) -> object:
        job_id = f"{query['dataset'].split('.')[0]}-20260105-JOB{len(self.jobs):04d}"
        job = SoldJob(
            job_id, query, chosen(self.stock, query), self.price_usd(query), [*self.new_states]
        )
        self.jobs.append(job)
        self.bytes_bought += self._size(query)
        return job.details()

    def _jobs(self, _: dict[str, str]) -> object:
        # The short form, which is all the vendor gives; expired ones are left out unless asked for.
        return [
            {"id": job.job_id, "state": job.states[0], "ts_received": "2026-01-05T00:00:00Z"}
            for job in self.jobs
            if job.states[0] != "expired"
        ]

    def _details(self, query: dict[str, str]) -> object:
        return self._job(query["job_id"]).details()

    def _files(self, query: dict[str, str]) -> object:
        job = self._job(query["job_id"])
        contents = {name: self.spoil(name, content) for name, content in job.contents().items()}
        return listing(contents, f"{self.address}/v0/batch/download/USER/{job.job_id}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    gateway: Gateway

    def log_message(self, *_: object) -> None:
        """The tests' output is theirs."""

    def do_GET(self) -> None:
        self._serve(dict(parse_qsl(urlsplit(self.path).query)))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._serve(dict(parse_qsl(body.decode())))

    def _serve(self, query: dict[str, str]) -> None:
        path = urlsplit(self.path).path.removeprefix("/v0/")
        route = ROUTES.get(path, "download")
        if span := self.headers.get("Range"):
            self.gateway.ranges.append(int(span.removeprefix("bytes=").partition("-")[0]))
        fault = self.gateway.fault(route)
        if fault is not None and not fault.after:
            self._say(fault)
            return
        if not self._is_known():
            self._say(refusal(401, "an API key is expected"))
            return
        truth = self._download(path) if route == "download" else self._json(route, query)
        self._say(fault or truth)

    def _json(self, route: str, query: dict[str, str]) -> Reply:
        return Reply(body=json.dumps(self.gateway.answer(route, query)).encode())

    def _download(self, path: str) -> Reply:
        *_, job_id, name = path.split("/")
        content = self.gateway.content(job_id, name)
        if "Range" not in self.headers:
            return Reply(body=content)
        return Reply(206, content[self.gateway.ranges[-1] :])

    def _is_known(self) -> bool:
        wanted = base64.b64encode(f"{CANARY}:".encode()).decode()
        return self.headers.get("Authorization") == f"Basic {wanted}"

    def _say(self, reply: Reply) -> None:
        if reply.stall_s:
            self._sleep(reply.stall_s)
        self.close_connection = True
        if reply.hang_up:
            return
        try:
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json", **reply.headers}
            declared = len(reply.body) if reply.declared is None else reply.declared
            for name, value in {**headers, "Content-Length": str(declared)}.items():
                self.send_header(name, value)
            self.end_headers()
            if not reply.drip_s:
                self.wfile.write(reply.body)
                return
            for at in range(len(reply.body)):
                self.wfile.write(reply.body[at : at + 1])
                self._sleep(reply.drip_s)
        except OSError:
            pass  # whoever asked has gone

    def _sleep(self, seconds: float) -> None:
        """Wait, or until the server ends."""
        self.server.ended.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, handler: type[BaseHTTPRequestHandler], certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), handler)
        self.ended = threading.Event()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        # The handshake is the handler's: a slow stranger must not keep others waiting.
        self.socket = context.wrap_socket(
            self.socket, server_side=True, do_handshake_on_connect=False
        )

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what some tests are about."""


@contextmanager
def serving(stock: list[Stocked], certificate: Path) -> Iterator[Gateway]:
    """A gateway that sells a stock for as long as the block runs."""
    gateway = Gateway(stock)
    handler = type("_Bound", (_Handler,), {"gateway": gateway})
    server = _Server(handler, certificate)
    gateway.address = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield gateway
    finally:
        server.ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
