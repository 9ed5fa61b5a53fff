"""Put/call parity at a minute's end, from the definitions alone."""

import math
import statistics

SECOND = 10**9
YEAR_S = 365 * 86_400


def sample(quotes, trades, end_ns, close_ns, params):
    """``quotes`` are (ns, strike_u, right, bid_u, ask_u), ``trades`` (ns, ticks), in order.

    Returns (pair basis in units, ES in units, strikes used), or None where there is no sample.
    """
    opens = end_ns - params.parity_quote_age_s * SECOND
    seen = [q for q in quotes if opens <= q[0] < end_ns]
    pairs = []
    for strike in sorted({q[1] for q in seen}):
        call = latest(seen, strike, "C")
        put = latest(seen, strike, "P")
        found = pair(call, put, trades, params)
        if found is not None:
            pairs.append(found)
    near = [p for p in pairs if p["twice_gap"] <= 2 * params.parity_max_gap_u]
    near.sort(key=lambda p: (p["twice_gap"], p["strike"]))
    used = near[: params.parity_max_strikes]
    if len(used) < params.parity_min_strikes:
        return None
    values = [p["e"] - implied(p, close_ns, params) for p in used]
    newest = max(used, key=lambda p: p["ns"])
    return statistics.median(values), newest["e"], len(used)


def latest(seen, strike, right):
    found = [q for q in seen if q[1] == strike and q[2] == right]
    return found[-1] if found else None


def pair(call, put, trades, params):
    """Both sides of a strike and the future they are compared with, or None."""
    if call is None or put is None or not valid(call, params) or not valid(put, params):
        return None
    skew = params.parity_max_skew_s * SECOND
    if abs(call[0] - put[0]) > skew:
        return None
    later = max(call[0], put[0])
    before = [k for ns, k in trades if later - skew <= ns < later]
    if not before:
        return None
    twice = call[3] + call[4] - put[3] - put[4]
    return {
        "ns": later,
        "strike": call[1],
        "twice": twice,
        "twice_gap": abs(twice),
        "e": 250 * before[-1],
    }


def valid(quote, params):
    bid, ask = quote[3], quote[4]
    if not (bid > 0 and ask > bid):
        return False
    mid = (bid + ask) / 2
    return ask - bid <= max(params.parity_max_spread_u, params.parity_max_spread_pct / 100 * mid)


def implied(found, close_ns, params):
    """SPY in units by ``e^(-rT) F`` with ``F = K + e^(rT) (C - P)``."""
    seconds = max(params.min_time_s, (close_ns - found["ns"]) / SECOND)
    growth = math.exp(params.rate * seconds / YEAR_S)
    forward = found["strike"] + growth * found["twice"] / 2
    return forward / growth
