"""A question on the command line: readable numbers, stable exit codes, nothing of Dagster."""

import json
import subprocess
import sys

import pytest

from lake_assets.cli.exit_code import AnswerCode, ExitCode
from lake_assets.cli.main import main
from lake_assets.lake.lake import Lake
from lake_assets_tests.folders import filled_once
from lake_assets_tests.retrieval.market import random_market

QUESTION = "Past week SPY put/call ratio and IV skew with liquidity risk"


@pytest.fixture(scope="session")
def home(tmp_path_factory):
    def fill(folder):
        random_market(11, sessions=3).publish(Lake(folder / "lake"))

    return filled_once(tmp_path_factory, "ask", fill) / "lake"


@pytest.fixture
def lake(home, capsys):
    def run(*words):
        code = main([*words, "--root", str(home)])
        return code, capsys.readouterr()

    return run


def test_v14_the_first_question_is_answered(lake):
    code, told = lake("ask", QUESTION)
    assert code in {AnswerCode.ALL, AnswerCode.SOME}
    assert "Put/Call Ratio (Volume)" in told.out
    assert "IV Skew" in told.out
    assert "Market Impact Risk" in told.out
    assert "2026-05-29" in told.out
    assert "lake ask --verify pcr_volume:SPY:2026-05-29:v1:" in told.out
    assert "not understood" not in told.out


def test_v14_what_finds_no_place_is_shown(lake):
    code, told = lake("ask", "Show gamma for spy since Easter")
    assert code is AnswerCode.NONE
    assert "not understood: gamma spy since easter" in told.out


def test_a_citation_verifies(lake):
    _, told = lake("ask", "--metric", "pcr_volume", "--ticker", "SPY", "--json")
    citation = json.loads(told.out)["answers"][0]["citation_id"]
    code, told = lake("ask", "--verify", citation)
    assert code is ExitCode.DONE
    assert told.out.startswith("verified: ")
    _, told = lake("cite", citation)
    record = json.loads(told.out)
    assert record["citation_id"] == citation
    assert record["replay"]["template"] == "put_call@1"


def test_an_unknown_citation_is_no_success(lake):
    code, told = lake("ask", "--verify", "pcr_volume:SPY:2026-05-29:v1:000000000000")
    assert code is AnswerCode.SOME
    assert told.out.startswith("unknown_citation: ")


def test_the_plan_is_told_without_numbers(lake):
    code, told = lake("ask", QUESTION, "--explain", "--as-of", "2026-05-29")
    assert code is AnswerCode.ALL
    assert "put_call@1" in told.out
    assert "2026-05-22" in told.out


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--metric", "pcr_volume", "--ticker", "SPY"], AnswerCode.ALL),
        (["--metric", "pcr_volume", "--ticker", "SPY", "--ticker", "NONE"], AnswerCode.SOME),
        (["--metric", "nothing of the kind", "--ticker", "SPY"], AnswerCode.NONE),
        (["--metric", "pcr_volume", "--as-of", "yesterday"], ExitCode.MISUSE),
        ([], AnswerCode.NONE),
    ],
)
def test_exit_codes(lake, words, code):
    assert lake("ask", *words)[0] == code


def test_what_can_be_asked_is_listed(lake):
    _, told = lake("metrics", "--json")
    assert {"pcr_volume", "put_call_ratio"} <= {card["id"] for card in json.loads(told.out)}
    assert "iv_skew" in lake("metrics")[1].out


def test_a_terminal_is_not_spoken_to(lake):
    _, told = lake("ask", "--metric", "\x1b[2Jred", "--ticker", "SPY")
    assert "\x1b" not in told.out


def test_no_dagster_is_imported(home):
    program = (
        "import sys; from lake_assets.cli.main import main; "
        f"main(['ask', '--metric', 'oi', '--ticker', 'SPY', '--root', {str(home)!r}]); "
        "sys.exit('dagster' in sys.modules)"
    )
    words = [sys.executable, "-c", program]
    assert subprocess.run(words, capture_output=True, check=False).returncode == 0
