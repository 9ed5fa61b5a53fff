"""One right's columns as the events of its book read them."""

import numpy as np
import pytest

from lake_assets.market.option_vocabulary import OptionType
from lake_assets.seconds.option_leg import OptionLeg
from lake_assets_tests.seconds.states import NIFTY, SPY, quiet, state


def leg(right=OptionType.CE, underlying=NIFTY, **cells):
    return OptionLeg(state(quiet(4), underlying=underlying, **cells), underlying, right)


def test_each_right_has_its_own_columns():
    cells = {"ce_bid_depth_5": [1, 2, 3, 4], "pe_bid_depth_5": [5, 6, 7, 8]}

    assert leg(OptionType.CE, **cells).depth("bid").tolist() == [1, 2, 3, 4]
    assert leg(OptionType.PE, **cells).depth("bid").tolist() == [5, 6, 7, 8]


@pytest.mark.parametrize(("underlying", "depth"), [(NIFTY, 1_500), (SPY, 300)])
def test_depth_is_five_levels_where_there_are_five(underlying, depth):
    assert leg(underlying=underlying).depth("ask").tolist() == [depth] * 4


def test_a_side_unknown_leaves_the_whole_unknown():
    assert leg(ce_ask_depth_5={1: None}).resting().tolist() == [3_000, -1, 3_000, 3_000]


def test_spreads_are_whole_ticks_and_none_where_there_is_none():
    told = leg(ce_bid=[100.0, 100.05, 100.0, None], ce_ask=[100.15, 100.05, 99.95, 100.0])

    assert told.spread_ticks().tolist() == [3, -1, -1, -1]


def test_another_strike_or_expiry_is_another_contract():
    told = leg(ce_strike=[24_000, 24_050, None, 24_000], expiry={3: None}).contracts()

    assert told[0] != told[1]
    assert told[2:].tolist() == [-1, -1]


def test_a_second_without_an_answer_is_not_eligible():
    told = leg(ce_bid_pull=[None, True, False, None], ce_observed={2: None}).tape()

    assert told.eligible.tolist() == [False, True, True, False]
    assert np.array_equal(told.observed, [True, True, False, True])
