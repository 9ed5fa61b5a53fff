"""The fuel's kernel: which contracts are within reach, and what is summed."""

import math

import numpy as np
import pytest

from lake_assets.kernels.fuel import Flow, sum_fuel
from lake_assets.kernels.parity import CALL, PUT

LEVEL_U = 6_900_000
REACH = 20_000


def sums(rows, level_u=LEVEL_U, window=None):
    """Of (strike_u, right, volume, size_sq, gamma, gross, dealer) at one moment."""
    table = np.array(rows, np.float64).reshape(-1, 7)
    integers = [table[:, i].astype(np.int64) for i in range(4)]
    flow = Flow(
        integers[0],
        integers[1].astype(np.int8),
        *integers[2:],
        *(table[:, i].copy() for i in (4, 5, 6)),
    )
    start, stop = window or (0, len(rows))
    found = sum_fuel(flow, np.array([start]), np.array([stop]), np.array([level_u]), REACH)
    return {name: column[0].tolist() for name, column in found._asdict().items()}


@pytest.mark.parametrize(
    ("strike_u", "inside"),
    [(6_880_000, 1), (6_879_999, 0), (6_920_000, 1), (6_920_001, 0), (6_900_000, 1)],
)
def test_both_ends_of_the_reach_are_in_it(strike_u, inside):
    assert sums([(strike_u, CALL, 7, 49, 0.1, 70, -70)])["volume"] == 7 * inside


def test_calls_and_puts_are_summed_apart_and_dealers_together():
    found = sums([(LEVEL_U, CALL, 7, 49, 0.1, 70, -30), (LEVEL_U, PUT, 2, 4, 0.2, 40, 10)])

    assert found == {
        "dealer": -20,
        "gross": [70, 40],
        "variance": pytest.approx(100 * 49 + 400 * 4),
        "volume": 9,
        "measured": 9,
    }


def test_a_contract_without_gamma_has_volume_alone():
    found = sums([(LEVEL_U, CALL, 7, 49, math.nan, math.nan, math.nan)])

    assert found == {"dealer": 0, "gross": [0, 0], "variance": 0, "volume": 7, "measured": 0}


def test_other_moments_are_not_in_it():
    rows = [(LEVEL_U, CALL, volume, 1, 0.1, 1, 1) for volume in (1, 2, 4)]

    assert sums(rows, window=(1, 2))["volume"] == 2
    assert sums(rows, window=(3, 3))["volume"] == 0
