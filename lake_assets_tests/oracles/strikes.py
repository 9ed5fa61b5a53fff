"""Strikes around the money, second by second; None is unknown."""

from fractions import Fraction


def target(spot, step):
    """Nearest multiple of the step to a spot given as an exact fraction; halves go up."""
    return None if spot is None else int((spot / step + Fraction(1, 2)) // 1) * step


def targets(spots, step, hysteresis_pct=0):
    """As `target` for each second; with a hysteresis the last one stays while spot is near."""
    found, held = [], None
    reach = (Fraction(1, 2) + Fraction(hysteresis_pct, 100)) * step
    for spot in spots:
        if spot is not None and (held is None or not hysteresis_pct or abs(spot - held) > reach):
            held = target(spot, step)
        found.append(None if spot is None else held)
    return found


def slot(wanted, listed, step):
    """The strike that holds a slot: the one wanted, or the nearest listed within a step."""
    if wanted in listed:
        return wanted
    near = [strike for strike in listed if abs(strike - wanted) <= step]
    return min(near, key=lambda strike: (abs(strike - wanted), strike), default=None)


def rolls(calls, puts, expiries):
    """Whether each second's contract or expiry is another than the last known one."""
    found = []
    for t in range(len(calls)):
        rolled = False
        for line in (calls, puts, expiries):
            past = [value for value in line[:t] if value is not None]
            rolled |= line[t] is not None and bool(past) and past[-1] != line[t]
        found.append(rolled)
    return found
