"""`lake serve` as a person starts it."""

import os
import re
import signal
import subprocess
import sys

import httpx
import pytest

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main


@pytest.fixture
def served(tmp_path):
    """The process, and what it said first."""
    words = [sys.executable, "-m", "lake_assets.cli.main", "serve", "--port", "0"]
    environ = {**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": "error::ResourceWarning"}
    with subprocess.Popen(
        [*words, "--root", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environ,
    ) as process:
        yield process, process.stdout.readline()
        process.kill()


def test_it_says_where_and_answers_there_until_it_is_interrupted(served, tmp_path):
    process, said = served
    assert str(tmp_path) in said
    address = re.search(r"http://127\.0\.0\.1:\d+", said)[0]
    assert httpx.get(f"{address}/health").json() == {"status": "ok"}
    assert httpx.get(f"{address}/v1/days").json()["provenance"] is None

    process.send_signal(signal.SIGINT)
    assert process.wait(30) == ExitCode.DONE
    assert "Traceback" not in process.stderr.read()


def test_it_does_not_listen_where_strangers_are_without_a_token(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("LAKE_API_TOKEN", raising=False)
    code = main(["serve", "--root", str(tmp_path), "--host", "0.0.0.0"])  # noqa: S104
    assert code == ExitCode.REFUSED
    assert capsys.readouterr().err.startswith("lake: 0.0.0.0 can be reached from other machines")
