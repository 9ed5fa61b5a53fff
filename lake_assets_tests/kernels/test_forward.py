"""Parity second by second, against the definition applied to lists of strikes."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.forward import Chain, ParityStrikes, parity_spot, slot_forward
from lake_assets_tests.oracles import forward as oracle

RATE, TICK = 0.04, 0.01
YEARS = 0.0170662100456621
RULE = ParityStrikes(most=5, least=3)
leg = st.none() | st.integers(2, 60)  # twice the mid, in ticks
chains = st.lists(st.tuples(leg, leg), max_size=9)


def chain_of(legs) -> Chain:
    """One second; strikes 600 to 600 + k, except that one is left out to break the symmetry."""
    strikes = strikes_of(legs)
    twice = [v for pair in legs for v in pair]
    last = np.full((2, len(legs), 1), -1, np.int32)
    for k, pair in enumerate(legs):
        for right in (0, 1):
            if pair[right] is not None:
                last[right, k, 0] = 2 * k + right
    known = np.array([-1 if v is None else v for v in twice], np.int64)
    return Chain(
        np.array(strikes, np.int64), last, known, np.where(known < 0, np.nan, known * TICK / 2)
    )


def strikes_of(legs):
    return [600 + k + (k > 3) for k in range(len(legs))]


@given(chains)
def test_spot_equals_the_slow_one(legs):
    slow = [
        (k, *(None if v is None else (v * TICK / 2, v) for v in pair))
        for k, pair in zip(strikes_of(legs), legs, strict=True)
    ]

    found = parity_spot(chain_of(legs), np.array([YEARS]), RATE, RULE)[0]

    expected = oracle.parity_spot(slow, YEARS, RATE, RULE.most, RULE.least)
    assert (None if math.isnan(found) else found) == (
        expected if expected is None else pytest.approx(expected, rel=1e-12)
    )


def test_a_row_without_a_mid_is_no_pair():
    chain = chain_of([(4, 4), (4, 4), (4, 4)])
    chain.twice_mid[0] = -1
    assert math.isnan(parity_spot(chain, np.array([YEARS]), RATE, RULE)[0])


def test_prices_that_imply_no_spot_give_none():
    chain = chain_of([(2, 400_000)] * 3)
    assert math.isnan(parity_spot(chain, np.array([YEARS]), RATE, RULE)[0])


slot = st.tuples(st.integers(0, 5), st.none() | st.integers(1, 60).map(float))
# a contract has one mid, so slots that share it show the same
slot_lists = st.lists(slot, min_size=5, max_size=5).map(
    lambda rows: [(600 + k if k else None, dict(rows)[k] if k else None) for k, _ in rows]
)


@given(slot_lists, slot_lists)
def test_forward_equals_the_slow_one(calls, puts):
    strike = np.array([[[k or -1] for k, _ in side] for side in (calls, puts)], np.int32)
    mid = np.array([[[np.nan if m is None else m] for _, m in side] for side in (calls, puts)])

    found, count = slot_forward(strike, mid, np.array([YEARS]), RATE)

    forward, strikes = oracle.slot_forward(calls, puts, YEARS, RATE)
    assert count[0] == strikes
    assert (None if math.isnan(found[0]) else found[0]) == (
        forward if forward is None else pytest.approx(forward, rel=1e-12)
    )


def test_a_forward_worked_by_hand():
    strike = np.full((2, 5, 1), -1, np.int32)
    mid = np.full((2, 5, 1), np.nan)
    strike[:, 2, 0], mid[0, 2, 0], mid[1, 2, 0] = 24_600, 195.25, 182.90

    forward, count = slot_forward(strike, mid, np.array([YEARS]), 0.06)

    assert forward[0] == pytest.approx(24_612.362652538464, rel=1e-12)
    assert count[0] == 1
