"""Spot as the future tells it, and the time left."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.market.sessions import session_on
from lake_assets.physics.parameters import OptionParams
from lake_assets.physics.session_trades import SessionTrades
from lake_assets.physics.spot import UNKNOWN_SPOT, known_spot, spot_before, years_left
from lake_assets_tests.oracles import option_flow as oracle
from lake_assets_tests.physics.frames import OPEN_NS, SESSION
from lake_assets_tests.physics.options import MINUTE, SECOND, basis, future

PARAMS = OptionParams()

offsets = st.sampled_from([-MINUTE, -1, 0, 1, SECOND, MINUTE - 1, MINUTE, MINUTE + 1, 3 * MINUTE])
trades = st.lists(st.tuples(offsets, st.integers(27_500, 27_700)), max_size=8).map(
    lambda rows: sorted((OPEN_NS + at, ticks) for at, ticks in rows)
)
moments = st.lists(offsets.map(lambda at: OPEN_NS + at), min_size=1, max_size=6)


def spots(at_ns, rows, by_minute=None):
    found = spot_before(np.array(at_ns), SessionTrades.of(future(rows)), basis(by_minute), PARAMS)
    return known_spot(found).to_list()


@given(moments, trades, st.dictionaries(st.integers(0, 3), st.integers(-60_000, 60_000)))
def test_every_spot_equals_the_slow_one(at_ns, rows, by_minute):
    by_start = {OPEN_NS + at * MINUTE: value for at, value in by_minute.items()}

    assert spots(at_ns, rows, by_minute) == [
        oracle.spot_u(rows, by_start, at, PARAMS.spot_max_age_s) for at in at_ns
    ]


@pytest.mark.parametrize(
    ("age", "spot_u"),
    [(0, None), (1, 6_900_000), (MINUTE, 6_900_000), (MINUTE + 1, None)],
    ids=["at the moment", "just before", "a minute old", "older"],
)
def test_a_trade_counts_before_the_moment_and_for_a_minute(age, spot_u):
    assert spots([OPEN_NS], [(OPEN_NS - age, 27_600)]) == [spot_u]


def test_the_basis_of_the_moments_minute_is_taken():
    rows = [(OPEN_NS + MINUTE - 2, 27_600)]

    found = spots([OPEN_NS + MINUTE - 1, OPEN_NS + MINUTE], rows, {0: 100, 1: 200})

    assert found == [6_899_900, 6_899_800]


def test_before_the_open_the_ratio_holds():
    assert spots([OPEN_NS - 1], [(OPEN_NS - 2, 27_600)], {0: 100}) == [6_900_000]


def test_unknown_is_null_and_not_a_price():
    assert UNKNOWN_SPOT == 0
    assert known_spot(np.array([0, 5])).to_list() == [None, 5]


@pytest.mark.parametrize(
    ("left_ns", "years"),
    [
        (21_600 * SECOND, 21_600 / 31_536_000),
        (60 * SECOND, 60 / 31_536_000),
        (30 * SECOND, 60 / 31_536_000),
        (-900 * SECOND, 60 / 31_536_000),
    ],
    ids=["six hours", "a minute", "less than a minute", "after the close"],
)
def test_the_time_left_is_never_below_a_minute(left_ns, years):
    closes = SESSION.rth.closes

    assert years_left(np.array([closes - left_ns]), closes, PARAMS).tolist() == [years]


def test_a_half_day_expires_at_its_early_close():
    session = session_on(date(2025, 11, 28))
    noon = np.array([session.rth.closes - 3_600 * SECOND])

    assert years_left(noon, session.rth.closes, PARAMS).tolist() == [3_600 / 31_536_000]
    assert (session.rth.closes - session.rth.opens) // (3_600 * SECOND) == 3
