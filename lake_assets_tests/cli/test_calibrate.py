"""`lake calibrate`: what it writes, what it takes effect in, what it refuses."""

from datetime import date

import pytest
import yaml

from lake_assets.catalog import BURSTS
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.underlyings import underlying_named
from lake_assets.market.vocabulary import Provenance
from lake_assets.orchestration.resources import parameters_from
from lake_assets.seconds.event_parameters import FearParams
from lake_assets_tests.seconds.burst_rows import burst_rows

NIFTY = underlying_named("NIFTY")


def publish(root, day, sizes):
    rows = burst_rows([{"pe_rel_delta_peak": -size} for size in sizes], day=day)
    made_from = Fingerprint(
        code_version="1", schema_hash="", parameters={}, inputs={}, raw_files={}
    )
    Lake(root).publish(
        BURSTS.of("NIFTY"),
        str(day),
        rows,
        fingerprint=made_from,
        provenance=Provenance.SIMULATED,
    )


@pytest.fixture
def calibrate(tmp_path, monkeypatch, capsys):
    """The command on a lake with a session of 20 falls and one of 20 larger ones."""
    publish(tmp_path, date(2025, 8, 1), [0.5] * 20)
    publish(tmp_path, date(2025, 8, 4), [0.8] * 20)
    monkeypatch.setenv("LAKE_ROOT", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "_dagster"))
    monkeypatch.delenv("LAKE_PARAMETERS", raising=False)

    def run(*words):
        capsys.readouterr()
        code = main(["calibrate", "--underlying", "NIFTY", *words])
        return code, *capsys.readouterr()

    return run


def fear_params(path):
    return parameters_from({"LAKE_PARAMETERS": str(path)}).group(FearParams, "NIFTY")


def test_the_file_holds_what_came_before_the_date(calibrate, tmp_path):
    code, out, _ = calibrate("2025-08-04")
    assert code == ExitCode.DONE
    assert "From 1 sessions of NIFTY before 2025-08-04" in out
    written = tmp_path / "parameters" / "NIFTY_2025-08-04.yaml"
    assert fear_params(written).theta_put == (0.5, 0.5, 0.5, 0.5)
    assert "2025-08-01 to 2025-08-01" in written.read_text()
    assert calibrate("2025-08-05")[0] == ExitCode.DONE
    later = fear_params(tmp_path / "parameters" / "NIFTY_2025-08-05.yaml")
    assert later.theta_put == (0.8, 0.8, 0.8, 0.8)
    assert Lake(tmp_path).verify() == []


def test_nothing_recalibrates_silently(calibrate, tmp_path):
    assert calibrate("2025-08-04")[0] == ExitCode.DONE
    written = tmp_path / "parameters" / "NIFTY_2025-08-04.yaml"
    before = written.read_bytes()
    # The parameters in force are as they were, and the same again is no change.
    assert parameters_from({}).group(FearParams, "NIFTY").theta_put == NIFTY.theta_put
    assert calibrate("2025-08-04")[0] == ExitCode.DONE
    # An earlier session arrives: the old file stays.
    publish(tmp_path, date(2025, 7, 31), [0.9] * 20)
    code, _, err = calibrate("2025-08-04")
    assert code == ExitCode.FAILED
    assert "says something else" in err
    assert written.read_bytes() == before
    other = tmp_path / "other.yaml"
    assert calibrate("2025-08-04", "--output", str(other))[0] == ExitCode.DONE
    assert fear_params(other).theta_put == (0.9, 0.9, 0.9, 0.9)


def test_it_builds_upon_the_parameters_in_force(calibrate, tmp_path):
    base = tmp_path / "base.yaml"
    given = {
        "label_threshold_u": 3000,
        "underlyings": {"SPY": {"start_tolerance_s": 9}, "NIFTY": {"start_tolerance_s": 7}},
    }
    base.write_text(yaml.safe_dump(given))
    code, _, _ = calibrate("2025-08-04", "--config", str(base), "--output", str(tmp_path / "new"))
    assert code == ExitCode.DONE
    written = yaml.safe_load((tmp_path / "new").read_text())
    assert written["underlyings"]["NIFTY"].pop("theta_put") == [0.5] * 4
    assert written == given


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["2025-08-01"], ExitCode.FAILED, "no bursts of NIFTY before 2025-08-01"),
        (["soon"], ExitCode.MISUSE, "write YYYY-MM-DD"),
        (["2025-08-04", "--underlying", "SENSEX"], ExitCode.MISUSE, "NIFTY, BANKNIFTY, SPY"),
    ],
)
def test_what_cannot_be_calibrated_is_said(calibrate, words, code, told):
    found, _, err = calibrate(*words)
    assert found == code
    assert told in err
