"""Black's formula of 1976 as it is printed, and its inverse by halving.

An option is (forward, strike, right, years), the right "C" or "P".
"""

import math

HALVINGS = 200
LOWEST, HIGHEST = 1e-4, 5.0


def normal(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def density(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def parts(option, sigma, rate):
    """(D, d1, d2)."""
    forward, strike, _, years = option
    spread = sigma * math.sqrt(years)
    d1 = (math.log(forward / strike) + sigma**2 * years / 2) / spread
    return math.exp(-rate * years), d1, d1 - spread


def price(option, sigma, rate):
    forward, strike, right, _ = option
    discount, d1, d2 = parts(option, sigma, rate)
    if right == "C":
        return discount * (forward * normal(d1) - strike * normal(d2))
    return discount * (strike * normal(-d2) - forward * normal(-d1))


def greeks(option, sigma, rate):
    """(delta, gamma, vega a volatility point)."""
    forward, _, right, years = option
    discount, d1, _ = parts(option, sigma, rate)
    delta = discount * normal(d1) if right == "C" else -discount * normal(-d1)
    gamma = discount * density(d1) / (forward * sigma * math.sqrt(years))
    return delta, gamma, discount * forward * density(d1) * math.sqrt(years) / 100


def refusal(option, mid, rate, least_years):
    """Why no volatility is sought, or None; the first that applies."""
    forward, strike, right, years = option
    if forward is None or forward <= 0:
        return "no_forward"
    if mid is None:
        return "no_mid"
    if years < least_years:
        return "too_short"
    discount = math.exp(-rate * years)
    inside = forward - strike if right == "C" else strike - forward
    if mid <= discount * max(0, inside):
        return "below_intrinsic"
    if mid >= discount * (forward if right == "C" else strike):
        return "above_bound"
    return None


def implied(option, mid, rate):
    """The volatility of a mid, None where none in the bounds gives it."""
    low, high = LOWEST, HIGHEST
    if price(option, low, rate) > mid or price(option, high, rate) < mid:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if price(option, middle, rate) > mid else (middle, high)
    return (low + high) / 2
