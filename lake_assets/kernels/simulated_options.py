"""Black-Scholes prices of many options at once, for the quotes of simulated prints."""

import math
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]

_ROOT_HALF: Final = math.sqrt(0.5)


@kernel
def price_options(spot: F8, strike: F8, years: F8, volatility: F8, call: I8, rate: float) -> F8:
    """European prices without dividends.

    Args:
        spot: (n,) dollars, positive.
        strike: (n,) dollars, positive.
        years: (n,) to expiry, a year being 365 days, positive.
        volatility: (n,) a year, positive.
        call: (n,) 1 for a call, 0 for a put.
        rate: a year, continuous.

    Returns:
        (n,) dollars.

    Source:
        Black and Scholes, The Pricing of Options and Corporate Liabilities, 1973.
    """
    prices = np.empty(spot.shape[0])
    for i in range(spot.shape[0]):
        spread = volatility[i] * math.sqrt(years[i])
        d1 = (math.log(spot[i] / strike[i]) + rate * years[i]) / spread + 0.5 * spread
        paid = strike[i] * math.exp(-rate * years[i])
        sign = 1.0 if call[i] else -1.0
        above = 0.5 * math.erfc(-sign * d1 * _ROOT_HALF)
        exercised = 0.5 * math.erfc(-sign * (d1 - spread) * _ROOT_HALF)
        prices[i] = sign * (spot[i] * above - paid * exercised)
    return prices
