"""Trading sessions: their true bounds, from the frozen calendars beside this file."""

import csv
import io
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import NamedTuple, NewType

from lake_assets.errors import UnknownSessionError
from lake_assets.market.price import NANOS_PER_SECOND

Nanos = NewType("Nanos", int)  # since the epoch, UTC


class Calendar(StrEnum):
    """Which exchange's days a partition follows."""

    NEW_YORK = "new_york"
    NSE = "nse"

    @property
    def zone(self) -> str:
        """IANA name of the zone whose midnight labels a session."""
        return "America/New_York" if self is Calendar.NEW_YORK else "Asia/Kolkata"


@dataclass(frozen=True, slots=True)
class Interval:
    """``[opens, closes)`` in ns UTC: the close belongs to what comes after."""

    opens: Nanos
    closes: Nanos

    def __contains__(self, moment: int) -> bool:
        return self.opens <= moment < self.closes

    def overlaps(self, other: "Interval") -> bool:
        """Whether the two share a moment."""
        return self.opens < other.closes and other.opens < self.closes


@dataclass(frozen=True, slots=True)
class Session:
    """One exchange session: ``hours`` is all of it, ``rth`` the regular part, if any.

    For New York, ``hours`` runs from 18:00 the evening before to the future's close.
    """

    day: date
    calendar: Calendar
    hours: Interval
    rth: Interval | None
    why: str


def parse_nanos(stamp: str) -> Nanos:
    """Nanoseconds of an ISO 8601 stamp with a zone and whole seconds."""
    moment = datetime.fromisoformat(stamp)
    return Nanos(int(moment.timestamp()) * NANOS_PER_SECOND)


def _interval(opens: str, closes: str) -> Interval:
    return Interval(parse_nanos(opens), parse_nanos(closes))


class _Row(NamedTuple):
    """A line of a frozen calendar; its stamps are read when the session is asked for."""

    day: str
    opens: str
    closes: str
    rth_opens: str
    rth_closes: str
    why: str


@cache
def _frozen(calendar: Calendar) -> Mapping[date, _Row]:
    text = files(__package__).joinpath(f"calendar_{calendar}.csv").read_text()
    rows = map(_Row._make, islice(csv.reader(io.StringIO(text)), 1, None))
    return {date.fromisoformat(row.day): row for row in rows}


@cache
def _session(day: date, calendar: Calendar) -> Session:
    row = _frozen(calendar)[day]
    return Session(
        day=day,
        calendar=calendar,
        hours=_interval(row.opens, row.closes),
        rth=_interval(row.rth_opens, row.rth_closes) if row.rth_opens else None,
        why=row.why,
    )


def session_days(calendar: Calendar = Calendar.NEW_YORK) -> list[date]:
    """Every session of the calendar, oldest first."""
    return list(_frozen(calendar))


def regular_days(calendar: Calendar = Calendar.NEW_YORK) -> list[date]:
    """Every session that has regular hours, oldest first."""
    return list(_regular(calendar))


@cache
def _regular(calendar: Calendar) -> tuple[date, ...]:
    return tuple(day for day, row in _frozen(calendar).items() if row.rth_opens)


def is_session(day: date, calendar: Calendar = Calendar.NEW_YORK) -> bool:
    """Whether a date labels a session."""
    return day in _frozen(calendar)


def session_on(day: date, calendar: Calendar = Calendar.NEW_YORK) -> Session:
    """The session labelled with a date.

    Raises:
        UnknownSessionError: the date is a weekend, a holiday or outside the calendar.
    """
    if day not in _frozen(calendar):
        days = session_days(calendar)
        at = bisect_left(days, day)
        near = [str(d) for d in days[max(0, at - 1) : at + 1]]
        raise UnknownSessionError(
            f"{day} is no {calendar} session; the nearest are {' and '.join(near)}"
        )
    return _session(day, calendar)


def regular_neighbours(
    day: date, calendar: Calendar = Calendar.NEW_YORK
) -> tuple[Session | None, Session | None]:
    """The sessions with regular hours before and after a date; None beyond the calendar."""
    days = _regular(calendar)
    before, after = bisect_left(days, day) - 1, bisect_right(days, day)
    return (
        session_on(days[before], calendar) if before >= 0 else None,
        session_on(days[after], calendar) if after < len(days) else None,
    )


def sessions_between(
    first: date, last: date, calendar: Calendar = Calendar.NEW_YORK
) -> list[Session]:
    """Sessions labelled ``first`` to ``last``, both included."""
    days = session_days(calendar)
    chosen = days[bisect_left(days, first) : bisect_right(days, last)]
    return [session_on(day, calendar) for day in chosen]
