"""`lake simulate` for option books: where they are, what refuses them."""

import polars as pl
import pytest

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main

DAY = "2025-08-01"


@pytest.fixture
def simulate(tmp_path, monkeypatch, capsys):
    """The command in an empty place; gives code, output and errors."""
    monkeypatch.setenv("LAKE_ROOT", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "_dagster"))

    def run(*words):
        code = main(["simulate", *words])
        return code, *capsys.readouterr()

    return run


def test_books_of_one_underlying_stand_beside_their_answers(simulate, tmp_path):
    code, out, _ = simulate("--underlying", "NIFTY", DAY, "--seed", "3")
    assert code == ExitCode.DONE
    assert "records of NIFTY options" in out
    folder = tmp_path / "raw" / "option_books" / DAY
    assert len(list(folder.glob("NIFTY/*.parquet"))) == 2
    answers = pl.read_parquet(folder / f"answers_NIFTY_{DAY}.parquet")
    assert answers["kind"].n_unique() == 12
    code, _, errors = simulate("--underlying", "NIFTY", DAY, "--seed", "4")
    assert code == ExitCode.FAILED
    assert "overwrite" in errors


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--underlying", "FTSE", DAY), "registered are NIFTY, BANKNIFTY, SPY"),
        (("--underlying", "NIFTY", "2025-08-02"), "no nse session"),
        (("--underlying", "NIFTY", DAY, "--strikes", "3"), "strikes: "),
    ],
    ids=["underlying", "session", "parameter"],
)
def test_what_cannot_be_simulated_is_said_in_a_sentence(simulate, tmp_path, words, told):
    code, _, errors = simulate(*words)
    assert code == ExitCode.MISUSE
    assert told in errors
    assert not (tmp_path / "raw" / "option_books").exists()


def test_chains_macro_series_and_risk_land_together(simulate, tmp_path):
    code, out, _ = simulate("--chains", "2025-12-17", "--symbols", "spy, qqq")
    assert code == ExitCode.DONE
    assert "contracts of SPY, QQQ" in out
    landed = {p.relative_to(tmp_path / "raw").as_posix() for p in tmp_path.rglob("*.csv")}
    assert landed == {
        "option_chains/2025-12-17/SPY.csv",
        "option_chains/2025-12-17/QQQ.csv",
        "macro/2025-12-17/daily.csv",
        "macro/2025-12-17/monthly.csv",
        "gpr/gpr-2025-12.csv",
    }
