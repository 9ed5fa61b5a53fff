"""Sessions: frozen bounds, half days, holidays, clock changes."""

import itertools
from datetime import UTC, date, datetime, timedelta

import pytest

from lake_assets.errors import UnknownSessionError
from lake_assets.market.sessions import (
    Calendar,
    Interval,
    Nanos,
    parse_nanos,
    regular_days,
    session_days,
    session_on,
    sessions_between,
)
from lake_assets_tests.market.freeze_calendars import FROZEN, MARKET


def utc(nanos):
    return datetime.fromtimestamp(nanos / 1e9, UTC).strftime("%m-%d %H:%M")


@pytest.mark.parametrize("name", FROZEN)
@pytest.mark.filterwarnings("ignore")  # the calendar library's own, under this pandas
def test_the_frozen_list_is_what_the_library_and_the_overrides_say(name):
    assert MARKET.joinpath(name).read_text() == FROZEN[name]()


@pytest.mark.parametrize(
    ("day", "opens", "closes", "rth"),
    [
        (date(2023, 12, 26), "12-25 23:00", "12-26 22:00", ("12-26 14:30", "12-26 21:00")),
        (date(2024, 3, 11), "03-10 22:00", "03-11 21:00", ("03-11 13:30", "03-11 20:00")),
        (date(2024, 11, 4), "11-03 23:00", "11-04 22:00", ("11-04 14:30", "11-04 21:00")),
        (date(2025, 11, 28), "11-27 23:00", "11-28 18:15", ("11-28 14:30", "11-28 18:00")),
        (date(2025, 1, 9), "01-08 23:00", "01-09 14:30", None),
        (date(2026, 6, 19), "06-18 22:00", "06-19 17:00", None),
    ],
    ids=["winter", "clocks forward", "clocks back", "half day", "mourning", "Juneteenth"],
)
def test_bounds(day, opens, closes, rth):
    session = session_on(day)
    assert (utc(session.hours.opens), utc(session.hours.closes)) == (opens, closes)
    assert (session.rth and (utc(session.rth.opens), utc(session.rth.closes))) == rth


def test_monday_opens_on_sunday_evening():
    assert utc(session_on(date(2025, 12, 15)).hours.opens) == "12-14 23:00"


def test_regular_hours_lie_inside_the_session():
    for calendar in Calendar:
        for day in session_days(calendar):
            session = session_on(day, calendar)
            if session.rth:
                assert session.hours.opens <= session.rth.opens < session.rth.closes
                assert session.rth.closes <= session.hours.closes


def test_futures_have_sessions_that_options_do_not():
    fourth = date(2025, 7, 4)
    assert fourth in session_days()
    assert fourth not in regular_days()
    assert fourth in regular_days(Calendar.NSE)
    assert regular_days(Calendar.NSE) == session_days(Calendar.NSE)


def test_sessions_never_overlap():
    for calendar in Calendar:
        hours = [session_on(day, calendar).hours for day in session_days(calendar)]
        assert all(a.closes <= b.opens for a, b in itertools.pairwise(hours))


def test_a_session_starts_and_ends_on_a_whole_minute():
    minute = 60 * 10**9
    assert all(session_on(day).hours.opens % minute == 0 for day in session_days())


@pytest.mark.parametrize("day", [date(2023, 12, 25), date(2025, 12, 20), date(1999, 1, 4)])
def test_a_day_without_session_is_refused_with_its_neighbours(day):
    with pytest.raises(UnknownSessionError, match="the nearest"):
        session_on(day)


def test_between_includes_both_ends():
    found = sessions_between(date(2025, 12, 24), date(2025, 12, 29))
    assert [s.day.day for s in found] == [24, 26, 29]


def test_an_interval_holds_its_open_but_not_its_close():
    interval = Interval(Nanos(10), Nanos(20))
    assert 10 in interval
    assert 20 not in interval
    assert not interval.overlaps(Interval(Nanos(20), Nanos(30)))
    assert interval.overlaps(Interval(Nanos(19), Nanos(30)))


def test_the_nse_has_sessions_of_its_own():
    session = session_on(date(2025, 8, 29), Calendar.NSE)
    assert session.hours.closes - session.hours.opens == timedelta(hours=6.25).seconds * 10**9
    with pytest.raises(UnknownSessionError):
        session_on(date(2025, 8, 27), Calendar.NSE)


@pytest.mark.parametrize(
    "day", ["2015-02-28", "2020-02-01", "2024-01-20", "2025-02-01", "2026-02-01"]
)
def test_the_nse_opens_on_a_weekend_at_its_usual_hours(day):
    session = session_on(date.fromisoformat(day), Calendar.NSE)

    assert session.day.weekday() >= 5
    assert session.rth == Interval(
        parse_nanos(f"{day}T09:15:00+05:30"), parse_nanos(f"{day}T15:30:00+05:30")
    )


@pytest.mark.parametrize(
    "day",
    [
        "2023-11-12",  # Muhurat on a Sunday
        "2024-11-01",  # Muhurat on a Friday
        "2025-10-21",  # Muhurat in the afternoon
        "2024-03-02",  # two stretches of a test of the recovery site
        "2024-05-18",
    ],
)
def test_an_hour_of_the_nse_is_no_session(day):
    with pytest.raises(UnknownSessionError):
        session_on(date.fromisoformat(day), Calendar.NSE)
