"""`lake runs`: the journal as a person asks for it."""

import json
from dataclasses import replace

import pytest

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main
from lake_assets.lake.journal import Journal
from lake_assets_tests.lake.test_journal import ENTRY, FAILED


@pytest.fixture
def ask(tmp_path, capsys, monkeypatch):
    """The command on a lake of four requests, or of none."""
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "_dagster"))

    def run(*words, empty=False):
        if not empty:
            for entry in (ENTRY, replace(ENTRY, seconds=3.25), FAILED):
                Journal(tmp_path).append(entry)
            Journal(tmp_path).append(replace(ENTRY, dataset="gold/signals", outcome="reused"))
        assert main(["runs", "--root", str(tmp_path), *words]) is ExitCode.DONE
        return capsys.readouterr().out

    return run


def test_the_newest_are_shown_last(ask):
    found = json.loads(ask("--last", "2", "--json"))
    assert [row["outcome"] for row in found] == ["failed", "reused"]


def test_only_what_failed(ask):
    (row,) = json.loads(ask("--failed", "--json"))
    assert row["run_id"] == FAILED.run_id


def test_a_dataset_tells_what_it_takes(ask):
    signals, levels = json.loads(ask("--by-dataset", "--json"))
    assert signals == {
        "dataset": "gold/signals",
        "built": 0,
        "reused": 1,
        "failed": 0,
        "median_s": None,
        "slowest_s": None,
        "peak_memory_mb": 512,
    }
    assert (levels["built"], levels["failed"]) == (2, 1)
    assert (levels["median_s"], levels["slowest_s"]) == (2.25, 3.25)


@pytest.mark.parametrize("words", [(), ("--by-dataset",)])
def test_people_see_a_table(ask, words):
    assert "silver/levels" in ask(*words)


def test_an_empty_journal_says_what_writes_one(ask):
    assert "`lake backfill`" in ask(empty=True)
