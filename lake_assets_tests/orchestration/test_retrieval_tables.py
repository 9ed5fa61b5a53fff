"""Landed files to the tables questions are answered from, through Dagster and the command."""

import json
import shutil
from datetime import date

import dagster as dg
import polars as pl
import pytest

from lake_assets.catalog import (
    GPR_MONTHLY,
    MACRO_SERIES,
    OPTION_DAILY,
    OPTION_SNAPSHOTS,
    RETRIEVAL_TABLES,
)
from lake_assets.catalog.dataset import Cut
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main
from lake_assets.definitions import build_definitions
from lake_assets.market.sessions import Calendar, session_on
from lake_assets.orchestration.jobs import RETRIEVAL_JOBS, jobs_meant
from lake_assets.orchestration.partitions import partitions_of
from lake_assets.orchestration.resources import lake_from
from lake_assets.retrieval.picks import pick_daily
from lake_assets.simulation.chains import ChainSimulation
from lake_assets.simulation.landed import simulate_landed
from lake_assets_tests.folders import filled_once
from lake_assets_tests.orchestration.lakes import TestLake, lake_at, outcomes
from lake_assets_tests.sources.landed_files import said

DAYS = ("2025-12-16", "2025-12-17")
DAY, MONTH = DAYS[-1], "2025-12"
SMALL = ChainSimulation(seed=3, symbols=("SPY", "IWM"), strikes=26, expirations=6)
NAMES = ("option_chains", "option_snapshots", "option_daily")
KEYS = {
    cut: [dg.AssetKey(d.key) for d in RETRIEVAL_TABLES if d.cut is cut]
    for cut in (Calendar.NEW_YORK, Cut.DAY, Cut.MONTH)
}


@pytest.fixture(scope="session")
def landed(tmp_path_factory):
    """Simulated chains, macro files and risk, made once."""

    def fill(folder):
        sessions = [session_on(date.fromisoformat(day)) for day in DAYS]
        simulate_landed(sessions, folder, SMALL)
        # a Saturday: no session, but a date on which macro files may be retrieved
        saturday = folder / "option_chains" / "2025-12-20"
        saturday.mkdir()
        for name in ("SPY.csv", "metadata.json"):
            text = (folder / "option_chains" / DAY / name).read_text()
            (saturday / name).write_text(text)

    return filled_once(tmp_path_factory, "landed", fill)


@pytest.fixture
def lake(tmp_path, landed, monkeypatch) -> TestLake:
    """A lake with landed files and nothing materialized."""
    made = lake_at(tmp_path / "lake", landed)
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    return made


def chains(lake, day=DAY, **options):
    return lake.run(day, select=KEYS[Calendar.NEW_YORK], **options)


@pytest.fixture(scope="session")
def chained_once(tmp_path_factory, landed) -> TestLake:
    """A lake with the chains of one session materialized, to be read."""

    def fill(folder):
        run = lake_at(folder / "lake", landed).run_at_home(DAY, select=KEYS[Calendar.NEW_YORK])
        assert outcomes(run) == dict.fromkeys(NAMES, "built")

    return TestLake(filled_once(tmp_path_factory, "chained", fill) / "lake")


@pytest.fixture
def chained(tmp_path, chained_once, monkeypatch) -> TestLake:
    """A copy of it that a test may change."""
    shutil.copytree(chained_once.root, tmp_path / "lake", copy_function=shutil.copy2)
    made = TestLake(tmp_path / "lake")
    for name, value in made.environ.items():
        monkeypatch.setenv(name, value)
    return made


def test_chains_become_snapshots_and_picks_once(chained):
    before = chained.files()
    assert outcomes(chains(chained)) == dict.fromkeys(NAMES, "reused")
    assert chained.files() == before
    assert chained.lake.verify() == []
    made = chained.lake.in_force(OPTION_SNAPSHOTS, DAY)
    assert set(made.statistics) == {"IWM", "SPY"}
    assert sum(told["rows"] for told in made.statistics.values()) == made.rows
    assert all(0 < told["pricing"] < told["rows"] for told in made.statistics.values())
    assert made.provenance == "simulated"


def test_a_day_of_picks_is_the_direct_scan_of_its_snapshot(chained_once):
    made, snapshots = (
        chained_once.lake.read(OPTION_DAILY, DAY),
        chained_once.lake.read(OPTION_SNAPSHOTS, DAY),
    )
    sha = chained_once.lake.in_force(OPTION_SNAPSHOTS, DAY).sha256
    assert made.equals(pick_daily(snapshots, sha))
    assert set(made["source_sha256"]) == {sha}
    assert made["atm_iv"].null_count() == 0


def test_bytes_know_no_order_of_rows_or_symbols(chained):
    before = {d.name: chained.lake.in_force(d, DAY).sha256 for d in RETRIEVAL_TABLES[:3]}
    for path in (chained.root / "raw" / "option_chains" / DAY).glob("*.csv"):
        head, *rows = path.read_text().splitlines()
        path.write_text("\n".join([head, *reversed(rows), ""]))
    assert set(outcomes(chains(chained)).values()) == {"built", "reused"}
    after = {d.name: chained.lake.in_force(d, DAY).sha256 for d in RETRIEVAL_TABLES[:3]}
    assert after == before


@pytest.mark.usefixtures("lake")
def test_a_landing_saturday_makes_no_partition(capsys):
    assert not OPTION_SNAPSHOTS.has_partition("2025-12-20")
    assert not partitions_of(OPTION_SNAPSHOTS.cut).has_partition_key("2025-12-20")
    main(["doctor", "--json"])
    told = json.loads(capsys.readouterr().out)
    assert told["landed"] == {
        "option_chains": list(DAYS),
        "macro_prints": list(DAYS),
        "gpr_prints": [MONTH],
    }
    (fault,) = told["faults"]
    assert "NON_SESSION" in fault


def test_a_late_file_rebuilds_its_own_session_only(chained):
    chains(chained, DAYS[0])
    late = chained.root / "raw" / "option_chains" / DAY / "QQQ.csv"
    spy = late.with_name("SPY.csv").read_text()
    late.write_text(spy.replace("SPY", "QQQ"))
    assert set(outcomes(chains(chained, DAYS[0])).values()) == {"reused"}
    assert set(outcomes(chains(chained)).values()) == {"built"}
    assert sorted(chained.lake.in_force(OPTION_SNAPSHOTS, DAY).statistics) == ["IWM", "QQQ", "SPY"]


def test_a_lakes_own_tiers_rebuild_the_snapshots(chained):
    (chained.root / "config").mkdir()
    (chained.root / "config" / "liquidity_tiers.csv").write_text("symbol,tier\nSPY,tier3\n")
    made = outcomes(chains(chained))
    assert (made["option_chains"], made["option_snapshots"]) == ("reused", "built")


def test_rate_and_yield_enter_what_a_snapshot_is_made_from(chained):
    made = outcomes(chains(chained, parameters={"iv_rate": 0.03}))
    assert made["option_snapshots"] == "built"
    parameters = chained.lake.in_force(OPTION_SNAPSHOTS, DAY).fingerprint.parameters
    assert (parameters["iv_rate"], parameters["iv_yield"]) == (0.03, 0.0)
    assert "liquidity_tiers.csv" in parameters


def checked(name):
    with dg.DagsterInstance.get() as instance:
        key = dg.AssetCheckKey(dg.AssetKey(OPTION_SNAPSHOTS.key), name)
        records = instance.event_log_storage.get_asset_check_execution_history(key, limit=1)
        told = records[0].event.dagster_event.asset_check_evaluation_data
    return told.passed, told.metadata["repeated"].value


def test_a_session_repeated_warns_and_a_new_one_does_not(lake):
    chains(lake, DAYS[0])
    assert checked("repeat_of_previous") == (True, "nothing to compare with")
    chains(lake)
    passed, told = checked("repeat_of_previous")
    assert passed
    assert told.endswith(f"as on {DAYS[0]}")
    first, second = (lake.root / "raw" / "option_chains" / day for day in DAYS)
    for path in first.glob("*.csv"):
        text = path.read_text().replace(f"{DAYS[0]}T", f"{DAY}T")
        (second / path.name).write_text(text)
    chains(lake)
    assert checked("repeat_of_previous") == (False, f"100.0% as on {DAYS[0]}")


def test_macro_files_become_series_by_retrieval_date(lake):
    run = lake.run(DAY, select=KEYS[Cut.DAY])
    assert outcomes(run) == {"macro_prints": "built", "macro_series": "built"}
    made = lake.lake.in_force(MACRO_SERIES, DAY)
    assert {"^GSPC", "UNRATE"} <= set(made.statistics)
    assert made.statistics["^GSPC"]["max_observation_date"] == DAY
    series = lake.lake.read(MACRO_SERIES, DAY)
    assert set(series["retrieval_date"]) == {date.fromisoformat(DAY)}


def test_risk_becomes_months_by_month_of_retrieval(lake):
    run = lake.run(MONTH, select=KEYS[Cut.MONTH])
    assert outcomes(run) == {"gpr_prints": "built", "gpr_monthly": "built"}
    made = lake.lake.in_force(GPR_MONTHLY, MONTH)
    assert made.statistics == {
        MONTH: {
            "rows": made.rows,
            "min_date": "2015-01-01",
            "max_date": "2025-11-01",
            "retrieval_date": "2025-12-03",
        }
    }
    assert lake.lake.read(GPR_MONTHLY, MONTH)["gpr_percentile"].null_count() == 0


def test_a_later_vintage_leaves_the_earlier_one_as_it_was(lake):
    lake.run(MONTH, select=KEYS[Cut.MONTH])
    before = lake.files()
    gpr = lake.root / "raw" / "gpr"
    (gpr / "later.csv").write_text((gpr / f"gpr-{MONTH}.csv").read_text())
    said(gpr / "later.csv.json", retrieved_on="2026-01-05")
    assert set(outcomes(lake.run(MONTH, select=KEYS[Cut.MONTH])).values()) == {"reused"}
    assert set(outcomes(lake.run("2026-01", select=KEYS[Cut.MONTH])).values()) == {"built"}
    assert before.items() <= lake.files().items()


@pytest.mark.parametrize(
    ("cut", "partition", "told"),
    [
        (Calendar.NEW_YORK, "2025-12-18", "option chains of 2025-12-18"),
        (Cut.DAY, "2025-12-20", "macro files retrieved on 2025-12-20"),
        (Cut.MONTH, "2025-11", "a file retrieved in 2025-11"),
    ],
)
def test_what_never_landed_makes_nothing(lake, cut, partition, told):
    run = lake.run(partition, select=KEYS[cut])
    assert told in run.error
    assert lake.files() == {}


def test_jobs_share_one_word():
    assert jobs_meant("retrieval_tables") == list(RETRIEVAL_JOBS)
    repository = build_definitions({}).get_repository_def()
    for name, cut in RETRIEVAL_JOBS.items():
        assert repository.get_job(name).asset_layer.executable_asset_keys == set(KEYS[cut])


def test_the_job_of_signals_does_without_them():
    keys = build_definitions({}).get_repository_def().get_job("signals").asset_layer
    assert not {dg.AssetKey(d.key) for d in RETRIEVAL_TABLES} & keys.executable_asset_keys


@pytest.mark.usefixtures("lake")
def test_the_command_builds_what_has_landed_and_says_what_there_is(capsys):
    def run(*words):
        capsys.readouterr()
        return main(words), capsys.readouterr().out

    code, out = run("backfill", "--job", "retrieval_tables", "2025-12-01..2025-12-31", "--json")
    assert code == ExitCode.DONE
    assert [r["partition"] for r in json.loads(out)] == [*DAYS, *DAYS, MONTH]
    assert run("backfill", "--job", "retrieval_tables", "--json")[1] == "[]\n"
    code, out = run("status", "--json")
    states = [s for s in json.loads(out) if s["partition"] != "all"]
    assert {s["state"] for s in states} == {"materialized"}
    assert {s["partition"] for s in states} == {*DAYS, MONTH}
    for words in ((DAY,), (MONTH,), (f"{DAYS[0]}..{DAY}",)):
        assert {s["state"] for s in json.loads(run("status", *words, "--json")[1])} == {
            "materialized",
            "missing",
        }
    assert run("backfill", "2025-11-29", "--job", "retrieval_tables")[0] == ExitCode.MISUSE
    sql = "select count(*) n from silver.option_snapshots"
    assert json.loads(run("sql", sql, "--format", "json")[1])[0]["n"] > 0


def test_the_sensor_asks_for_what_has_landed(lake):
    definitions = build_definitions(lake.environ)
    sensor = definitions.resolve_sensor_def("new_raw_files")
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(
            instance=instance,
            resources={"lake": lake_from(lake.environ)},
            repository_def=definitions.get_repository_def(),
        ) as context,
    ):
        asked = sensor(context).run_requests
    assert {(r.job_name, r.partition_key) for r in asked} == {
        *(("retrieval_tables_chains", day) for day in DAYS),
        *(("retrieval_tables_macro", day) for day in DAYS),
        ("retrieval_tables_gpr", MONTH),
    }


def test_solved_volatilities_fill_what_the_vendor_leaves_out(chained_once):
    rows = chained_once.lake.read(OPTION_SNAPSHOTS, DAY)
    solved = rows.filter(pl.col("iv_source") == "solved")
    assert 0 < solved.height < rows.height
    assert (solved["vendor_iv"].is_null()).all()
