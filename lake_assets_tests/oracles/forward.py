"""Put/call parity of one second: K + e^(rT) (C - P), and medians of it."""

import math
from statistics import median


def implied_forward(pairs, years, rate):
    """``pairs`` are (strike, call mid, put mid); None without any."""
    values = [strike + math.exp(rate * years) * (call - put) for strike, call, put in pairs]
    return median(values) if values else None


def parity_spot(chain, years, rate, most, least):
    """``chain`` is (strike, call, put), a leg being (mid, twice the mid in ticks) or None."""
    pairs = [(k, c, p) for k, c, p in chain if c is not None and p is not None]
    if len(pairs) < least:
        return None
    centre = min(pairs, key=lambda pair: (abs(pair[1][1] - pair[2][1]), pair[0]))[0]
    near = sorted(pairs, key=lambda pair: (abs(pair[0] - centre), pair[0]))[:most]
    forward = implied_forward([(k, c[0], p[0]) for k, c, p in near], years, rate)
    spot = forward * math.exp(-rate * years)
    return spot if spot > 0 else None


def slot_forward(calls, puts, years, rate):
    """``calls`` and ``puts`` are (strike, mid) of the slots; (forward, strikes in it)."""
    call_mids = {strike: mid for strike, mid in calls if mid is not None}
    put_mids = {strike: mid for strike, mid in puts if mid is not None}
    both = [(k, call_mids[k], put_mids[k]) for k in sorted(call_mids.keys() & put_mids.keys())]
    return implied_forward(both, years, rate), len(both)
