"""Targets, slots and rolls, against the definitions and figures worked by hand."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.strikes import (
    ATM,
    NO_TARGET,
    SLOTS,
    Listing,
    fill_slots,
    find_rolls,
    nearest_strikes,
)
from lake_assets_tests.oracles import strikes as oracle

STEP = 50
CENTS = 100


def targets(spots, step=STEP, hysteresis_pct=0, units=CENTS):
    """Spots are exact numbers of ``units`` a point; None is unknown."""
    known = np.array([-1 if s is None else s for s in spots], np.int64)
    found = nearest_strikes(known, step * units, step, hysteresis_pct).tolist()
    return [None if k == NO_TARGET else k for k in found]


@given(st.lists(st.none() | st.integers(2_398_000, 2_412_000)), st.sampled_from([0, 5, 30]))
def test_targets_equal_the_slow_ones(spots, hysteresis_pct):
    exact = [None if s is None else Fraction(s, CENTS) for s in spots]
    assert targets(spots, hysteresis_pct=hysteresis_pct) == oracle.targets(
        exact, STEP, hysteresis_pct
    )


@pytest.mark.parametrize(
    ("spot", "step", "units", "target"),
    [
        (2_402_495, 50, 100, 24_000),
        (2_402_500, 50, 100, 24_050),
        (2_407_500, 50, 100, 24_100),
        (5_505_000, 100, 100, 55_100),
        (6_304_900, 1, 10_000, 630),
        (6_305_000, 1, 10_000, 631),
    ],
)
def test_exact_halves_go_up(spot, step, units, target):
    assert targets([spot], step, units=units) == [target]


def test_a_target_stays_while_spot_is_near_and_through_silence():
    # half a step and 10 % of one: 30 points
    spots = [2_400_000, 2_403_000, None, 2_403_000, 2_403_001, 2_402_001, 2_401_999]
    assert targets(spots, hysteresis_pct=10) == [
        24_000,
        24_000,
        None,
        24_000,
        24_050,
        24_050,
        24_000,
    ]


strike_lists = st.lists(st.integers(470, 500).map(lambda k: 10 * k), unique=True).map(sorted)


@given(
    strike_lists, strike_lists, st.data(), st.lists(st.integers(94, 100), min_size=1, max_size=6)
)
def test_slots_equal_the_slow_ones(calls, puts, data, targets_of_seconds):
    strikes = calls + puts
    first = data.draw(st.lists(st.integers(-2, 6), min_size=len(strikes), max_size=len(strikes)))
    listing = Listing(
        np.array(strikes, np.int64),
        np.array(first, np.int64),
        np.array([[0, len(calls)]]),
        np.array([[len(calls), len(strikes)]]),
    )
    target = np.array([STEP * t for t in targets_of_seconds], np.int32)

    contract, fallback = fill_slots(target, np.zeros(len(target), np.int64), listing, STEP)

    for t, at in enumerate(target.tolist()):
        bits = 0
        for right, (opens, stops) in enumerate([(0, len(calls)), (len(calls), len(strikes))]):
            listed = [strikes[c] for c in range(opens, stops) if first[c] <= t]
            for slot in range(SLOTS):
                wanted = at + (slot - ATM) * STEP
                chosen = oracle.slot(wanted, listed, STEP)
                place = contract[right, slot, t]
                assert (None if place < 0 else strikes[place]) == chosen
                bits |= (chosen is not None and chosen != wanted) << (SLOTS * right + slot)
        assert fallback[t] == bits


def test_nothing_is_chosen_without_a_target_or_an_expiry():
    listing = Listing(np.array([24_000]), np.array([0]), np.array([[0, 1]]), np.array([[1, 1]]))
    target = np.array([NO_TARGET, 24_000], np.int32)

    contract, fallback = fill_slots(target, np.array([0, -1]), listing, STEP)

    assert (contract == -1).all()
    assert not fallback.any()


maybe = st.lists(st.integers(-1, 2), min_size=8, max_size=8)


@given(maybe, maybe, maybe)
def test_rolls_equal_the_slow_ones(calls, puts, expiries):
    lines = [[None if v < 0 else v for v in line] for line in (calls, puts, expiries)]
    found = find_rolls(np.array(calls, "i4"), np.array(puts, "i4"), np.array(expiries, "i8"))
    assert found.tolist() == oracle.rolls(*lines)
