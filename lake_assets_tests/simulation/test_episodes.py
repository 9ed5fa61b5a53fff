"""When episodes happen: in order, apart, of every kind and on both sides."""

from datetime import date

import numpy as np
import pytest

from lake_assets.kernels.simulated_orders import KIND, SIDE, START, STOP, SWEEP
from lake_assets.market.sessions import session_on
from lake_assets.simulation.episodes import draw_episodes
from lake_assets.simulation.fair_value import session_seconds


@pytest.fixture
def episodes():
    session = session_on(date(2025, 11, 20))
    flat = np.full(session_seconds(session) + 1, 6900.0)
    return session, draw_episodes(session, flat, np.random.default_rng(2))


def test_episodes_lie_in_the_session_one_after_the_other(episodes):
    session, rows = episodes
    assert rows[0, START] >= session.hours.opens
    assert rows[-1, STOP] < session.hours.closes
    assert (rows[:, STOP] > rows[:, START]).all()
    assert (rows[1:, START] > rows[:-1, STOP]).all()


def test_every_kind_happens_on_both_sides(episodes):
    _, rows = episodes
    for kind in range(SWEEP + 1):
        sides = rows[rows[:, KIND] == kind, SIDE]
        assert 0.25 < sides.mean() < 0.75
        assert sides.size > 10


def test_most_happen_in_regular_hours(episodes):
    session, rows = episodes
    rth = session.rth
    assert ((rows[:, START] >= rth.opens) & (rows[:, START] < rth.closes)).mean() > 0.7
