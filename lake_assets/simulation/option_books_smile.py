"""What a simulated option is worth: Black-76 on a known forward and a known smile."""

from typing import Final

import numpy as np

from lake_assets.kernels.simulated_options import price_options
from lake_assets.simulation.option_books_scene import F8, I8

_WIDTH: Final = 0.03  # of the smile, in log moneyness
_REACH: Final = 3.0
_CALMEST: Final = 0.02


def forward_points(spot_points: F8, years: F8, rate: float) -> F8:
    """The forward that spot carries to an expiry."""
    return spot_points * np.exp(rate * years)


def implied_volatility(level: F8, forward: F8, strike: F8) -> F8:
    """A smile that leans to puts; ``level`` is its value at the money, a year as one."""
    away = np.clip(np.log(strike / forward) / _WIDTH, -_REACH, _REACH)
    return np.maximum(level * (1.0 - 0.05 * away + 0.03 * away**2), _CALMEST)


def option_points(  # noqa: PLR0913, PLR0917 the formula has six
    spot: F8, level: F8, years: F8, strike: F8, call: I8, rate: float
) -> F8:
    """Prices in points, (n,) each.

    Black-76 on a forward is Black-Scholes on what the forward is worth today, which is ``spot``.
    """
    volatility = implied_volatility(level, forward_points(spot, years, rate), strike)
    points: F8 = price_options(spot, strike, years, volatility, call, rate)
    return points
