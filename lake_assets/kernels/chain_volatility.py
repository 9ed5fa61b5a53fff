"""Volatility a mid implies, by plain bisection of Black, Scholes and Merton's price."""

import math
from typing import Final, NamedTuple

import numpy as np

from lake_assets.kernels.black_scholes import F8, I1, normal_cdf
from lake_assets.kernels.compile import kernel
from lake_assets.kernels.parity import CALL

LOWEST: Final = 0.01
HIGHEST: Final = 5.0
_TOLERANCE: Final = 1e-10
_STEPS: Final = 60


class Chain(NamedTuple):
    """European options of one close, (n,) each.

    Attributes:
        spot: underlying, dollars; NaN where unknown.
        strike: dollars, positive.
        right: `CALL` or `PUT`.
        years: to expiry, a year being 365 days, positive.
        mid: dollars; NaN where there is none.
    """

    spot: F8
    strike: F8
    right: I1
    years: F8
    mid: F8


@kernel
def bisect_volatility(chain: Chain, rate: float, dividend: float) -> F8:
    """Find the volatility in [0.01, 5] that gives each mid.

    Args:
        chain: what is priced.
        rate: interest a year, continuous.
        dividend: yield of the underlying a year, continuous.

    Returns:
        (n,) volatilities a year, the middle of a bracket at most 1e-10 wide; NaN where spot or
        mid is unknown, and where no volatility of the range gives the mid: so everywhere outside
        the no-arbitrage bounds.

    Source:
        docs/features.md, "Option chains".
    """
    found = np.full(chain.mid.shape[0], np.nan)
    for i in range(chain.mid.shape[0]):
        if chain.spot[i] > 0 and not math.isnan(chain.mid[i]):
            paid = chain.strike[i] * math.exp(-rate * chain.years[i])
            held = chain.spot[i] * math.exp(-dividend * chain.years[i])
            root = math.sqrt(chain.years[i])
            found[i] = _bisect(held, paid, chain.right[i], root, chain.mid[i])
    return found


@kernel
def _bisect(held: float, paid: float, right: int, root: float, mid: float) -> float:
    low, high = LOWEST, HIGHEST
    if mid < _price(held, paid, right, low * root) or mid > _price(held, paid, right, high * root):
        return math.nan
    for _ in range(_STEPS):
        if high - low <= _TOLERANCE:
            break
        middle = 0.5 * (low + high)
        if _price(held, paid, right, middle * root) < mid:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


@kernel
def _price(held: float, paid: float, right: int, spread: float) -> float:
    """Price from the discounted spot and strike and volatility times root of time."""
    sign = 1.0 if right == CALL else -1.0
    d1 = math.log(held / paid) / spread + 0.5 * spread
    return sign * (held * normal_cdf(sign * d1) - paid * normal_cdf(sign * (d1 - spread)))
