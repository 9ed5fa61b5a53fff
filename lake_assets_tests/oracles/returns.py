"""Returns of a price seen in some seconds; None is unknown."""

import math


def known(values, t, window):
    """Known values of the seconds (t - window, t], oldest first."""
    return [v for v in values[max(0, t - window + 1) : t + 1] if v is not None]


def log_return(spot, t, lag):
    if t < lag or spot[t] is None or spot[t - lag] is None:
        return None
    return math.log(spot[t] / spot[t - lag])


def realized_volatility(returns, t, window, least_pct=80):
    """(volatility, how many returns are known)."""
    seen = known(returns, t, window)
    if t < window or len(seen) < math.ceil(least_pct * window / 100):
        return None, len(seen)
    return math.sqrt(sum(r**2 for r in seen) / len(seen)), len(seen)


def acceleration(returns, t, window=10, least_pct=80):
    seen = [abs(r) for r in known(returns, t, window)]
    few = len(seen) < math.ceil(least_pct * window / 100)
    if t < window or few or returns[t] is None or sum(seen) == 0:
        return None
    return abs(returns[t]) / (sum(seen) / len(seen))


def gap(spot, t):
    """(return across the seconds without a price that end before t, how many), or Nones."""
    before = [u for u in range(t) if spot[u] is not None]
    if spot[t] is None or not before or before[-1] == t - 1:
        return None, None
    return math.log(spot[t] / spot[before[-1]]), t - before[-1] - 1
