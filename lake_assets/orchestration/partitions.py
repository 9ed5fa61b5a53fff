"""Session partitions: one key a trading session, from the frozen calendars."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import dagster as dg

from lake_assets.market.sessions import Calendar, session_days


@cache
def session_partitions(calendar: Calendar) -> dg.TimeWindowPartitionsDefinition:
    """Partitions of a calendar's sessions, labelled by date.

    The window, midnight to midnight local, is only a label; `market.sessions` has the true bounds.
    ``end_offset`` stays 0: with 1, a Saturday would already offer Monday.
    """
    days = session_days(calendar)
    open_days = set(days)
    span = (days[-1] - days[0]).days
    closed = [
        day
        for day in (days[0] + timedelta(days=n) for n in range(span))
        if day not in open_days and day.weekday() < 5  # noqa: PLR2004 - Monday to Friday
    ]
    return dg.TimeWindowPartitionsDefinition(
        start=days[0].isoformat(),
        end=(days[-1] + timedelta(days=1)).isoformat(),
        fmt="%Y-%m-%d",
        cron_schedule="0 0 * * *",
        timezone=calendar.zone,
        exclusions=["0 0 * * 6,0", *(_midnight(day, calendar) for day in closed)],
    )


def _midnight(day: date, calendar: Calendar) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(calendar.zone))
