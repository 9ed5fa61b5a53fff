"""The aggressor kernel against its slow twin and the reference vectors of both rules."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.aggressor import (
    CANCEL,
    ELIGIBLE,
    NO_QUOTE,
    OUT_OF_SEQUENCE,
    UNTRADED,
    classify_aggressor,
)
from lake_assets_tests.oracles import aggressor as oracle

REPORTS = {"regular": ELIGIBLE, "late": OUT_OF_SEQUENCE, "cancel": CANCEL}
price = st.integers(1, 6)
quote = st.none() | st.integers(0, 6)
prints = st.tuples(st.integers(0, 2), price, quote, quote, st.sampled_from(sorted(REPORTS)))


def classify(rows, *cuts):
    """The kernel's answer, asked in as many calls as there are cuts and one more."""
    state = np.full(3, UNTRADED, np.int64), np.zeros(3, np.int8)
    edges = [0, *cuts, len(rows)]
    return [one for a, b in pairwise(edges) for one in _classify(rows[a:b], state)]


def _classify(rows, state):
    columns = list(zip(*rows, strict=True)) if rows else [()] * 5
    codes, prices, bids, asks, reports = columns
    sign, method = classify_aggressor(
        np.array(codes, np.int32),
        np.array(prices, np.int64),
        np.array([NO_QUOTE if b is None else b for b in bids], np.int64),
        np.array([NO_QUOTE if a is None else a for a in asks], np.int64),
        np.array([REPORTS[r] for r in reports], np.int8),
        *state,
    )
    return [(s, oracle.NAMES[m]) for s, m in zip(sign.tolist(), method.tolist(), strict=True)]


@given(st.lists(prints, max_size=40), st.integers(0, 40))
def test_the_kernel_equals_the_rules_read_aloud(rows, cut):
    assert classify(rows, min(cut, len(rows))) == oracle.classify_aggressor(rows)


def test_the_tick_rule_follows_the_last_change():
    series = [10_000, 10_000, 10_500, 10_500, 10_400, 10_400, 10_600]

    named = classify([(0, p, None, None, "regular") for p in series])

    assert [sign for sign, _ in named] == [0, 0, 1, 1, -1, -1, 1]
    assert [method for _, method in named] == ["NONE"] * 2 + ["TICK"] * 5


BEFORE = [(0, 10_600, None, None, "regular"), (0, 10_500, None, None, "regular")]


@pytest.mark.parametrize(
    ("paid", "expected"),
    [
        (11_200, (1, "QUOTE")),
        (11_000, (1, "QUOTE")),
        (10_700, (1, "QUOTE")),
        (10_300, (-1, "QUOTE")),
        (10_000, (-1, "QUOTE")),
        (9_800, (-1, "QUOTE")),
        (10_500, (-1, "TICK")),
    ],
)
def test_the_quote_rule_speaks_except_at_the_midpoint(paid, expected):
    assert classify([*BEFORE, (0, paid, 10_000, 11_000, "regular")])[-1] == expected


def test_a_locked_quote_says_nothing():
    assert classify([*BEFORE, (0, 10_500, 10_500, 10_500, "regular")])[-1] == (-1, "TICK")


def test_a_late_report_has_its_quote_at_most_and_does_not_move_the_series():
    late = (0, 99_000, None, None, "late")

    named = classify([*BEFORE, late, (0, 10_500, None, None, "regular")])

    assert named[2:] == [(0, "NONE"), (-1, "TICK")]
