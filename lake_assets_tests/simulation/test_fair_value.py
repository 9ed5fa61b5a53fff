"""The course of a simulated session: busy when it should be, as far as it should go."""

from datetime import date

import numpy as np
import pytest

from lake_assets.market.sessions import session_on, sessions_between
from lake_assets.simulation.fair_value import draw_course, regular_seconds, session_seconds
from lake_assets.simulation.parameters import SimulationParams

PARAMS = SimulationParams()


def course_of(session):
    return draw_course(session, PARAMS, np.random.default_rng([1, session.day.toordinal()]))


@pytest.mark.parametrize("session", sessions_between(date(2025, 11, 3), date(2025, 12, 5)), ids=str)
def test_regular_hours_span_a_days_range(session):
    course = course_of(session)
    starts, stops = regular_seconds(session)
    assert course.fair_points.size == session_seconds(session) + 1
    assert course.fair_points[0] == PARAMS.start_price_points
    assert course.activity.min() > 0
    if session.rth is not None:
        whole = 28 <= np.ptp(course.fair_points[starts:stops]) <= 82
        assert whole or session.why == "half day"


def test_both_ends_of_regular_hours_are_busier_than_their_middle():
    session = session_on(date(2025, 11, 20))
    activity = course_of(session).activity
    starts, stops = regular_seconds(session)
    night = activity[:starts].mean()
    first, middle, last = (
        activity[at : at + 900].mean() for at in (starts, (starts + stops) // 2, stops - 900)
    )
    assert first > 2 * middle
    assert last > 1.5 * middle
    assert middle > 2.5 * night
