"""P11: canary keys in the environment of every command appear nowhere afterwards.

LAKE_PROOF_JOB sets what is materialized: `signals` is the full run.
"""

import base64
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import quote

import httpx
import polars as pl
import pytest

from lake_assets_tests.orchestration.lakes import TestLake

JOB = os.environ.get("LAKE_PROOF_JOB", "ingest")
KEY = "db-CANARYk3yCANARYk3yCANARYk3y+/="
TOKEN = "c4na7yb16d52f0e3948a7c6b5d4e3f2a1c4na7yb16d52f0e3948a7c6b5d4e3f2"  # noqa: S105 - a canary
SECRETS = {"DATABENTO_API_KEY": KEY, "LAKE_API_TOKEN": TOKEN}
DAY = "2025-12-17"


def spellings(secret: str) -> set[bytes]:
    """A secret as it is, and as other layers may write it."""
    plain = secret.encode()
    forms = {plain, base64.b64encode(plain), plain.hex().encode(), quote(secret, safe="").encode()}
    return forms | {plain[:16]}  # a shortened one is one too


def leaks_in(content: bytes, where: str) -> list[str]:
    """Where a secret stands in some bytes."""
    return [
        f"{name} in {where}"
        for name, secret in SECRETS.items()
        if any(spelling in content for spelling in spellings(secret))
    ]


@pytest.fixture
def lake(tmp_path):
    """An empty lake."""
    (tmp_path / "lake").mkdir()
    found = TestLake(tmp_path / "lake")
    found.forget_runs()
    return found


def said(lake, *words, expected=0):
    """Everything a command printed."""
    done = lake.start("lake_assets.cli.main", *words, **SECRETS)
    out, err = done.communicate()
    assert done.returncode == expected, (out + err)[-3_000:]
    return (out + err).encode()


@contextmanager
def serving(lake, log):
    """A client of `lake serve`, run as a command."""
    words = [sys.executable, "-m", "lake_assets.cli.main", "serve", "--port", "0"]
    environ = {**os.environ, **lake.environ, **SECRETS}
    with log.open("wb") as file:
        server = subprocess.Popen(
            words, cwd=lake.root, env=environ, stdout=subprocess.PIPE, stderr=file, text=True
        )
        try:
            first = ""
            while not (told := re.search(r"http://[\w.:]+", first)):
                first = server.stdout.readline()
                assert first, log.read_text()
            with httpx.Client(base_url=told[0].rstrip("/"), timeout=60) as client:
                yield client
        finally:
            server.terminate()
            log.with_suffix(".out").write_text(first + server.communicate()[0])


PATHS = (
    "/",
    "/openapi.json",
    "/health",
    "/metrics",
    "/v1/datasets",
    "/v1/metrics",
    "/v1/no/such/thing",
    f"/v1/day/ES/{DAY}",
    "/v1/day/ES/0",
    "/v1/citations/none",
)


def answers(client):
    """Bodies and heads of answers to a client with the token, with a wrong one and with none."""
    for headers in ({"authorization": f"Bearer {TOKEN}"}, {"authorization": "Bearer x"}, {}):
        for path in PATHS:
            answer = client.get(path, headers=headers)
            yield path, answer.content + str(answer.headers).encode()
        asked = client.post("/v1/metrics", headers=headers, json={"query": "SPY put/call ratio"})
        yield "POST /v1/metrics", asked.content + str(asked.headers).encode()


def test_a_canary_key_is_nowhere(lake, promise, tmp_path):
    texts = {
        "simulate": said(lake, "simulate", DAY, "--book-records", "50000"),
        "chains": said(lake, "simulate", DAY, "--chains", "--symbols", "SPY"),
        "backfill": said(lake, "backfill", DAY, "--job", JOB),
        "tables": said(lake, "backfill", DAY, "--job", "retrieval_tables"),
        "ask": said(lake, "ask", "Past week SPY put/call ratio"),
        "failure": said(lake, "backfill", "2025-12-16", "--job", JOB, expected=1),
    }
    if JOB == "signals":
        texts |= {
            "again": said(lake, "backfill", DAY, "--job", JOB),
            "doctor": said(lake, "doctor", "--json"),
            "status": said(lake, "status", "--json"),
            "misuse": said(lake, "backfill", "nonsense", expected=2),
        }
    with serving(lake, tmp_path / "serve.log") as client:
        texts |= {f"answer of {path}": body for path, body in answers(client)}
    assert any(b'"' in body for body in texts.values())
    with promise("P11") as counts:
        for where, content in texts.items():
            counts["texts"] += 1
            assert leaks_in(content, where) == []
        files = sorted(p for p in tmp_path.rglob("*") if p.is_file())
        assert any(p.suffix == ".db" for p in files)
        for path in files:
            counts["files"] += 1
            assert leaks_in(path.read_bytes(), str(path)) == []
            if path.suffix == ".parquet":
                text = pl.read_parquet(path).select(pl.col(pl.String, pl.Enum, pl.Categorical))
                assert leaks_in(text.write_csv().encode(), str(path)) == []


def test_the_scan_would_find_one(tmp_path):
    (tmp_path / "run.db").write_bytes(b"x" + base64.b64encode(KEY.encode()) + b"y")
    assert leaks_in((tmp_path / "run.db").read_bytes(), "run.db")
