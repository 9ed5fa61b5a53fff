"""An S3-compatible server in a process of its own, which does what it is told to do wrong.

``python -m lake_assets_tests.lake.object_server`` prints its port. A test puts what is to go wrong
at ``/_faults``: a list of ``{"method", "within", "what", "times"}``; the first that fits a request,
by method and by a part of its key, is used up by it.
"""

import json
import os
import subprocess
import sys
import threading
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class _Faulty:
    """Requests one at a time, as conditional puts are promised to be, some of them spoilt."""

    def __init__(self, app):
        self._app = app
        self._turn = threading.Lock()
        self._faults = []

    def __call__(self, environ, start):
        with self._turn:
            if environ["PATH_INFO"] == "/_faults":
                size = int(environ.get("CONTENT_LENGTH") or 0)
                self._faults = json.loads(environ["wsgi.input"].read(size))
                start("204 No Content", [])
                return []
            return self._answer(environ, start, self._fault(environ))

    def _fault(self, environ):
        for fault in self._faults:
            fits = fault["method"] == environ["REQUEST_METHOD"]
            if fits and fault["within"] in environ["PATH_INFO"] and fault["times"] > 0:
                fault["times"] -= 1
                return fault["what"]
        return None

    def _answer(self, environ, start, fault):
        if fault == "fail":
            return self._failed(start)
        told = []
        body = b"".join(
            self._app(environ, lambda status, headers, _=None: told.append((status, headers)))
        )
        status, headers = told[-1]
        if fault == "do, then fail":
            return self._failed(start)
        if fault == "flip":
            body = body[:-1] + bytes([body[-1] ^ 1])
        if fault == "cut":
            body = body[: len(body) // 2]  # under the length that is told
        start(status, headers)
        return [body]

    def _failed(self, start):
        start("500 Internal Server Error", [("Content-Type", "application/xml")])
        return [b"<Error><Code>InternalError</Code><Message>told to</Message></Error>"]


@dataclass(frozen=True)
class ObjectServer:
    """A server in a process of its own."""

    address: str
    process: subprocess.Popen

    @property
    def environ(self):
        """Variables by which boto3 finds it, and does not try for long."""
        return {**CREDENTIALS, "AWS_ENDPOINT_URL": self.address, "AWS_MAX_ATTEMPTS": "2"}

    def spoil(self, *faults):
        """Have it do wrong: ``(method, within, what, times)`` each."""
        names = ("method", "within", "what", "times")
        body = json.dumps([dict(zip(names, fault, strict=True)) for fault in faults]).encode()
        request = urllib.request.Request(f"{self.address}/_faults", body, method="PUT")  # noqa: S310 - ours
        urllib.request.urlopen(request).close()  # noqa: S310 - as above


@contextmanager
def running():
    """Start a server; it ends with the block."""
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-m", "lake_assets_tests.lake.object_server"],
        cwd=root,
        env={**os.environ, **CREDENTIALS, "PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield ObjectServer(f"http://127.0.0.1:{int(process.stdout.readline())}", process)
        finally:
            process.kill()


def serve():
    """Serve until killed, saying where first."""
    # Imported here: whoever starts this process need not wait for them.
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
        DomainDispatcherApplication,
        create_backend_app,
    )
    from werkzeug.serving import WSGIRequestHandler, make_server  # noqa: PLC0415

    WSGIRequestHandler.log = lambda *_: None
    app = _Faulty(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    sys.stdout.write(f"{server.port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    serve()
