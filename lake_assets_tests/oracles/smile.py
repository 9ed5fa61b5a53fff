"""Which volatility stands for a contract at a moment, looked up from scratch."""


def in_force(seen, strike_u, right, at_ns, max_age_ns):
    """``seen`` are (ns, strike_u, right, iv or None); returns (iv, method) or (None, None)."""
    newest = {}
    for ns, strike, side, iv in seen:
        if ns < at_ns and side == right and iv is not None:
            newest[strike] = (ns, iv)
    if strike_u in newest:
        return newest[strike_u][1], "last"
    fresh = {k: iv for k, (ns, iv) in newest.items() if at_ns - ns <= max_age_ns}
    below = [k for k in fresh if k < strike_u]
    above = [k for k in fresh if k > strike_u]
    if not below or not above:
        return None, None
    low, high = max(below), min(above)
    share = (strike_u - low) / (high - low)
    return fresh[low] * (1 - share) + fresh[high] * share, "interp"


def used(seen, max_age_ns):
    """The volatility each print goes by: its own, else the one in force before it."""
    return [
        (iv, "own") if iv is not None else in_force(seen, strike, right, ns, max_age_ns)
        for ns, strike, right, iv in seen
    ]
