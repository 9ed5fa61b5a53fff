"""A Black-Scholes price as the discounted mean payoff, integrated over the end price."""

import math

STEPS = 4_000


def option_price(spot, strike, years, volatility, rate, *, call):  # noqa: PLR0913 the formula has six
    """Simpson's rule over the normal draw, split where the payoff begins."""
    spread = volatility * math.sqrt(years)
    drift = (rate - 0.5 * volatility**2) * years
    edge = (math.log(strike / spot) - drift) / spread
    low, high = (max(edge, -9.0), max(edge, 0.0) + 9.0) if call else (min(edge, 0.0) - 9.0, edge)

    def weighed(draw):
        end = spot * math.exp(drift + spread * draw)
        payoff = end - strike if call else strike - end
        return payoff * math.exp(-0.5 * draw * draw)

    width = (high - low) / STEPS
    inner = sum((4 if i % 2 else 2) * weighed(low + i * width) for i in range(1, STEPS))
    total = (weighed(low) + inner + weighed(high)) * width / 3
    return math.exp(-rate * years) * total / math.sqrt(2 * math.pi)
