"""`lake audit`: what it compares, what it refuses, and how it answers."""

import json

import pytest

from lake_assets.catalog import TAPE
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main
from lake_assets_tests.orchestration.lakes import DAY


@pytest.fixture
def audit(built_lake, monkeypatch, capsys):
    for name, value in built_lake.environ.items():
        monkeypatch.setenv(name, value)

    def run(*words):
        code = main(["audit", *words])
        return code, *capsys.readouterr()

    return run


def test_it_says_what_was_compared(audit):
    code, out, _ = audit(DAY, "--cuts", "2")
    assert code == ExitCode.DONE
    assert "score" in out
    assert f"{DAY}: 2 cuts, 2 probes, " in out
    assert out.rstrip().endswith("compared: 0 cells differ")


def test_a_program_reads_the_certificate(audit):
    code, out, _ = audit(DAY, "--cuts", "1", "--seed", "4", "--json")
    certificate = json.loads(out)
    assert code == ExitCode.DONE
    assert certificate["partition"] == DAY
    assert len(certificate["cuts"]) == 1
    assert certificate["leaks"] == []


def test_a_missing_table_is_named(audit, built_lake):
    (built_lake.root / TAPE.path(DAY)).unlink()
    code, _, err = audit(DAY)
    assert code == ExitCode.FAILED
    assert "cannot be audited" in err
    assert "tape not materialized" in err


def test_a_stale_table_is_named(audit, tmp_path):
    settings = tmp_path / "parameters.yaml"
    settings.write_text("tape_window_s: 30\n")
    code, _, err = audit(DAY, "--config", str(settings))
    assert code == ExitCode.FAILED
    assert "tape with parameters changed: tape_window_s 60→30" in err


def test_a_date_that_is_no_session_is_misuse(audit):
    assert audit("2025-12-25")[0] == ExitCode.MISUSE
