"""The command on option books: sessions of their own exchange, assets of one underlying."""

import json
from datetime import date

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
    for name, value in {**made.environ, "LAKE_AUDIT_CUTS": "0"}.items():
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


def test_doctor_lists_the_option_books_of_each_session(lake):
    code, out, _ = lake("doctor", "--json")
    (books,) = json.loads(out)["option_books"]
    assert (code, json.loads(out)["sessions"]) == (ExitCode.DONE, [])
    assert (books["session"], books["underlying"], books["files"]) == (DAY, "NIFTY", 1)
    assert "bursts_NIFTY" in books["would_build"]
    out = lake("doctor")[1]
    assert "option-book files" in out
    assert "No ES trades" not in out


def underlyings_run(out):
    """Session and underlyings of each run a backfill tells of."""
    return [
        (run["partition"], sorted({a["key"].split("/")[1] for a in run["assets"]}))
        for run in json.loads(out)
    ]


def test_a_job_is_run_on_what_was_recorded_and_nothing_else(lake, tmp_path):
    put(tmp_path / "raw", [row(second) for second in range(10)], underlying="BANKNIFTY")
    put(tmp_path / "raw", [], underlying="BANKNIFTY", day=date(2025, 7, 31))
    code, out, _ = lake("backfill", "2025-07-30..2025-08-04", "--job", "market_truth", "--json")
    assert code == ExitCode.DONE
    assert underlyings_run(out) == [
        ("2025-07-31", ["BANKNIFTY"]),
        (DAY, ["BANKNIFTY", "NIFTY"]),
    ]


def test_a_job_of_sessions_nobody_recorded_says_so(lake):
    # 2025-08-27 was a session in New York only
    code, _, err = lake("backfill", "2025-08-27", "--job", "market_truth", "--json")
    assert code == ExitCode.FAILED
    assert "expected option books of 2025-08-27, found none" in err


def test_everything_is_each_calendars_own(lake):
    # Without dates nothing is asked for that has no raw files.
    _, out, _ = lake("backfill", "--job", "everything", "--dry-run", "--json")
    assert {(due["partition"], due["dataset"].split("/")[1]) for due in json.loads(out)} == {
        (DAY, "NIFTY")
    }
    # With one, the touches want their files; the books do not wait for them.
    code, out, _ = lake("backfill", DAY, "--job", "everything", "--force", "--json")
    touches, books = json.loads(out)
    assert code == ExitCode.FAILED
    assert (touches["partition"], touches["assets"]) == (DAY, [])
    assert "expected files of GLBX.MDP3 trades" in touches["error"]
    assert underlyings_run(json.dumps([books])) == [(DAY, ["NIFTY"])]


def test_a_job_without_dates_takes_what_is_missing_of_it(lake):
    assert json.loads(lake("backfill", "--job", "signals", "--json")[1]) == []
    _, out, _ = lake("backfill", "--job", "market_truth", "--dry-run", "--json")
    assert {due["partition"] for due in json.loads(out)} == {DAY}
    _, out, _ = lake("backfill", "--job", "market_truth", "--json")
    assert underlyings_run(out) == [(DAY, ["NIFTY"])]
    assert json.loads(lake("backfill", "--job", "market_truth", "--json")[1]) == []


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("backfill", DAY, "--job", "training_set"), "there are ingest, signals, market_truth"),
        (("backfill", "2025-07-04", "--job", "market_truth_new_york"), "no options traded on"),
        (("backfill", "2025-08-02", "--job", "market_truth"), "is no new_york session"),
        (("backfill", "2025-08-27", "--job", "market_truth_nse"), "is no nse session"),
        (
            ("backfill", DAY, "--select", "group:NIFTY or group:SPY"),
            "partitions differ: new_york, nse",
        ),
        (("backfill", "2025-08-27", "--select", "group:NIFTY"), "is no nse session"),
        (("status", "2025-08-02"), "is no new_york session"),
    ],
)
def test_a_session_belongs_to_an_exchange(lake, words, told):
    code, _, err = lake(*words)
    assert code == ExitCode.MISUSE
    assert told in err
