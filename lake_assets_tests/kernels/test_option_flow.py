"""The flow's kernel against sums from scratch, and the edges of its window."""

import math
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.option_flow import OptionPrints, sum_flow
from lake_assets.kernels.parity import CALL, PUT
from lake_assets.kernels.smile import INTERPOLATED, LAST, UNKNOWN
from lake_assets_tests.oracles import option_flow as oracle

SECOND = 10**9
MINUTE = 60 * SECOND
START = 1_765_981_800 * SECOND
ENDS = [START + at * MINUTE for at in range(1, 4)]
METHODS = {LAST: "last", INTERPOLATED: "interp", UNKNOWN: None}

prints = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 20 * SECOND, MINUTE - 1, MINUTE, MINUTE + 1]),
        st.sampled_from([6_890_000, 6_900_000, 6_910_000, 6_930_000]),
        st.sampled_from("CP"),
        st.integers(1, 50_000),
        st.integers(1, 500),
        st.sampled_from([-1, 0, 1]),
        st.one_of(st.none(), st.sampled_from([0.1, 0.2, 0.35])),
    ),
    max_size=25,
).map(
    lambda rows: [
        (START + at, *row[1:])
        for at, row in zip(accumulate(pause for pause, *_ in rows), rows, strict=True)
    ]
)


def flow(rows):
    """Rows by minute end, as the slow twin tells them."""
    strikes = np.array(sorted({row[1] for row in rows}), np.int64)
    ns, strike, right, price, size, side, iv = zip(*rows, strict=True) if rows else [()] * 7
    found = sum_flow(
        OptionPrints(
            np.array(ns, np.int64),
            np.searchsorted(strikes, np.array(strike, np.int64)),
            np.array([CALL if r == "C" else PUT for r in right], np.int8),
            np.array(price, np.int64),
            np.array(size, np.int64),
            np.array(side, np.int8),
            np.array([math.nan if v is None else v for v in iv], np.float64),
        ),
        strikes,
        np.array(ENDS, np.int64),
        MINUTE,
    )
    by_end = [[] for _ in ENDS]
    for end, place, side_of, *sums, last_iv, method in zip(
        *(column.tolist() for column in found), strict=True
    ):
        known = None if math.isnan(last_iv) else pytest.approx(last_iv, abs=1e-15)
        contract = int(strikes[place]), "C" if side_of == CALL else "P"
        by_end[end].append((*contract, *sums, known, METHODS[method]))
    return by_end


@given(prints)
def test_every_end_equals_the_slow_sum(rows):
    assert flow(rows) == [oracle.flow(rows, end, MINUTE) for end in ENDS]


def test_a_print_at_the_end_belongs_to_the_next_minute():
    rows = [(ENDS[0], 6_900_000, "C", 100, 5, 1, 0.2)]

    assert [len(end) for end in flow(rows)] == [0, 1, 1]


def test_a_print_without_an_aggressor_has_volume_and_no_flow():
    [row] = flow([(START, 6_900_000, "P", 100, 5, 0, 0.2)])[0]

    assert row[2:6] == (5, 500, 0, 0)


def test_calls_come_before_puts_and_strikes_ascend():
    rows = [(START, strike, right, 1, 1, 1, 0.2) for strike in (2, 1) for right in "PC"]

    assert [row[:2] for row in flow(rows)[0]] == [(1, "C"), (1, "P"), (2, "C"), (2, "P")]


def test_nothing_traded_gives_no_rows():
    assert flow([]) == [[], [], []]
