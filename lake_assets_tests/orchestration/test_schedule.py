"""The schedule and the sensor: what they ask for, and that asking again costs nothing."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from lake_assets.definitions import build_definitions
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.orchestration.resources import lake_from
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets_tests.orchestration.lakes import DAY, DAYS, TestLake, built, outcomes
from lake_assets_tests.sources.packed_shards import put, row

NEW_YORK = ZoneInfo("America/New_York")


def tick(moment, job="signals", environ=None):
    definitions = build_definitions(environ or {})
    schedule = definitions.resolve_schedule_def(f"{job}_after_the_session")
    with dg.build_schedule_context(
        scheduled_execution_time=moment,
        repository_def=definitions.get_repository_def(),
        resources={"lake": lake_from(environ or {})},
    ) as context:
        return schedule.evaluate_tick(context)


def test_it_asks_for_the_session_that_ended_the_evening_before():
    requests = tick(datetime(2025, 12, 18, 3, tzinfo=NEW_YORK)).run_requests
    assert [(r.partition_key, r.run_key) for r in requests] == [(DAY, DAY)]


@pytest.mark.parametrize(
    ("job", "zone", "morning", "why"),
    [
        ("market_truth_nse", "Asia/Kolkata", (2025, 8, 2), "no option books of 2025-08-01"),
        ("market_truth_new_york", "America/New_York", (2025, 8, 2), "no option books of"),
        # On the fourth of July Mumbai's exchange was open; in New York only the future traded.
        ("market_truth_nse", "Asia/Kolkata", (2025, 7, 5), "no option books of 2025-07-04"),
        ("market_truth_new_york", "America/New_York", (2025, 7, 5), "was no session"),
        # Mumbai's was closed on Ganesh Chaturthi.
        ("market_truth_nse", "Asia/Kolkata", (2025, 8, 28), "was no session"),
        ("market_truth_new_york", "America/New_York", (2025, 8, 28), "no option books of"),
    ],
)
def test_each_exchange_has_its_own_sessions_and_its_own_morning(job, zone, morning, why, tmp_path):
    environ = {"LAKE_ROOT": str(tmp_path)}
    answer = tick(datetime(*morning, 3, tzinfo=ZoneInfo(zone)), job, environ)
    assert answer.run_requests == []
    assert why in answer.skip_message


def test_it_asks_for_the_underlyings_that_were_recorded(tmp_path):
    put(tmp_path / "raw", [row()], underlying="BANKNIFTY")
    environ = {"LAKE_ROOT": str(tmp_path)}
    morning = datetime(2025, 8, 2, 3, tzinfo=ZoneInfo("Asia/Kolkata"))
    (request,) = tick(morning, "market_truth_nse", environ).run_requests
    assert request.partition_key == "2025-08-01"
    assert {key.path[1] for key in request.asset_selection} == {"BANKNIFTY"}


def test_futures_trade_on_some_holidays_of_the_options():
    (request,) = tick(datetime(2025, 7, 5, 3, tzinfo=NEW_YORK)).run_requests
    assert request.partition_key == "2025-07-04"


def test_a_schedule_runs_on_the_clock_of_its_exchange():
    definitions = build_definitions({})
    for job, zone in (("signals", "America/New_York"), ("market_truth_nse", "Asia/Kolkata")):
        schedule = definitions.resolve_schedule_def(f"{job}_after_the_session")
        assert (schedule.job_name, schedule.execution_timezone) == (job, zone)


@pytest.mark.parametrize("day", [22, 26], ids=["Monday morning", "after Christmas"])
def test_it_skips_when_yesterday_was_no_session(day):
    answer = tick(datetime(2025, 12, day, 3, tzinfo=NEW_YORK))
    assert answer.run_requests == []
    assert "was no session" in answer.skip_message


def test_fired_three_times_it_computes_once(empty_lake):
    runs = []
    for _ in range(3):
        (request,) = tick(datetime(2025, 12, 18, 3, tzinfo=NEW_YORK)).run_requests
        runs.append(empty_lake.run(request.partition_key))
    assert built(runs[0])
    assert set(outcomes(runs[1]).values()) == {"reused"}
    assert set(outcomes(runs[2]).values()) == {"reused"}


def sense(lake, cursor):
    definitions = build_definitions(lake.environ)
    sensor = definitions.resolve_sensor_def("new_raw_files")
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(
            cursor=cursor,
            instance=instance,
            repository_def=definitions.get_repository_def(),
            resources={"lake": lake_from(lake.environ)},
        ) as context,
    ):
        return sensor.evaluate_tick(context)


def test_the_sensor_asks_for_sessions_with_new_raw_files_once(empty_lake):
    first = sense(empty_lake, None)
    assert [r.partition_key for r in first.run_requests] == list(DAYS)
    assert sense(empty_lake, first.cursor).run_requests == []


def test_the_sensor_asks_again_when_a_raw_file_changes(empty_lake):
    first = sense(empty_lake, None)
    (path, *_) = sorted(empty_lake.root.joinpath("raw").rglob("*20251217.trades.dbn.zst"))
    path.unlink()
    again = sense(empty_lake, first.cursor)
    assert DAY in [r.partition_key for r in again.run_requests]


def test_the_sensor_asks_for_sessions_with_new_option_books(tmp_path):
    lake, raw = TestLake(tmp_path), tmp_path / "raw"
    put(raw, [row()], underlying="NIFTY")
    first = sense(lake, None)
    assert [(r.job_name, r.partition_key) for r in first.run_requests] == [
        ("market_truth_nse", "2025-08-01")
    ]
    assert {key.path[1] for key in first.run_requests[0].asset_selection} == {"NIFTY"}
    assert sense(lake, first.cursor).run_requests == []

    # a folder of another underlying, and one of another day
    put(raw, [row()], underlying="BANKNIFTY")
    put(raw, [row()], day=date(2025, 8, 4))
    second = sense(lake, first.cursor)
    assert [r.partition_key for r in second.run_requests] == ["2025-08-01", "2025-08-04"]
    assert {r.run_key for r in second.run_requests}.isdisjoint(
        {r.run_key for r in first.run_requests}
    )


def test_the_sensor_asks_each_job_for_what_it_reads(tmp_path):
    session, spy = session_on(date(2025, 8, 1)), underlying_named("SPY")
    params = OptionBookParams(strikes=21, update_share=0.0, quiet=True)
    simulate_option_books(session, spy, tmp_path / "raw", params)
    asked = sense(TestLake(tmp_path), None).run_requests
    assert [(r.job_name, r.partition_key) for r in asked] == [
        ("market_truth_new_york", "2025-08-01")
    ]
