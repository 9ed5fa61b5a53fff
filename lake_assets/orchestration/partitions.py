"""Partitions: one key a trading session, from the frozen calendars; or one a day or a month."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import dagster as dg

from lake_assets.catalog.dataset import Cut
from lake_assets.market.sessions import Calendar, session_days

_FIRST: Final = date(2000, 1, 1)  # nothing was retrieved before
_WEEKEND: Final = {5: 6, 6: 0}  # weekdays as Python counts them, as cron does


def partitions_of(cut: Calendar | Cut) -> dg.TimeWindowPartitionsDefinition | None:
    """Partitions of a dataset by its cut; None for the one that is whole."""
    if isinstance(cut, Calendar):
        return session_partitions(cut)
    if cut is Cut.DAY:
        return _days()
    return _months() if cut is Cut.MONTH else None


@cache
def _days() -> dg.TimeWindowPartitionsDefinition:
    """Every date, the present one too: a file is retrieved on a date that has not ended."""
    return dg.DailyPartitionsDefinition(_FIRST.isoformat(), timezone="UTC", end_offset=1)


@cache
def _months() -> dg.TimeWindowPartitionsDefinition:
    """Every month, the present one too."""
    return dg.MonthlyPartitionsDefinition(
        f"{_FIRST:%Y-%m}", fmt="%Y-%m", timezone="UTC", end_offset=1
    )


@cache
def session_partitions(calendar: Calendar) -> dg.TimeWindowPartitionsDefinition:
    """Partitions of a calendar's sessions, labelled by date.

    The window, midnight to midnight local, is only a label; `market.sessions` has the true bounds.
    ``end_offset`` stays 0: with 1, a Saturday would already offer Monday. Weekends are left out by
    month and weekday, but for the months in which the exchange ever opened on one: Dagster goes
    through single days one by one, and 2,000 of them would be slow.
    """
    days = session_days(calendar)
    open_days = set(days)
    busy = {(day.weekday(), day.month) for day in days}
    quiet = {(weekday, month) for weekday in _WEEKEND for month in range(1, 13)} - busy
    span = (days[-1] - days[0]).days
    closed = [
        day
        for day in (days[0] + timedelta(days=n) for n in range(span))
        if day not in open_days and (day.weekday(), day.month) not in quiet
    ]
    return dg.TimeWindowPartitionsDefinition(
        start=days[0].isoformat(),
        end=(days[-1] + timedelta(days=1)).isoformat(),
        fmt="%Y-%m-%d",
        cron_schedule="0 0 * * *",
        timezone=calendar.zone,
        exclusions=[*_weekends(quiet), *(_midnight(day, calendar) for day in closed)],
    )


def _weekends(quiet: Collection[tuple[int, int]]) -> list[str]:
    """The quiet weekends as cron lines, one a weekday."""
    months = {
        cron: [str(month) for day, month in sorted(quiet) if day == weekday]
        for weekday, cron in _WEEKEND.items()
    }
    return [f"0 0 * {','.join(found)} {cron}" for cron, found in months.items() if found]


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(calendar.zone))
