"""The proxy of `deploy/` before servers that only say who they are and what they were sent."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from lake_assets_tests.distributed.servers import DEPLOY, Server, free_port, listens, program, until

# bcrypt of "operates" and "reads", of the least cost, as `caddy hash-password` makes them
HASHES = {
    "LAKE_OPERATOR_HASH": "$2b$04$0g8LqK2Niuz3kCZuNneQ0uDTY6CwLJI.X7KGbCg1zZVHu7nVTsLAq",
    "LAKE_READER_HASH": "$2b$04$FoaTO18EmUJzkZuv29JUaex66D5YdH8/NCbpCQYkLgPwMyKxU3SBe",
}
OPERATOR, READER = ("op", "operates"), ("rd", "reads")


class Echo(BaseHTTPRequestHandler):
    """Answers with the server's name and the headers it got."""

    def do_GET(self):
        """As of `GET`."""
        body = {"who": self.server.who, "authorization": self.headers["Authorization"]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def behind():
    """Three servers, by the variable that names them to the proxy."""
    servers = {}
    for name in ("LAKE_UI", "LAKE_UI_READ_ONLY", "LAKE_API"):
        server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
        server.who = name
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers[name] = server
    yield {name: f"127.0.0.1:{server.server_port}" for name, server in servers.items()}
    for server in servers.values():
        server.shutdown()
        server.server_close()


@pytest.fixture
def proxied(behind, tmp_path):
    """What is asked of a port of the proxy, and by whom."""
    caddy = program("caddy")
    if caddy is None:
        pytest.skip("CADDY ABSENT: `make test-distributed` installs it")
    ports = {f"{name}_PORT": free_port() for name in ("LAKE_UI", "LAKE_READ_ONLY", "LAKE_API")}
    environ = {
        **behind,
        **HASHES,
        **{name: str(port) for name, port in ports.items()},
        "LAKE_SITE": "http://127.0.0.1",
        "LAKE_BIND": "127.0.0.1",
        "LAKE_OPERATOR": OPERATOR[0],
        "LAKE_READER": READER[0],
        "LAKE_API_TOKEN": "the-token-that-stays-inside",
        "HOME": str(tmp_path),
    }
    words = (caddy, "run", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile"))
    server = Server("caddy", words, tmp_path / "caddy.log", environ)
    server.start()
    try:
        for port in ports.values():
            until(lambda port=port: listens(port), seconds=60, what="the proxy's start")
        yield lambda name, who=None: httpx.get(
            f"http://127.0.0.1:{ports[f'{name}_PORT']}/", auth=who
        )
    finally:
        server.stop()


def test_nobody_passes_without_a_login(proxied):
    for port in ("LAKE_UI", "LAKE_READ_ONLY", "LAKE_API"):
        assert proxied(port).status_code == 401
        assert proxied(port, ("op", "guessed")).status_code == 401


def test_a_reader_sees_what_changes_nothing_and_an_operator_everything(proxied):
    assert proxied("LAKE_UI", READER).status_code == 401
    assert proxied("LAKE_UI", OPERATOR).json()["who"] == "LAKE_UI"
    for who in (READER, OPERATOR):
        assert proxied("LAKE_READ_ONLY", who).json()["who"] == "LAKE_UI_READ_ONLY"
        assert proxied("LAKE_API", who).json() == {
            "who": "LAKE_API",
            "authorization": "Bearer the-token-that-stays-inside",
        }
