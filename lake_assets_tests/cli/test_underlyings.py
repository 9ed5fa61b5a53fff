"""The command on option books: sessions of their own exchange, assets of one underlying."""

import json

import pytest

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main
from lake_assets_tests.orchestration.lakes import TestLake
from lake_assets_tests.sources.packed_shards import put, row

DAY = "2025-08-01"


@pytest.fixture
def lake(tmp_path, monkeypatch, capsys):
    """The command on a lake that has raw books of NIFTY and nothing else."""
    put(tmp_path / "raw", [row(second) for second in range(10)])
    (tmp_path / "_dagster").mkdir()
    made = TestLake(tmp_path)
    made.forget_runs()
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)

    def run(*words):
        capsys.readouterr()
        code = main(words)
        return code, *capsys.readouterr()

    return run


def test_what_is_missing_of_an_underlying_is_built_once(lake):
    code, out, _ = lake("backfill", "--select", "group:NIFTY", "--json")
    (run,) = json.loads(out)
    assert (code, run["partition"]) == (ExitCode.DONE, DAY)
    assert {asset["outcome"] for asset in run["assets"]} == {"built"}
    assert json.loads(lake("backfill", "--select", "group:NIFTY", "--json")[1]) == []


def test_raw_books_make_no_other_dataset_missing(lake):
    _, out, _ = lake("status", "--json")
    daily = [state for state in json.loads(out) if state["partition"] == DAY]
    assert daily
    assert {state["dataset"].split("/")[1] for state in daily} == {"NIFTY"}
    assert json.loads(lake("backfill", "--dry-run", "--json")[1]) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("backfill", DAY, "--select", "group:NIFTY or group:SPY"), "assets of 2 exchanges"),
        (("backfill", "2025-08-27", "--select", "group:NIFTY"), "is no nse session"),
        (("status", "2025-08-02"), "is no new_york session"),
    ],
)
def test_a_session_belongs_to_an_exchange(lake, words, told):
    code, _, err = lake(*words)
    assert code == ExitCode.MISUSE
    assert told in err
