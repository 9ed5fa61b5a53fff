"""Collapses against their slow twin, and that leaving out seconds makes none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.vacuums import LegTape, VacuumRule, find_vacuums
from lake_assets_tests.oracles import vacuums as oracle

RULE = VacuumRule(lookback=3, rest=5, fall_pct=60, widen_pct=150, volume=375)
FULL, THIN = (1, True, True, 3_000, 10, 0), (1, True, True, 1_200, 15, 0)
second = st.tuples(
    st.sampled_from([1, 1, 1, 1, 2, None]),
    st.sampled_from([True] * 5 + [False]),
    st.sampled_from([True] * 5 + [False]),
    st.sampled_from([3_000, 3_000, 1_500, 1_200, 1_201, 0, None]),
    st.sampled_from([10, 10, 15, 14, 30, None]),
    st.sampled_from([0, 0, 100, 376, None]),
)
alike = st.sampled_from([FULL, FULL, FULL, THIN, THIN, (1, False, True, 3_000, 10, 0)])
tapes = st.lists(second, max_size=30) | st.lists(alike, max_size=40)


def find(seconds, rule=RULE) -> list[tuple]:
    columns = list(zip(*seconds, strict=True)) if seconds else [[]] * 6
    whole = [
        np.array([-1 if v is None else v for v in columns[at]], np.int64) for at in (0, 3, 4, 5)
    ]
    contract, depth, spread, volume = whole
    observed, eligible = (np.array(columns[at], bool) for at in (1, 2))
    tape = LegTape(contract, observed, eligible, depth, spread, volume)
    return [tuple(row) for row in find_vacuums(tape, rule).tolist()]


@given(tapes)
def test_every_collapse_equals_the_slow_one(seconds):
    assert find(seconds) == oracle.vacuums(seconds, RULE)


@given(st.lists(alike, min_size=9, max_size=40), st.data())
def test_leaving_out_seconds_never_makes_a_collapse(seconds, data):
    dropped = data.draw(st.sets(st.integers(0, len(seconds) - 1)))
    left = [
        (1, False, False, *seconds[t][3:5], None)
        if t in dropped
        else (*seconds[t][:2], seconds[t][2] and t - 1 not in dropped, *seconds[t][3:])
        for t in range(len(seconds))
    ]

    assert {t for t, _ in find(left)} <= {t for t, _ in find(seconds)}


@pytest.mark.parametrize(
    ("last", "found"),
    [
        (THIN, True),
        ((1, True, True, 1_201, 15, 0), False),
        ((1, True, True, 1_200, 14, 0), False),
        ((1, True, True, 1_200, 15, 375), True),
        ((1, True, True, 1_200, 15, 376), False),
        ((2, True, True, 1_200, 15, 0), False),
        ((1, True, False, 1_200, 15, 0), False),
        ((1, True, True, 1_200, 15, None), False),
    ],
    ids=[
        "exactly",
        "too full",
        "too narrow",
        "five lots",
        "a unit more",
        "another contract",
        "not eligible",
        "volume unknown",
    ],
)
def test_what_a_collapse_is(last, found):
    assert find([FULL] * 9 + [last]) == ([(9, 8)] if found else [])


def test_the_fullest_book_is_the_latest_of_equals():
    fuller = (1, True, True, 3_001, 10, 0)

    assert find([FULL] * 6 + [fuller, fuller, FULL, THIN]) == [(9, 7)]


@pytest.mark.parametrize(("rest", "count"), [(4, 1), (5, 2)])
def test_the_next_collapse_needs_five_seconds_without_one(rest, count):
    assert len(find([FULL] * 9 + [THIN] + [FULL] * rest + [THIN])) == count


def test_a_run_is_told_once():
    assert find([FULL] * 9 + [THIN] * 3) == [(9, 8)]
