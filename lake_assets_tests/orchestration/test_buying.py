"""Bronze buys the files it lacks, if it has a key and a budget, and is made of what landed."""

import os
from decimal import Decimal
from pathlib import Path

import dagster as dg
import pytest

from lake_assets.catalog import ES_MBP10, ES_TRADES
from lake_assets_tests.gateway.server import CANARY, refusal
from lake_assets_tests.gateway.shop import WAITS, Shop, files_with_key
from lake_assets_tests.orchestration.lakes import DAY, TestLake, outcomes


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """A lake without a raw file."""
    found = TestLake(tmp_path / "lake")
    found.root.mkdir()
    found.forget_runs()
    monkeypatch.setenv("DAGSTER_HOME", found.environ["DAGSTER_HOME"])
    return found


@pytest.fixture
def account(gateway):
    """What an environment says that may buy."""
    return {
        "DATABENTO_API_KEY": CANARY,
        "LAKE_BUDGET_USD": "1",
        "LAKE_DATABENTO_GATEWAY": gateway.address,
        **{f"LAKE_DOWNLOAD_{name.upper()}": str(value) for name, value in WAITS.items()},
    }


def keys(*datasets):
    return [dg.AssetKey(dataset.key) for dataset in datasets]


def test_bronze_fetches_what_is_missing_once(lake, gateway, account):
    run = lake.run(select=keys(ES_TRADES), **account)
    assert outcomes(run) == {"es_trades": "built"}
    assert len(gateway.jobs) == 1
    made = lake.lake.in_force(ES_TRADES, DAY)
    assert {name.split("/")[0] for name in made.fingerprint.raw_files} == {gateway.jobs[0].job_id}
    assert made.quality["vendor_condition"] == "available"
    before = gateway.asked
    assert outcomes(lake.run(select=keys(ES_TRADES), **account)) == {"es_trades": "reused"}
    # Nor is it bought again because its files have moved away.
    (lake.root / "raw").rename(lake.root / "elsewhere")
    assert lake.run(select=keys(ES_TRADES), **account).error
    assert gateway.asked == before
    assert list(files_with_key(lake.root)) == []


@pytest.mark.parametrize(
    "change",
    [{"DATABENTO_API_KEY": ""}, {"LAKE_BUDGET_USD": ""}, {"LAKE_BUDGET_USD": "0.24"}],
    ids=["no key", "no budget", "too small a budget"],
)
def test_without_leave_to_buy_it_is_missing_as_ever(lake, gateway, account, change):
    run = lake.run(select=keys(ES_TRADES), **account | change)
    assert "expected files of GLBX.MDP3 trades" in run.error
    assert f"lake quote {DAY}" in run.error
    assert gateway.asked["submit"] == 0
    assert bool(gateway.asked) == (change == {"LAKE_BUDGET_USD": "0.24"})


def test_a_book_is_absent_only_if_the_vendor_says_so(lake, gateway, account):
    """With trades there, a book that nobody could ask for would be published as absent."""
    lake.run(select=keys(ES_TRADES), **account)
    gateway.fail_always("cost", refusal(401, f"who is {CANARY}"))
    run = lake.run(select=keys(ES_MBP10), **account)
    assert "DATABENTO_API_KEY" in run.error
    assert lake.lake.in_force(ES_MBP10, DAY) is None
    assert list(files_with_key(lake.root)) == []
    gateway.recover()
    gateway.condition = lambda *_: "missing"
    assert outcomes(lake.run(select=keys(ES_MBP10), **account)) == {"es_mbp10": "built"}
    assert lake.lake.in_force(ES_MBP10, DAY).quality["absent"] == 1
    assert len(gateway.jobs) == 1


@pytest.mark.skipif("LAKE_PROOF_CUTS" not in os.environ, reason="`make soak` runs it: 10 s")
def test_the_key_is_in_no_file_of_a_run_started_by_its_own_command(lake, gateway, account):
    """Launched as people launch it: with an instance, its logs, and its captured output."""
    words = ("dagster", "asset", "materialize", "-m", "lake_assets.definitions")
    process = lake.start(
        *words,
        "--select",
        "key:bronze/es_trades",
        "--partition",
        DAY,
        **account,
        PYTHONPATH=str(Path.cwd()),
        REQUESTS_CA_BUNDLE=os.environ["REQUESTS_CA_BUNDLE"],
    )
    out, err = process.communicate(timeout=300)
    assert process.returncode == 0, out + err
    assert len(gateway.jobs) == 1
    assert CANARY not in out + err
    assert list(files_with_key(lake.root)) == []
    assert Shop(gateway, lake.root / "raw").held() == Decimal("0.25")
