"""Touches, one level and one minute at a time from the definitions alone."""

from itertools import pairwise

MINUTE = 60 * 10**9


def first_touch(trades, minute, level_e, band_u):
    """Place of the first trade of the minute in the band, or None; ``trades`` are (ns, ticks)."""
    for at, (ns, ticks) in enumerate(trades):
        if minute <= ns < minute + MINUTE and abs(250 * ticks - level_e) <= band_u:
            return at
    return None


def is_gapped(trades, minute, level_e, band_u):
    """Whether two neighbours, the later in the minute, leap the level and its band."""
    if first_touch(trades, minute, level_e, band_u) is not None:
        return False
    for (_, before), (ns, after) in pairwise(trades):
        low, high = sorted((250 * before, 250 * after))
        leaps = low < level_e - band_u and high > level_e + band_u
        if minute <= ns < minute + MINUTE and leaps:
            return True
    return False


def direction(trades, at, level_e):
    for _, ticks in reversed(trades[:at]):
        if 250 * ticks != level_e:
            return "UP" if 250 * ticks < level_e else "DOWN"
    return "DOWN" if 250 * trades[at][1] > level_e else "UP"


def is_entry(trades, at, level_e, band_u):
    return at == 0 or abs(250 * trades[at - 1][1] - level_e) > band_u


def position(trades, at, opens):
    """Place of the touching price in the range from ``opens`` up to and including it."""
    ticks = [k for ns, k in trades[: at + 1] if ns >= opens]
    low, high = min(ticks), max(ticks)
    return None if low == high else (ticks[-1] - low) / (high - low)


def episodes(times, gap_ns):
    """(start, seq) of each touch of one level, times ascending."""
    found = []
    for at, ns in enumerate(times):
        if at and ns - times[at - 1] <= gap_ns:
            start, seq = found[-1]
            found.append((start, seq + 1))
        else:
            found.append((ns, 1))
    return found
