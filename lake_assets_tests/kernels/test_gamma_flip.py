"""The gamma flip against every price tried by hand, and the rules of its zeros."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.gamma_flip import Chain, FlipRule, find_flips, nearest_zero
from lake_assets.physics.parameters import OptionParams
from lake_assets_tests.oracles import gamma_flip as oracle
from lake_assets_tests.oracles.black_scholes import YEAR_S

PARAMS = OptionParams()
RULE = FlipRule(PARAMS.flip_range_pct, PARAMS.flip_step_u, PARAMS.flip_epsilon, PARAMS.rate)
REFERENCE = [(6_880_000, -400, 0.14), (6_900_000, 250, 0.13), (6_920_000, 300, 0.12)]
THREE_HOURS = 10_800 / YEAR_S

chains = st.lists(
    st.tuples(
        st.one_of(st.integers(660, 720), st.just(500)).map(lambda dollars: 10_000 * dollars),
        st.integers(-500, 500).filter(bool),
        st.floats(0.05, 0.6),
    ),
    max_size=8,
)
spots = st.integers(6_800_000, 7_000_000)
times = st.sampled_from([60, 600, 10_800, 23_400]).map(lambda seconds: seconds / YEAR_S)


def flips(moments):
    """Of (chain, spot_u, years) each; None where there is none."""
    rows = [row for chain, _, _ in moments for row in chain]
    sizes = [len(chain) for chain, _, _ in moments]
    found = find_flips(
        Chain(
            np.array([row[0] for row in rows], np.int64),
            np.array([row[1] for row in rows], np.int64),
            np.array([row[2] for row in rows], np.float64),
        ),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
        np.array([spot for _, spot, _ in moments], np.int64),
        np.array([years for *_, years in moments], np.float64),
        RULE,
    )
    return [flip or None for flip in found.tolist()]


def zero(gamma, first=0, epsilon=0.01):
    found = nearest_zero(np.array(gamma, np.float64), first, epsilon)
    return None if math.isnan(found) else found


def test_the_reference_chain_flips_where_the_reference_says():
    assert flips([(REFERENCE, 6_901_000, THREE_HOURS)]) == [6_892_350]


@given(chains, spots, times)
def test_every_flip_equals_the_slow_search(chain, spot_u, years):
    expected = oracle.flip(chain, spot_u, years, PARAMS)

    [found] = flips([(chain, spot_u, years)])

    assert (found is None) == (expected is None)
    if expected is not None:
        # the slow sum is another float sum: of a nearly flat curve the zero moves a little
        assert found == pytest.approx(expected, abs=1)


@given(chains, spots, times)
def test_a_flip_lies_between_the_strikes_and_within_reach(chain, spot_u, years):
    [found] = flips([(chain, spot_u, years)])

    if found is not None:
        strikes = [strike for strike, *_ in chain]
        assert min(strikes) <= found <= max(strikes)
        assert abs(found - spot_u) <= 0.05 * spot_u


@given(chains, spots, times)
def test_turning_every_position_around_leaves_the_flip(chain, spot_u, years):
    turned = [(strike, -net, iv) for strike, net, iv in chain]

    assert flips([(chain, spot_u, years)]) == flips([(turned, spot_u, years)])


@given(st.lists(st.tuples(chains, spots, times), max_size=4))
def test_a_moment_does_not_see_the_others(moments):
    assert flips(moments) == [flips([moment])[0] for moment in moments]


def test_positions_of_one_sign_do_not_flip():
    assert flips([([(6_880_000, 10, 0.1), (6_920_000, 10, 0.1)], 6_900_000, THREE_HOURS)]) == [None]


def test_strikes_out_of_reach_give_nothing():
    chain = [(5_000_000, 10, 0.1), (5_010_000, -10, 0.1)]

    assert flips([(chain, 6_900_000, THREE_HOURS)]) == [None]


@pytest.mark.parametrize(
    ("gamma", "first", "expected"),
    [
        ([-1, 3], 0, 0.25),
        ([3, -1], -1, -0.25),
        ([-1, 0, 1], 0, 1.0),
        ([-1, 0, 0, 1], 0, 1.5),
        ([-100, 0.9, 0.5, 100], 0, 1.5),
        ([0, 1, 0], 0, None),
        ([1, 0, 1], 0, None),
        ([1, 2, 3], 0, None),
        ([0, 0], 0, None),
        ([], 0, None),
        ([5], 0, None),
        ([-1, 1, 1, -1], -2, 0.5),
        ([-1, 1, 1, -1], -1, -0.5),
        ([1, -1, 1], -1, -0.5),
    ],
    ids=[
        "linear between neighbours",
        "before spot",
        "one zero",
        "a run of zeros",
        "too small to count",
        "zeros at the edges",
        "a zero between equal signs",
        "one sign",
        "nothing but zeros",
        "no prices",
        "one price",
        "the nearer of two",
        "the nearer of two, before spot",
        "of equals the lower",
    ],
)
def test_which_zero_counts(gamma, first, expected):
    assert zero(gamma, first) == expected


@given(
    st.lists(st.sampled_from([-5.0, -1.0, -0.001, 0.0, 0.02, 1.0, 3.0]), max_size=9),
    st.integers(-9, 2),
)
def test_the_nearest_zero_equals_the_slow_list(gamma, first):
    listed = oracle.zeros([(first + at, y) for at, y in enumerate(gamma)], 0.01)

    assert zero(gamma, first) == min(listed, key=lambda x: (abs(x), x), default=None)
