"""Dealer gamma of the strikes around a level."""

import math
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.kernels.parity import CALL
from lake_assets.market.price import OPTION_MULTIPLIER

I8: TypeAlias = npt.NDArray[np.int64]
I1: TypeAlias = npt.NDArray[np.int8]
F8: TypeAlias = npt.NDArray[np.float64]


class Flow(NamedTuple):
    """Contracts of all minute ends, one end after the other, strikes ascending; (r,) each.

    Attributes:
        strike_u: units of $0.0001.
        right: `CALL` or `PUT`.
        volume: contracts.
        size_sq: squared sizes of the prints with a known aggressor.
        gamma: of one option, per $1 twice; NaN where unknown.
        gross_gamma: of all that was traded, SPY shares per $1; NaN where unknown.
        dealer_gamma: of what dealers hold, SPY shares per $1; NaN where unknown.
    """

    strike_u: I8
    right: I1
    volume: I8
    size_sq: I8
    gamma: F8
    gross_gamma: F8
    dealer_gamma: F8


class FuelSums(NamedTuple):
    """One place a level at a moment, (m,) each.

    Attributes:
        dealer: dealer gamma, SPY shares per $1.
        gross: gross gamma of calls and of puts, (m, 2).
        variance: of the dealer gamma, if each print's aggressor were a coin flip.
        volume: contracts.
        measured: those of them with a gamma.
    """

    dealer: F8
    gross: F8
    variance: F8
    volume: I8
    measured: I8


@kernel
def sum_fuel(flow: Flow, starts: I8, stops: I8, level_u: I8, range_u: int) -> FuelSums:
    """Sum the contracts with a strike within reach of each level, ends included.

    Args:
        flow: contracts of all moments.
        starts: (m,) where the contracts of each level's moment start.
        stops: (m,) where they end; not included.
        level_u: (m,) units of $0.0001.
        range_u: reach on either side of the level.

    Source:
        docs/features.md, "Fuel".
    """
    count = level_u.shape[0]
    sums = FuelSums(
        np.zeros(count),
        np.zeros((count, 2)),
        np.zeros(count),
        np.zeros(count, np.int64),
        np.zeros(count, np.int64),
    )
    for j in range(count):
        strikes = flow.strike_u[starts[j] : stops[j]]
        first = starts[j] + np.searchsorted(strikes, level_u[j] - range_u, side="left")
        stop = starts[j] + np.searchsorted(strikes, level_u[j] + range_u, side="right")
        for i in range(first, stop):
            _add(flow, i, j, sums)
    return sums


@kernel
def _add(flow: Flow, i: int, j: int, sums: FuelSums) -> None:
    sums.volume[j] += flow.volume[i]
    if math.isnan(flow.gamma[i]):
        return
    side = 0 if flow.right[i] == CALL else 1
    sums.dealer[j] += flow.dealer_gamma[i]
    sums.gross[j, side] += flow.gross_gamma[i]
    sums.variance[j] += (OPTION_MULTIPLIER * flow.gamma[i]) ** 2 * flow.size_sq[i]
    sums.measured[j] += flow.volume[i]
