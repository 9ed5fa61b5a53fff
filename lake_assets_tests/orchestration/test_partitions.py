"""Partitions are the calendar's sessions, no more and no fewer; or every day, or month."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from lake_assets.catalog import GPR_MONTHLY, MACRO_SERIES, OPTION_SNAPSHOTS, TRUTH_TABLES
from lake_assets.catalog.dataset import Cut
from lake_assets.market.sessions import Calendar, session_days
from lake_assets.orchestration.partitions import partitions_of, session_partitions

NOW = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("UTC"))


@pytest.mark.parametrize("calendar", list(Calendar))
def test_the_keys_are_the_sessions_that_have_ended(calendar):
    keys = session_partitions(calendar).get_partition_keys(current_time=NOW)
    ended = [d.isoformat() for d in session_days(calendar) if d < NOW.date()]
    assert keys == ended


@pytest.mark.parametrize("day", ["2025-12-20", "2025-12-25", "2024-12-25", "2025-04-18x"])
def test_a_weekend_or_holiday_is_no_partition(day):
    assert not session_partitions(Calendar.NEW_YORK).has_partition_key(day)


@pytest.mark.parametrize("day", ["2025-11-28", "2025-01-09", "2024-03-11", "2023-12-26"])
def test_half_days_and_clock_changes_are_partitions(day):
    assert session_partitions(Calendar.NEW_YORK).has_partition_key(day)


def test_the_two_calendars_differ():
    assert session_partitions(Calendar.NSE).has_partition_key("2025-12-26")
    assert not session_partitions(Calendar.NSE).has_partition_key("2025-08-27")
    assert session_partitions(Calendar.NEW_YORK).has_partition_key("2025-08-27")


@pytest.mark.parametrize(
    ("day", "is_session"),
    [("2025-02-01", True), ("2025-02-08", False), ("2026-02-01", True), ("2025-10-21", False)],
    ids=["budget on a Saturday", "a Saturday", "budget on a Sunday", "an hour of Diwali"],
)
def test_what_the_nse_overrides_decide(day, is_session):
    assert session_partitions(Calendar.NSE).has_partition_key(day) is is_session


def test_any_date_may_be_one_of_retrieval_today_too():
    days = partitions_of(Cut.DAY)
    keys = days.get_partition_keys(current_time=NOW)
    assert (keys[0], keys[-1]) == ("2000-01-01", "2026-11-21")
    assert {"2026-05-30", "2026-05-31"} <= set(keys)


def test_months_of_retrieval_are_named_without_a_day():
    keys = partitions_of(Cut.MONTH).get_partition_keys(current_time=NOW)
    assert (keys[0], keys[-1], len(keys)) == ("2000-01", "2026-11", 26 * 12 + 11)


def test_what_is_whole_has_no_partitions():
    assert partitions_of(Cut.WHOLE) is None


@pytest.mark.parametrize(
    ("dataset", "name", "known"),
    [
        (OPTION_SNAPSHOTS, "2026-05-29", True),
        (OPTION_SNAPSHOTS, "2026-05-30", False),
        (OPTION_SNAPSHOTS, "2026-05", False),
        (MACRO_SERIES, "2026-05-30", True),
        (MACRO_SERIES, "2026-05", False),
        (MACRO_SERIES, "all", False),
        (GPR_MONTHLY, "2026-05", True),
        (GPR_MONTHLY, "2026-05-01", False),
        (GPR_MONTHLY, "2026-13", False),
        (TRUTH_TABLES, "all", True),
        (TRUTH_TABLES, "2026-05-29", False),
    ],
)
def test_a_dataset_knows_the_names_of_its_partitions(dataset, name, known):
    assert dataset.has_partition(name) is known
