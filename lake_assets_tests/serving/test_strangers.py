"""Slow, greedy and broken clients are cut off, and nobody else waits for them."""

import socket
import threading
from contextlib import closing

import pytest

from lake_assets.serving.limits import Limits
from lake_assets_tests.serving.servers import DAY, NIFTY, serving

PLENTY = {"requests_per_s": 1e6, "burst": 10**6}
FEATURES = f"/v1/day/{NIFTY}/{DAY}/features?format=arrow"


def connect(client, *, receive_buffer=None):
    """A bare connection to a client's server."""
    raw = socket.socket()
    if receive_buffer:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    raw.settimeout(20)
    raw.connect((client.base_url.host, client.base_url.port))
    return raw


def head_of(client, path):
    return f"GET {path} HTTP/1.1\r\nHost: {client.base_url.host}\r\n".encode()


def is_cut_off(raw):
    """Whether the other side ends the connection, with or without a word."""
    try:
        while raw.recv(65_536):
            pass
    except ConnectionResetError:
        pass
    return True


@pytest.fixture
def hasty(served_root):
    """A client of a server that waits half a second for everything."""
    limits = Limits(**PLENTY, request_s=0.5, stall_s=0.5)
    with serving(served_root, limits=limits) as client:
        yield client


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"GET /health",
        b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nx",
    ],
    ids=["nothing", "half a line", "half a head", "half a body"],
)
def test_a_request_that_does_not_come_to_its_end_is_cut_off(hasty, sent):
    with closing(connect(hasty)) as raw:
        raw.sendall(sent)
        assert is_cut_off(raw)
    assert hasty.get("/health").status_code == 200


def test_dripping_buys_no_time(hasty):
    with closing(connect(hasty)) as raw:
        raw.sendall(head_of(hasty, "/health"))
        ended = threading.Event()

        def drip():
            try:
                while not ended.wait(0.05):
                    raw.sendall(b"X-A: b\r\n")
            except OSError:
                pass

        dripping = threading.Thread(target=drip)
        dripping.start()
        assert is_cut_off(raw)
        ended.set()
        dripping.join()


def test_a_reader_that_takes_nothing_is_cut_off(served_root):
    # room for one answer: while the reader's is held, another is refused
    limits = Limits(**PLENTY, stall_s=0.5, held_bytes=1_000_000)
    with (
        serving(served_root, limits=limits) as client,
        closing(connect(client, receive_buffer=4_096)) as raw,
    ):
        raw.sendall(head_of(client, FEATURES) + b"\r\n")
        assert raw.recv(12) == b"HTTP/1.1 200"
        answer = client.get(FEATURES)
        assert answer.status_code == 503
        while answer.status_code == 503:
            answer = client.get(FEATURES)
        taken = 0
        try:
            while piece := raw.recv(1_048_576):
                taken += len(piece)
        except ConnectionResetError:
            pass
    assert taken < len(answer.content)


def test_many_slow_readers_hold_no_thread(served_root):
    limits = Limits(**PLENTY, threads=2)
    with serving(served_root, limits=limits) as client:
        slow = [connect(client, receive_buffer=4_096) for _ in range(8)]
        try:
            for raw in slow:
                raw.sendall(head_of(client, FEATURES) + b"\r\n")
            for raw in slow:
                assert raw.recv(12) == b"HTTP/1.1 200"
            assert client.get(f"/v1/day/{NIFTY}/{DAY}/summary").status_code == 200
        finally:
            for raw in slow:
                raw.close()


def test_answers_on_their_way_have_bounded_room(served_root):
    limits = Limits(**PLENTY, held_bytes=1_000_000)
    with (
        serving(served_root, limits=limits) as client,
        closing(connect(client, receive_buffer=4_096)) as raw,
    ):
        raw.sendall(head_of(client, FEATURES) + b"\r\n")
        assert raw.recv(12) == b"HTTP/1.1 200"
        refused = client.get(FEATURES)
        assert refused.status_code == 503
        assert refused.json()["error"]["kind"] == "overloaded"
        assert refused.headers["Retry-After"] == "1"
        assert client.get("/health").status_code == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /health HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET /health HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\r\n" * 50_000,
        b"GET http://example.org/health HTTP/1.1\r\nHost: example.org\r\n\r\n",
    ],
    ids=["tls", "two hosts", "long line", "smuggled", "huge chunk", "http2", "blanks", "proxy"],
)
def test_what_is_no_request_is_refused(hasty, sent):
    with closing(connect(hasty)) as raw:
        try:
            raw.sendall(sent)
            answer = raw.recv(65_536)
        except ConnectionResetError:
            answer = b""
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4")
    assert hasty.get("/health").status_code == 200


def test_who_leaves_in_the_middle_costs_nothing(client):
    for _ in range(20):
        with closing(connect(client)) as raw:
            raw.sendall(head_of(client, FEATURES) + b"\r\n")
    assert client.get(FEATURES).status_code == 200


def test_a_line_that_is_too_long_is_told_so(served_root):
    limits = Limits(**PLENTY, waiting=1, threads=1)
    with serving(served_root, limits=limits) as client:
        path = f"/v1/day/{NIFTY}/{DAY}/playback"
        found = []
        asking = [
            threading.Thread(target=lambda: found.append(client.get(path))) for _ in range(12)
        ]
        for thread in asking:
            thread.start()
        for thread in asking:
            thread.join()
    codes = {answer.status_code for answer in found}
    assert codes == {200, 503}
    told = next(answer for answer in found if answer.status_code == 503)
    assert told.json()["error"]["kind"] == "overloaded"
