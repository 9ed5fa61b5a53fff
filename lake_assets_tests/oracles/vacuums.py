"""Collapses of a book, from the definition alone.

A second is (contract, observed, eligible, depth, spread ticks, volume), None where unknown.
"""


def vacuums(seconds, rule):
    """(second, second of the fullest book) of each collapse."""
    holds = [condition(seconds, t, rule) for t in range(len(seconds))]
    return [
        (t, holds[t])
        for t in range(len(seconds))
        if holds[t] is not None
        and all(holds[u] is None for u in range(max(t - rule.rest, 0), t))
        and all(seconds[u][1] for u in range(max(t - rule.rest - rule.lookback, 0), t))
    ]


def condition(seconds, t, rule):
    """The fullest second before, latest on ties, if the book is collapsed at ``t``; else None."""
    window = range(t - rule.lookback, t)
    if window.start < 0 or not seconds[t][2]:
        return None
    contract, _, _, now, spread, _ = seconds[t]
    around = [seconds[u] for u in (*window, t)]
    if contract is None or any(s[0] != contract or not s[1] for s in around):
        return None
    if any(s[3] is None or s[4] is None for s in around):
        return None
    fullest = max(window, key=lambda u: (seconds[u][3], u))
    before = seconds[fullest][3]
    traded = [seconds[u][5] for u in range(fullest + 1, t + 1)]
    if None in traded or sum(traded) > rule.volume or now >= before:
        return None
    thin = 100 * (before - now) >= rule.fall_pct * before
    wide = 100 * spread >= rule.widen_pct * min(seconds[u][4] for u in window)
    return fullest if thin and wide else None
