"""Black's formula on a forward: the volatility a mid implies, and its greeks."""

import math
from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.black_scholes import VolatilityRule, imply_one, normal_cdf
from lake_assets.kernels.compile import kernel
from lake_assets.kernels.parity import CALL

I8: TypeAlias = npt.NDArray[np.int64]
I1: TypeAlias = npt.NDArray[np.int8]
F8: TypeAlias = npt.NDArray[np.float64]

# why there is no volatility, in the order in which the reasons are looked at
NO_FORWARD: Final = 0
NO_MID: Final = 1
TOO_SHORT: Final = 2
BELOW_INTRINSIC: Final = 3
ABOVE_BOUND: Final = 4
NO_CONVERGENCE: Final = 5
SOLVED: Final = 6

_POINTS: Final = 100  # volatility points in a volatility of 1
_ROOT_TWO_PI: Final = math.sqrt(2 * math.pi)


class Quoted(NamedTuple):
    """One place an option at a moment, (n,) each.

    Attributes:
        forward: points, NaN where unknown.
        strike: points, positive.
        right: `CALL` or `PUT` of `lake_assets.kernels.parity`.
        mid: points, NaN where unknown.
        years: to expiry, a year being 365 days.
    """

    forward: F8
    strike: F8
    right: I1
    mid: F8
    years: F8


class ForwardGreeks(NamedTuple):
    """One place an option, (n,) each, NaN without a volatility.

    Attributes:
        quality: why there is no volatility, or `SOLVED`.
        iv: volatility, a year.
        delta: per point of the forward.
        gamma: delta per point of the forward.
        vega: points per volatility point.
    """

    quality: I1
    iv: F8
    delta: F8
    gamma: F8
    vega: F8


@kernel
def imply_on_forward(options: Quoted, rule: VolatilityRule, least_years: float) -> ForwardGreeks:
    """Find the volatility that gives each mid, and the greeks at it.

    With ``D = exp(-rT)`` a call is worth ``D (F N(d1) - K N(d2))``: Black and Scholes' formula
    for a spot of ``D F``, so their search is used.

    Args:
        options: what is priced.
        rule: rate, where a volatility may lie, and its precision.
        least_years: an option closer to expiry has no volatility.

    Source:
        docs/features.md, "Option state"; Black, The pricing of commodity contracts, 1976.
    """
    count = options.mid.shape[0]
    found = ForwardGreeks(
        np.zeros(count, np.int8),
        np.full(count, np.nan),
        np.full(count, np.nan),
        np.full(count, np.nan),
        np.full(count, np.nan),
    )
    for i in range(count):
        forward, strike, right = options.forward[i], options.strike[i], options.right[i]
        mid, years = options.mid[i], options.years[i]
        quality = _judge(forward, strike, right, mid, years, rule.rate, least_years)
        if quality == SOLVED:
            discount = math.exp(-rule.rate * years)
            volatility = imply_one(discount * forward, discount * strike, mid, right, years, rule)
            if math.isnan(volatility):
                quality = NO_CONVERGENCE
            else:
                found.iv[i] = volatility
                _measure(forward, strike, right, years, volatility, discount, i, found)
        found.quality[i] = quality
    return found


@kernel
def _judge(
    forward: float,
    strike: float,
    right: int,
    mid: float,
    years: float,
    rate: float,
    least_years: float,
) -> int:
    """The first reason against a search, or `SOLVED`."""
    if not forward > 0:
        return NO_FORWARD
    if math.isnan(mid):
        return NO_MID
    if years < least_years:
        return TOO_SHORT
    discount = math.exp(-rate * years)
    inside, most = (forward - strike, forward) if right == CALL else (strike - forward, strike)
    if mid <= discount * max(0.0, inside):
        return BELOW_INTRINSIC
    if mid >= discount * most:
        return ABOVE_BOUND
    return SOLVED


@kernel
def _measure(
    forward: float,
    strike: float,
    right: int,
    years: float,
    volatility: float,
    discount: float,
    i: int,
    out: ForwardGreeks,
) -> None:
    """Fill the greeks at place ``i``."""
    root = math.sqrt(years)
    d1 = (math.log(forward / strike) + 0.5 * volatility * volatility * years) / (volatility * root)
    density = math.exp(-0.5 * d1 * d1) / _ROOT_TWO_PI
    out.delta[i] = discount * normal_cdf(d1) if right == CALL else -discount * normal_cdf(-d1)
    out.gamma[i] = discount * density / (forward * volatility * root)
    out.vega[i] = discount * forward * density * root / _POINTS
