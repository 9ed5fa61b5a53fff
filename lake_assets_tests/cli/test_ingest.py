"""`lake quote` and `lake ingest`: what is printed, what is bought, what the shell is told."""

import json
from decimal import Decimal

import pytest

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main
from lake_assets.orchestration.report import warnings_of
from lake_assets_tests.gateway.server import CANARY, refusal
from lake_assets_tests.gateway.shop import WAITS, Shop, files_with_key
from lake_assets_tests.orchestration.lakes import DAY, DAYS, TestLake

PRICES = {"trades": 0.25, "mbp-10": 1.5, "tcbbo": 0.75, "cbbo-1s": 4.0}


@pytest.fixture
def lake(tmp_path, gateway, monkeypatch):
    """A lake without a raw file, its vendor on this machine, its history its own."""
    found = TestLake(tmp_path / "lake")
    found.root.mkdir()
    found.forget_runs()
    environ = {
        **found.environ,
        "DATABENTO_API_KEY": CANARY,
        "LAKE_DATABENTO_GATEWAY": gateway.address,
        **{f"LAKE_DOWNLOAD_{name.upper()}": str(value) for name, value in WAITS.items()},
    }
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    gateway.price_usd = lambda query: PRICES[query["schema"]]
    return found


@pytest.fixture
def run(capsys):
    """The command; gives code, output and errors."""

    def run(*words):
        capsys.readouterr()
        code = main(words)
        return code, *capsys.readouterr()

    return run


def test_a_quote_tells_all_of_it_and_buys_nothing(lake, gateway, run):
    code, out, _ = run("quote", f"{DAYS[0]}..{DAY}", "--json")
    told = json.loads(out)
    assert code == ExitCode.DONE
    assert [(q["session"], q["dataset"], q["schema"], q["symbols"]) for q in told["quotes"]] == [
        (day, *feed)
        for day in DAYS
        for feed in (
            ("GLBX.MDP3", "trades", "ES.FUT"),
            ("GLBX.MDP3", "mbp-10", "ES.FUT"),
            ("OPRA.PILLAR", "tcbbo", "SPY.OPT"),
        )
    ]
    assert {q["condition"] for q in told["quotes"]} == {"available"}
    assert [q["records"] for q in told["quotes"]][:3] == [6_000, 50_000, 20_000]
    assert told["per_session_usd"] == dict.fromkeys(DAYS, "2.50")
    assert (told["total_usd"], told["held_usd"], told["cap_usd"]) == ("5.00", "0", "0")
    assert gateway.asked["submit"] == 0
    assert Shop(gateway, lake.root / "raw").visible() == []


@pytest.mark.usefixtures("lake")
def test_a_quote_is_a_table_for_people(gateway, run):
    gateway.condition = lambda dataset, _: "degraded" if dataset == "OPRA.PILLAR" else "available"
    code, out, _ = run(
        "quote", "--start", DAY, "--end", DAY, "--datasets", "option_books,es_trades"
    )
    assert code == ExitCode.DONE
    for word in ("cbbo-1s", "tcbbo", "degraded", "6,000", "SPY.OPT", "Nothing was bought"):
        assert word in out


@pytest.mark.parametrize("budget", [None, "2.49"])
def test_ingest_above_the_budget_is_refused_and_requests_nothing(
    lake, gateway, run, monkeypatch, budget
):
    if budget:
        monkeypatch.setenv("LAKE_BUDGET_USD", budget)
    code, _, err = run("ingest", "--start", DAY, "--end", DAY)
    assert code == ExitCode.REFUSED
    assert "set LAKE_BUDGET_USD to at least 2.5" in err
    assert (gateway.asked["submit"], gateway.bytes_bought) == (0, 0)
    assert Shop(gateway, lake.root / "raw").visible() == []


def test_ingest_lands_and_makes_bronze_and_a_second_one_buys_nothing(
    lake, gateway, run, monkeypatch
):
    monkeypatch.setenv("LAKE_BUDGET_USD", "2.5")
    gateway.condition = lambda dataset, _: "degraded" if dataset == "OPRA.PILLAR" else "available"
    code, out, _ = run("ingest", DAY, "--json")
    told = json.loads(out)
    assert code == ExitCode.DONE
    assert [each["error"] for each in told["landed"]] == [None] * 3
    made = {a["key"]: a["outcome"] for run in told["runs"] for a in run["assets"]}
    assert made == dict.fromkeys(
        ("bronze/es_trades", "bronze/es_mbp10", "bronze/spy_options"), "built"
    )
    manifest = json.loads(
        next(lake.root.rglob(f"_manifests/**/spy_options_{DAY}.json")).read_text()
    )
    assert manifest["current"]["quality"]["vendor_condition"] == "degraded"
    assert warnings_of(manifest["current"]["quality"])["vendor_condition"] == "degraded"
    # What the partition is made from is what has landed.
    (raw,) = manifest["current"]["fingerprint"]["raw_files"]
    assert raw.startswith("OPRA-20260105-JOB")
    before = gateway.asked
    code, out, _ = run("ingest", DAY, "--json")
    assert code == ExitCode.DONE
    again = json.loads(out)
    assert again["landed"] == []
    assert {a["outcome"] for run in again["runs"] for a in run["assets"]} == {"reused"}
    assert gateway.asked == before
    assert len(gateway.jobs) == 3
    assert list(files_with_key(lake.root.parent)) == []


@pytest.mark.usefixtures("lake")
def test_a_session_the_vendor_does_not_have_does_not_stop_the_others(gateway, run, monkeypatch):
    monkeypatch.setenv("LAKE_BUDGET_USD", "1")
    gateway.condition = lambda _, day: "pending" if f"{day}" == DAY else "available"
    words = ("ingest", f"{DAYS[0]}..{DAY}", "--datasets", "es_trades")
    code, out, _ = run(*words)
    assert code == ExitCode.FAILED
    assert "condition pending" in out
    assert "1 of 1 sessions done" in out
    assert len(gateway.jobs) == 1


def test_a_refused_key_is_named_by_its_variable_alone(lake, gateway, run):
    gateway.fail_always("cost", refusal(401, f"no account has {CANARY}"))
    code, out, err = run("quote", DAY)
    assert code == ExitCode.FAILED
    assert "DATABENTO_API_KEY" in err
    assert CANARY not in out + err
    assert list(files_with_key(lake.root.parent)) == []


@pytest.mark.usefixtures("lake")
def test_without_a_key_nothing_is_asked(gateway, run, monkeypatch):
    monkeypatch.delenv("DATABENTO_API_KEY")
    code, _, err = run("ingest", DAY)
    assert code == ExitCode.FAILED
    assert "expected a key in DATABENTO_API_KEY" in err
    assert not gateway.asked


@pytest.mark.parametrize(
    "words",
    [
        ("quote",),
        ("quote", DAY, "--start", DAY, "--end", DAY),
        ("quote", "--start", DAY),
        ("quote", DAY, "--datasets", "gold/signals"),
        ("ingest", "2025-12-25"),
    ],
)
@pytest.mark.usefixtures("lake")
def test_misuse_is_told_apart(run, words):
    assert run(*words)[0] == ExitCode.MISUSE


@pytest.mark.usefixtures("lake")
def test_a_budget_that_is_no_number_is_misuse(run, monkeypatch):
    monkeypatch.setenv("LAKE_BUDGET_USD", "plenty")
    assert run("quote", DAY)[0] == ExitCode.MISUSE


def test_lost_jobs_are_paid_again_when_asked(lake, gateway, run, monkeypatch):
    monkeypatch.setenv("LAKE_BUDGET_USD", "1")
    gateway.new_states = ["expired"]
    words = ("ingest", DAY, "--datasets", "es_trades")
    code, out, _ = run(*words)
    assert code == ExitCode.FAILED
    assert "--buy-again" in out
    gateway.new_states = ["done"]
    assert run(*words, "--buy-again")[0] == ExitCode.DONE
    assert len(gateway.jobs) == 2
    assert Shop(gateway, lake.root / "raw").held() == Decimal("0.50")
