"""Columns as kernels read them: exact prices, nulls that stay unknown, whole sessions."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.errors import ComputationRefusedError
from lake_assets.market.sessions import Session
from lake_assets.seconds.readings import (
    flags,
    floats,
    in_points,
    known,
    read_seconds,
    taken,
    whole,
)
from lake_assets_tests.seconds.states import DAY, NIFTY, SPY, quiet, session_of, state

FRAME = pl.DataFrame({"x": [1.5, None, 2.0], "ok": [True, None, False], "n": [3, None, 4]})


@given(st.integers(1, 9_000_000))
def test_hundredths_are_the_price_with_two_decimals_that_they_are(hundredths):
    assert in_points(np.array([hundredths]), NIFTY).tolist() == [hundredths / 100]
    assert in_points(np.array([hundredths]), SPY).tolist() == [hundredths / 10_000]


def test_unknown_is_not_a_number_and_not_met():
    assert np.isnan(floats(FRAME, "x")).tolist() == [False, True, False]
    assert flags(FRAME, "ok").tolist() == [True, False, False]
    assert whole(FRAME["n"]).tolist() == [3, -1, 4]
    assert known(np.array([1.0, np.nan])).to_list() == [1.0, None]


def test_a_place_before_the_first_holds_nothing():
    assert taken(FRAME, "n", np.array([2, -1, 0])).to_list() == [4, None, 3]


@pytest.mark.parametrize("kind", [pl.DataFrame, pl.LazyFrame])
def test_a_whole_session_is_read_by_the_columns_asked_for(kind):
    whole_state = state(quiet(5))
    given = whole_state if kind is pl.DataFrame else whole_state.lazy()

    found = read_seconds(given, ("spot_price", "rv_10s", "spot_price"), session_of(5))

    assert found.equals(whole_state.select("timestamp_ns", "spot_price", "rv_10s"))


@pytest.mark.parametrize("rows", [[0, 1, 2, 3], [1, 2, 3, 4], [0, 1, 2, 4, 3], [0, 1, 2, 2, 4]])
def test_a_session_in_parts_is_refused(rows):
    with pytest.raises(ComputationRefusedError, match="must have 5 rows"):
        read_seconds(state(quiet(5))[rows], (), session_of(5))


def test_a_session_without_regular_hours_is_refused():
    closed = Session(DAY, NIFTY.calendar, session_of(5).hours, None, "closed")

    with pytest.raises(ComputationRefusedError, match="no regular hours"):
        read_seconds(state(quiet(5)), (), closed)
