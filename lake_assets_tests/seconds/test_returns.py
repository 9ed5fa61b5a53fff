"""Columns of returns: from observed spots only, null where unknown."""

import math

import numpy as np
import pytest

from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.returns import measure_returns
from lake_assets_tests.seconds.scenes import row, state


def test_a_carried_spot_has_no_return():
    rows = [row(t, spot_price=24_600.0 + t) for t in (0, 1, 2, 4, 5)]
    found = state(rows, 6)

    assert found["spot_price"].item(3) == 24_602.0
    assert found["ret_1s"].is_null().to_list() == [True, False, False, True, True, False, True]


def test_a_gap_tells_its_change_and_how_many_seconds_were_missed():
    rows = [row(t, spot_price=24_600.0 + t) for t in (1, 2, 5)]
    found = state(rows, 6)

    assert found["gap_s"].to_list() == [None] * 5 + [2, None]
    assert found["gap_ret"].item(5) == pytest.approx(math.log(24_605 / 24_602), rel=1e-12)
    assert found["gap_ret"].null_count() == 6


def test_a_price_that_stands_still_moves_by_nothing_but_accelerates_by_unknown():
    found = measure_returns(np.full(200, 24_600.0), StateParams())

    assert found["rv_120s"].drop_nulls().unique().to_list() == [0.0]
    assert found["rv_120s"].null_count() == 120
    assert found["accel_10s"].null_count() == 200


@pytest.mark.parametrize(("missing", "known"), [([115, 117], True), ([115, 117, 119], False)])
def test_a_window_must_be_known_to_four_fifths(missing, known):
    # a missing spot takes two returns with it, but the last of the day only one
    spot = np.full(121, 24_600.0)
    spot[missing] = np.nan
    found = measure_returns(spot, StateParams(window_known_pct=60))

    assert found["rv_10s"].is_not_null().item(120) == known
    assert found["rv_10s_n"].item(120) == 10 - 2 * len(missing)
