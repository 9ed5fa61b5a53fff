"""Solved volatility, one option at a time, as the specification words it."""

import math
from statistics import NormalDist

_CDF = NormalDist().cdf


def price(spot, strike, years, sigma, rate, dividend, *, is_call):  # noqa: PLR0913, PLR0917
    d1 = (math.log(spot / strike) + (rate - dividend + sigma * sigma / 2) * years) / (
        sigma * math.sqrt(years)
    )
    d2 = d1 - sigma * math.sqrt(years)
    held, paid = spot * math.exp(-dividend * years), strike * math.exp(-rate * years)
    if is_call:
        return held * _CDF(d1) - paid * _CDF(d2)
    return paid * _CDF(-d2) - held * _CDF(-d1)


def solve(spot, strike, years, mid, rate, dividend, *, is_call):  # noqa: PLR0913, PLR0917
    """None where there is no mid or spot, or no volatility of 0.01 to 5 gives the mid."""
    if spot is None or spot <= 0 or mid is None:
        return None

    def worth(sigma):
        return price(spot, strike, years, sigma, rate, dividend, is_call=is_call)

    low, high = 0.01, 5.0
    if not worth(low) <= mid <= worth(high):
        return None
    for _ in range(60):
        if high - low <= 1e-10:
            break
        middle = (low + high) / 2
        low, high = (middle, high) if worth(middle) < mid else (low, middle)
    return (low + high) / 2
