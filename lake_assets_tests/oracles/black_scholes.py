"""Black-Scholes-Merton without dividends, as textbooks print it, and its inverse by halving.

An option is (spot, strike, right, years), prices in dollars.
"""

import math

YEAR_S = 365 * 86_400
HALVINGS = 200


def normal(x):
    return 0.5 * math.erfc(-x / math.sqrt(2))


def density(x):
    return math.exp(-x * x / 2) / math.sqrt(2 * math.pi)


def parts(option, sigma, rate):
    spot, strike, _, years = option
    spread = sigma * math.sqrt(years)
    d1 = (math.log(spot / strike) + (rate + sigma**2 / 2) * years) / spread
    return d1, d1 - spread


def price(option, sigma, rate):
    spot, strike, right, years = option
    d1, d2 = parts(option, sigma, rate)
    paid = strike * math.exp(-rate * years)
    if right == "C":
        return spot * normal(d1) - paid * normal(d2)
    return paid * normal(-d2) - spot * normal(-d1)


def greeks(option, sigma, rate):
    """(delta, gamma, theta a day, vega a point)."""
    spot, strike, right, years = option
    d1, d2 = parts(option, sigma, rate)
    sign = 1 if right == "C" else -1
    gamma = density(d1) / (spot * sigma * math.sqrt(years))
    decay = -spot * density(d1) * sigma / (2 * math.sqrt(years))
    paid = strike * math.exp(-rate * years)
    theta = (decay - sign * rate * paid * normal(sign * d2)) / 365
    delta = normal(d1) if right == "C" else -normal(-d1)
    return delta, gamma, theta, spot * density(d1) * math.sqrt(years) / 100


def bounds(option, rate):
    """A price must be above the first two and below the last."""
    spot, strike, right, years = option
    paid = strike * math.exp(-rate * years)
    if right == "C":
        return max(0.0, spot - strike), spot - paid, spot
    return max(0.0, strike - spot), paid - spot, paid


def dollars(option_u):
    """The same option, of (spot_u, strike_u, right, years)."""
    spot_u, strike_u, right, years = option_u
    return spot_u / 10_000, strike_u / 10_000, right, years


def implied(option_u, twice_price_u, params):
    """The volatility of a price, or None; prices come as integers so that ties are ties."""
    spot_u, strike_u, right, _ = option_u
    option, wanted = dollars(option_u), twice_price_u / 20_000
    inside_u = spot_u - strike_u if right == "C" else strike_u - spot_u
    _, discounted, most = bounds(option, params.rate)
    if twice_price_u <= 2 * max(0, inside_u) or wanted <= discounted or wanted >= most:
        return None

    def excess(sigma):
        return price(option, sigma, params.rate) - wanted

    low, high = params.iv_min, params.iv_max
    if excess(low) > 0 or excess(high) < 0:
        return None
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if excess(middle) > 0 else (middle, high)
    return (low + high) / 2
