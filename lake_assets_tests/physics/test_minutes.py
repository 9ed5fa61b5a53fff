"""Minutes that are searched, and the basis in force in each."""

from datetime import date

import polars as pl
import pytest

from lake_assets.catalog.parameters import SessionParams
from lake_assets.catalog.silver import ES_SPY_BASIS
from lake_assets.market.sessions import session_on
from lake_assets.physics.minutes import basis_in_force, minutes_of, touch_hours
from lake_assets_tests.physics.frames import OPEN_NS, SESSION, table

MINUTE = 60 * 10**9
HOLIDAY = session_on(date(2025, 1, 9))


def test_regular_hours_are_searched_unless_all_of_globex_is_asked_for():
    assert touch_hours(SESSION, SessionParams()) == SESSION.rth
    assert touch_hours(SESSION, SessionParams(touch_hours="globex")) == SESSION.hours


def test_a_session_without_regular_hours_is_searched_only_as_globex():
    assert touch_hours(HOLIDAY, SessionParams()) is None
    assert touch_hours(HOLIDAY, SessionParams(touch_hours="globex")) == HOLIDAY.hours


def test_minutes_run_from_the_open_to_the_close_excluded():
    minutes = minutes_of(SESSION.rth, ES_SPY_BASIS.empty(), SessionParams())

    assert minutes.starts.tolist() == list(range(OPEN_NS, SESSION.rth.closes, MINUTE))
    assert not minutes.basis_u.any()


@pytest.mark.parametrize(
    ("after_open_ns", "count"),
    [(-1, 0), (0, 1), (MINUTE - 1, 1), (MINUTE, 2), (10**15, 390)],
    ids=["before the open", "at it", "within a minute", "at the next", "after the close"],
)
def test_no_minute_starts_after_the_moment_asked_for(after_open_ns, count):
    params = SessionParams(as_of_ns=OPEN_NS + after_open_ns)

    assert len(minutes_of(SESSION.rth, ES_SPY_BASIS.empty(), params).starts) == count


def test_a_minute_the_table_lacks_is_by_ratio():
    known = table(ES_SPY_BASIS, minute_ns=OPEN_NS, basis_u=5, conversion="parity", method_age_s=60)

    found = basis_in_force(pl.Series([OPEN_NS - MINUTE, OPEN_NS]), known)

    assert found.rows() == [
        (OPEN_NS - MINUTE, 0, "ratio", None),
        (OPEN_NS, 5, "parity", 60),
    ]
