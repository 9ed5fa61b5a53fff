"""The schedule and the sensor: what they ask for, and that asking again costs nothing."""

from datetime import datetime
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from lake_assets.definitions import build_definitions
from lake_assets.orchestration.resources import lake_from
from lake_assets_tests.orchestration.lakes import DAY, DAYS, built, outcomes

NEW_YORK = ZoneInfo("America/New_York")


def tick(moment):
    definitions = build_definitions({})
    schedule = definitions.resolve_schedule_def("signals_after_the_session")
    context = dg.build_schedule_context(
        scheduled_execution_time=moment, repository_def=definitions.get_repository_def()
    )
    return schedule.evaluate_tick(context)


def test_it_asks_for_the_session_that_ended_the_evening_before():
    requests = tick(datetime(2025, 12, 18, 3, tzinfo=NEW_YORK)).run_requests
    assert [(r.partition_key, r.run_key) for r in requests] == [(DAY, DAY)]


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
