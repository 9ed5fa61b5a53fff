"""Where dealers' gamma would change sign if spot moved and every contract kept its volatility."""

import math
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.market.price import OPTION_MULTIPLIER, UNITS_PER_DOLLAR

I8: TypeAlias = npt.NDArray[np.int64]
F8: TypeAlias = npt.NDArray[np.float64]

_ROOT_TWO_PI: Final = math.sqrt(2 * math.pi)
_VANISHES: Final = 1_500.0  # exp(-750) is zero to the last bit; skipping it spares most of the work


class Chain(NamedTuple):
    """Contracts whose gamma counts, those of one moment together; (n,) each.

    Attributes:
        strike_u: units of $0.0001.
        net: contracts customers bought minus sold, not zero.
        iv: volatility a year.
    """

    strike_u: I8
    net: I8
    iv: F8


class FlipRule(NamedTuple):
    """Reach and step of the search, what counts as zero, and the interest rate a year.

    Attributes:
        range_pct: reach on either side of spot, % of spot.
        step_u: distance of the prices tried, units of $0.0001.
        epsilon: share of the largest gamma up to which one counts as zero.
        rate: a year, continuous.
    """

    range_pct: int
    step_u: int
    epsilon: float
    rate: float


@kernel
def find_flips(chain: Chain, starts: I8, spot_u: I8, years: F8, rule: FlipRule) -> I8:
    """Find the zero of dealer gamma nearest to spot at each of ``m`` moments.

    Args:
        chain: contracts of all moments, one moment after the other.
        starts: (m + 1,) where each moment's contracts start; the next one's start is their end.
        spot_u: (m,) units of $0.0001.
        years: (m,) to expiry.
        rule: the search.

    Returns:
        (m,) prices in units of $0.0001, 0 where gamma does not change sign.

    Source:
        docs/features.md, "Walls and flip".
    """
    flips = np.zeros(spot_u.shape[0], np.int64)
    for j in range(spot_u.shape[0]):
        start, stop = starts[j], starts[j + 1]
        if start == stop:
            continue
        first, last = _steps(chain.strike_u[start:stop], spot_u[j], rule)
        prices = (spot_u[j] + rule.step_u * np.arange(first, last + 1)) / UNITS_PER_DOLLAR
        gamma = _gamma_at(chain, start, stop, prices, years[j], rule.rate)
        zero = nearest_zero(gamma, first, rule.epsilon)
        if not math.isnan(zero):
            flips[j] = np.int64(np.rint(spot_u[j] + rule.step_u * zero))
    return flips


@kernel
def _steps(strikes_u: I8, spot_u: int, rule: FlipRule) -> tuple[int, int]:
    """First and last multiple of the step within reach and between the outer strikes."""
    reach = rule.range_pct * spot_u // 100
    lowest = max(strikes_u.min() - spot_u, -reach)
    highest = min(strikes_u.max() - spot_u, reach)
    return -(-lowest // rule.step_u), highest // rule.step_u


@kernel
def _gamma_at(chain: Chain, start: int, stop: int, prices: F8, years: float, rate: float) -> F8:
    """What contracts ``[start, stop)`` give dealers at each price, contract after contract."""
    logs, gamma = np.log(prices), np.zeros(prices.shape[0])
    for i in range(start, stop):
        spread = chain.iv[i] * math.sqrt(years)
        held = -OPTION_MULTIPLIER * chain.net[i] / (spread * _ROOT_TWO_PI)
        centre = math.log(chain.strike_u[i] / UNITS_PER_DOLLAR) - (rate * years + 0.5 * spread**2)
        for j in range(prices.shape[0]):
            d1 = (logs[j] - centre) / spread
            square = d1 * d1
            if square < _VANISHES:
                gamma[j] += held * math.exp(-0.5 * square)
    return gamma / prices


@kernel
def nearest_zero(gamma: F8, first: int, epsilon: float) -> float:
    """The change of sign nearest to step 0, of equals the lower, in steps; NaN if there is none.

    Values up to ``epsilon`` of the largest count as zero: without this the far tails decide.
    Between neighbours of opposite sign the zero is linear; a run of zeros between opposite
    signs gives its middle, one at an edge or between equal signs nothing.

    Args:
        gamma: (n,) values a step apart.
        first: the step of the first value.
        epsilon: share of the largest.
    """
    nearest, before = math.nan, -1
    limit = epsilon * np.abs(gamma).max() if gamma.shape[0] else 0.0
    for j in range(gamma.shape[0]):
        if abs(gamma[j]) <= limit:
            continue
        if before >= 0 and (gamma[before] > 0) != (gamma[j] > 0):
            if before == j - 1:
                zero = first + before + gamma[before] / (gamma[before] - gamma[j])
            else:
                zero = first + 0.5 * (before + j)
            if math.isnan(nearest) or abs(zero) < abs(nearest):
                nearest = zero
        before = j
    return nearest
