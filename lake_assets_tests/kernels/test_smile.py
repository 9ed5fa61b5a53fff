"""Which volatility is in force: against the slow look-up, and its edges."""

import math
from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.parity import CALL, PUT
from lake_assets.kernels.smile import (
    INTERPOLATED,
    LAST,
    OWN,
    UNKNOWN,
    empty_smile,
    volatilities_in_force,
)
from lake_assets_tests.oracles import smile as oracle

SECOND = 10**9
START = 1_765_981_800 * SECOND
MAX_AGE = 60 * SECOND
METHODS = {OWN: "own", LAST: "last", INTERPOLATED: "interp", UNKNOWN: None}
LOW, MIDDLE, HIGH = 6_890_000, 6_900_000, 6_930_000

prints = st.lists(
    st.tuples(
        st.sampled_from([0, 0, 1, SECOND, 30 * SECOND, MAX_AGE, MAX_AGE + 1]),
        st.sampled_from([LOW, MIDDLE, 6_910_000, 6_920_000, HIGH]),
        st.sampled_from("CP"),
        st.one_of(st.none(), st.none(), st.sampled_from([0.1, 0.2, 0.35])),
    ),
    max_size=30,
).map(
    lambda rows: [
        (START + at, *row[1:])
        for at, row in zip(accumulate(pause for pause, *_ in rows), rows, strict=True)
    ]
)


def used(rows, *, parted_at=()):
    """(iv or None, method) of each of (ns, strike_u, right, iv or None), in one call or several."""
    strikes = np.array(sorted({row[1] for row in rows}), np.int64)
    smile = empty_smile(strikes.size)
    return [
        each
        for first, last in pairwise([0, *parted_at, len(rows)])
        for each in _used(smile, strikes, rows[first:last])
    ]


def _used(smile, strikes, rows):
    found = volatilities_in_force(
        smile,
        np.array([row[0] for row in rows], np.int64),
        np.searchsorted(strikes, np.array([row[1] for row in rows], np.int64)),
        np.array([CALL if row[2] == "C" else PUT for row in rows], np.int8),
        np.array([math.nan if row[3] is None else row[3] for row in rows], np.float64),
        strikes,
        MAX_AGE,
    )
    return [
        (None if math.isnan(iv) else iv, METHODS[method])
        for iv, method in zip(*(column.tolist() for column in found), strict=True)
    ]


@given(prints)
def test_every_print_equals_the_slow_look_up(rows):
    expected = oracle.used(rows, MAX_AGE)

    found = used(rows)

    assert [method for _, method in found] == [method for _, method in expected]
    assert [iv for iv, _ in found] == pytest.approx([iv for iv, _ in expected], abs=1e-15)


@given(prints, st.data())
def test_several_calls_say_what_one_says(rows, data):
    moments = [i for i, (before, row) in enumerate(pairwise(rows), 1) if before[0] < row[0]]
    parted_at = sorted(data.draw(st.sets(st.sampled_from(moments)))) if moments else []

    assert used(rows, parted_at=parted_at) == used(rows)


@pytest.mark.parametrize(
    ("age", "method"),
    [(1, "interp"), (MAX_AGE, "interp"), (MAX_AGE + 1, None), (0, None)],
    ids=["just before", "a minute old", "older", "at the same moment"],
)
def test_neighbours_are_fresh_and_of_the_past(age, method):
    neighbours = [(START, LOW, "C", 0.2), (START, HIGH, "C", 0.4)]

    *_, last = used([*neighbours, (START + age, MIDDLE, "C", None)])

    assert last[1] == method


def test_between_neighbours_it_is_linear_in_strike():
    rows = [(START, LOW, "C", 0.2), (START, HIGH, "C", 0.4), (START + 1, MIDDLE, "C", None)]

    assert used(rows)[-1] == (pytest.approx(0.25), "interp")


def test_its_own_past_is_never_too_old():
    rows = [(START, LOW, "C", 0.2), (START + 100 * MAX_AGE, LOW, "C", None)]

    assert used(rows)[-1] == (0.2, "last")


def test_prints_of_one_moment_do_not_see_each_other():
    assert used([(START, LOW, "C", 0.2), (START, LOW, "C", None)])[-1] == (None, None)


@pytest.mark.parametrize(
    "others",
    [[(LOW, "C")], [(HIGH, "C")], [(LOW, "P"), (HIGH, "P")], []],
    ids=["none above", "none below", "the other right", "none"],
)
def test_nothing_is_extrapolated(others):
    rows = [(START, strike, right, 0.2) for strike, right in others]

    assert used([*rows, (START + 1, MIDDLE, "C", None)])[-1] == (None, None)


def test_a_stale_neighbour_is_passed_over_for_the_next_fresh_one():
    rows = [
        (START, 6_910_000, "C", 0.9),
        (START + MAX_AGE, LOW, "C", 0.2),
        (START + MAX_AGE, HIGH, "C", 0.4),
        (START + MAX_AGE + 1, MIDDLE, "C", None),
    ]

    assert used(rows)[-1] == (pytest.approx(0.25), "interp")
