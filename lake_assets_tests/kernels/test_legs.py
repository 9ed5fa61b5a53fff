"""The pinned pair against its slow twin, and at the edges of age and silence."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.legs import LegRows, Spans, watch_pairs
from lake_assets_tests.oracles import legs as oracle

MAX_AGE = 2
row = st.tuples(
    st.integers(-3, 20),
    st.sampled_from([100.0, 101.5, 99.25, None]),
    st.sampled_from([0.5, 1.0, 1.5, None]),
    st.sampled_from([3_000, 1_500, 0, None]),
    st.sampled_from([0, 75, 150, None]),
)
legs_of_rows = st.lists(row, max_size=25).map(lambda rows: sorted(rows, key=lambda r: r[0]))


def watch(legs, alive, span) -> tuple:
    rows = [row for leg in legs for row in leg]
    columns = list(zip(*rows, strict=True)) if rows else [[]] * 5
    floats = [np.array([np.nan if v is None else v for v in c], float) for c in columns[1:]]
    edges = np.cumsum([0, *map(len, legs)])
    listed = np.array([[bool(leg) for leg in legs]])
    ends = edges[None, :2].copy(), edges[None, 1:].copy()
    spans = Spans(*(np.array([t]) for t in span), listed, *ends)
    told = watch_pairs(LegRows(np.array(columns[0], np.int64), *floats), alive, spans, MAX_AGE)
    mids = [[None if np.isnan(v) else v for v in leg] for leg in told.mid[0]]
    return mids, *(None if np.isnan(v[0]) else v[0] for v in told[1:])


@given(legs_of_rows, legs_of_rows, st.lists(st.booleans(), min_size=21, max_size=21), st.data())
def test_every_reading_equals_the_slow_one(call, put, alive, data):
    start, peak, end = sorted(data.draw(st.tuples(*[st.integers(0, 20)] * 3)))

    told = watch([call, put], np.array(alive), (start, end, peak))

    assert told == oracle.follow([call, put], alive, (start, end, peak), MAX_AGE)


def book(second, mid=100.0, spread=0.5, depth=3_000, volume=0):
    return second, mid, spread, depth, volume


@pytest.mark.parametrize(("age", "mid"), [(2, 100.0), (3, None)])
def test_a_book_speaks_as_long_as_it_may(age, mid):
    told = watch([[book(0)], [book(0)]], np.ones(9, bool), (age, age, age))

    assert told[0][0] == [mid] * 3


def test_a_row_without_a_quote_ends_the_one_before():
    told = watch([[book(0), book(1, mid=None)], [book(0)]], np.ones(9, bool), (1, 2, 1))

    assert told[0][0] == [None] * 3


def test_trading_in_the_second_of_the_start_is_not_counted():
    leg = [book(0, volume=75), book(1, volume=150), book(1, volume=75)]

    assert watch([leg, []], np.ones(9, bool), (0, 1, 1))[3] is None
    assert watch([leg, [book(0)]], np.ones(9, bool), (0, 1, 1))[3] == 225.0


@pytest.mark.parametrize(("fed", "volume"), [(True, 0.0), (False, None)])
def test_silence_is_no_trading_only_while_the_feed_lives(fed, volume):
    alive = np.array([True, fed, True])

    assert watch([[book(0)], [book(0)]], alive, (0, 2, 0))[3] == volume


def test_a_spread_that_doubled_and_depth_that_fell_to_55_percent():
    leg = [book(0, spread=0.8, depth=2_000), book(5, spread=1.6, depth=1_100)]

    assert watch([leg, leg], np.ones(9, bool), (0, 5, 5))[1:3] == (1.0, 0.45)
