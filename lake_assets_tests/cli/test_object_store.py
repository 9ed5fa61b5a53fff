"""The command and the service over a lake in an object store say what they say of a folder."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from lake_assets.cli.exit_code import AnswerCode, ExitCode
from lake_assets.cli.main import main
from lake_assets.lake.lake import Lake
from lake_assets.retrieval.request import MetricQuery
from lake_assets.serving.app import build_app
from lake_assets.serving.limits import Limits
from lake_assets.serving.settings import Settings
from lake_assets_tests.lake.machines import edit, keys
from lake_assets_tests.retrieval.conftest import tool_over
from lake_assets_tests.retrieval.market import random_market
from lake_assets_tests.retrieval.silver import publish_options

ASKED = ("ask", "--metric", "pcr_volume", "--ticker", "SPY", "--json")
COUNTED = "select count(*), sum(volume), min(partition) from silver.option_snapshots"


@pytest.fixture
def homes(machines, tmp_path, monkeypatch):
    """A lake in a folder and the same one in a store, as a machine that made neither knows them."""
    market = random_market(11, sessions=1)
    market.publish(Lake(tmp_path / "folder"))
    market.publish(machines("one").lake())
    monkeypatch.setenv("LAKE_MIRROR", machines("two").environ["LAKE_MIRROR"])
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setenv("LAKE_RAW", str(tmp_path / "raw"))
    return str(tmp_path / "folder"), machines("one").url


@pytest.fixture
def said(homes, capsys):
    """What a command says of both, as code and output."""

    def run(*words):
        told = []
        for home in homes:
            code = main([*words, "--root", home])
            told.append((code, capsys.readouterr().out.replace(home, "<root>")))
        return told

    return run


def steady(out):
    """Answers without how long they took."""
    return json.loads(out)["answers"]


def test_every_command_says_the_same(said):
    (code, local), (code_there, there) = said(*ASKED)
    assert code == code_there == AnswerCode.ALL
    assert steady(local) == steady(there)
    for words in (("sql", COUNTED, "--format", "csv"), ("verify",), ("status", "--json")):
        local, there = said(*words)
        assert local == there
        assert local[0] == ExitCode.DONE
        assert local[1]


def told_by_service(lake, paths):
    """Bodies of a service's answers; it has no socket, and waits for no kernel."""
    app = build_app(lake, Settings(limits=Limits(query_s=300)))

    async def ask():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return [(await client.get(path)).json() for path in paths]

    return asyncio.run(ask())


def test_the_service_says_the_same(homes, machines, monkeypatch):
    folder, _ = homes
    monkeypatch.setenv("LAKE_FRESH_S", "60")  # as for a service that is asked often
    paths = ["/v1/datasets", "/v1/datasets/option_snapshots", "/v1/metrics", "/ready", "/v1/days"]
    local = told_by_service(Lake(Path(folder)), paths)
    assert local == told_by_service(machines("two").lake(), paths)
    assert local[0]["provenance"] == "simulated"


def test_a_citation_outlives_its_file_on_another_machine(machines):
    market = random_market(11, sessions=1)
    one, two = machines("one").lake(), machines("two").lake()
    market.publish(one)
    asked = {"metrics": ("pcr_volume",), "tickers": ("SPY",)}
    answer = tool_over(one).query(MetricQuery(**asked)).answers[0]
    assert tool_over(two).verify(answer).verdict == "verified"
    (day,) = market.options
    publish_options(one, day, market.options[day][:-1], daily=True)
    assert tool_over(machines("three").lake()).verify(answer).verdict == "superseded"


def test_a_store_that_is_away_is_one_sentence(machines, monkeypatch, capsys):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    machine = machines("one")
    for name, value in machine.environ.items():
        monkeypatch.setenv(name, value)
    assert main(["verify"]) == ExitCode.FAILED
    assert "AWS_ENDPOINT_URL" in capsys.readouterr().err


@pytest.mark.parametrize("root", ["s3:/one/slash", "s3://UPPER", "gs://bucket", "s3://a/../b"])
def test_a_url_that_is_none_is_misuse(root, capsys):
    for words in (("verify",), ("ask", "--metric", "pcr_volume")):
        assert main([*words, "--root", root]) == ExitCode.MISUSE
        assert "s3://<bucket>/<prefix>" in capsys.readouterr().err


def test_without_the_package_it_says_how_to_have_it(tmp_path):
    code = (
        "import sys; sys.modules['boto3'] = None\n"
        "from lake_assets.cli.main import main\n"
        "sys.exit(main(['ask', '--metric', 'x', '--root', 's3://lakes/one']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"LAKE_MIRROR": str(tmp_path), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.FAILED
    assert "pip install 'lake-assets[s3]'" in done.stderr


def test_verify_exits_as_it_finds(homes, machines, capsys):
    store = machines("one").store
    edit(store, keys(store, "silver/")[0], lambda data: data[:-1])
    assert main(["verify", "--root", homes[1]]) == ExitCode.FAILED
    assert keys(store, "silver/")[0] in capsys.readouterr().out
