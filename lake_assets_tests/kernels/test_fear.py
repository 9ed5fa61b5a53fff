"""When fear decays, against its slow twin."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.fear import NEVER, CalmRule, FearTape, find_calm, largest_between
from lake_assets_tests.oracles import fear as oracle

RULE = CalmRule(wait=3, hold=4, longest=12)
rate = st.sampled_from([0.0, 0.1, 0.2, None])
second = st.tuples(
    st.sampled_from([100, 100, 101, 99, None]),
    st.sampled_from([1.0, 2.0, None]),
    st.sampled_from([1.0, 1.5]),
    rate,
    rate,
)


def column(values, missing=np.nan, dtype=float):
    return np.array([missing if v is None else v for v in values], dtype)


def calm(seconds, start, onset, k2=1.2, rule=RULE):
    spot, *rest = zip(*seconds, strict=True)
    tape = FearTape(
        column(spot, 0, np.int64), np.array([s is not None for s in spot]), *map(column, rest)
    )
    found = find_calm(tape, np.array([start]), np.array([onset]), np.array([k2]), rule)[0]
    return None if found == NEVER else found


@given(st.lists(second, min_size=6, max_size=40), st.data())
def test_decay_equals_the_slow_one(seconds, data):
    priced = [t for t, s in enumerate(seconds) if s[0] is not None]
    start = data.draw(st.sampled_from(priced or [0]))
    seconds[start] = (100, *seconds[start][1:])
    onset = data.draw(st.integers(start, len(seconds) - 1))

    assert calm(seconds, start, onset) == oracle.calm(seconds, start, onset, 1.2, RULE)


@given(st.lists(rate, max_size=30), st.data())
def test_the_largest_between_equals_the_slow_one(values, data):
    places = st.integers(0, max(len(values) - 1, 0))
    pairs = data.draw(st.lists(st.tuples(places, places).map(sorted), max_size=4)) if values else []
    start, end = np.array(pairs, np.int64).reshape(-1, 2).T.copy()

    told = largest_between(column(values), start, end)

    expected = [oracle.largest(values, a, b) for a, b in pairs]
    assert [None if np.isnan(value) else value for value in told] == expected


QUIET = (100, 1.0, 1.0, 0.1, 0.1)


@pytest.mark.parametrize(
    ("spoiled", "decays"),
    [
        (QUIET, 5),
        ((99, 1.0, 1.0, 0.1, 0.1), 10),
        ((100, 1.2, 1.0, 0.1, 0.1), 7),
        ((100, 1.0, 1.0, 0.2, 0.1), 7),
        ((100, 1.0, 1.0, None, 0.1), 7),
        ((None, 1.0, 1.0, 0.1, 0.1), 10),
    ],
    ids=["calm at once", "a new low", "volatile", "pulled", "rates unknown", "price unknown"],
)
def test_what_puts_decay_off(spoiled, decays):
    seconds = [QUIET] * 5 + [spoiled] * 2 + [QUIET] * 20

    assert calm(seconds, 0, 2) == decays


@pytest.mark.parametrize(("length", "decays"), [(15, 14), (14, None)])
def test_fear_is_given_up_in_time_or_with_the_session(length, decays):
    seconds = ([(100, 9.0, 1.0, 0.1, 0.1)] * 14 + [QUIET] * 10)[:length]

    assert calm(seconds, 0, 2) == decays
    assert calm(seconds, 0, 1) is None
