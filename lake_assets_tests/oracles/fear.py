"""When fear decays, from the definition alone.

A second is (spot, rv_10, rv_120, pulls, replenishes), None where unknown.
"""


def largest(values, start, end):
    """Largest known value of ``[start, end]``."""
    return max((v for v in values[start : end + 1] if v is not None), default=None)


def calm(seconds, start, onset, k2, rule):
    """First second of decay, None if it is not reached."""
    floor = min(s[0] for s in seconds[start : onset + 1] if s[0] is not None)
    for u in range(onset + rule.wait, min(onset + rule.longest, len(seconds) - 1) + 1):
        _, fast, slow, pulls, replenishes = seconds[u]
        recent = [s[0] for s in seconds[max(u - rule.hold + 1, 0) : u + 1]]
        if None in (fast, slow, pulls, replenishes, *recent):
            continue
        if fast < k2 * slow and replenishes >= pulls and min(recent) >= floor:
            return u
    return None
