"""Runs told by their definition: seconds that hold, with short holes between."""

from itertools import pairwise


def runs(flags, max_hole):
    """(first, last) of each maximal run; a longer hole separates."""
    held = [t for t, flag in enumerate(flags) if flag]
    apart = [(a, b) for a, b in pairwise(held) if b - a - 1 > max_hole]
    firsts, lasts = [*held[:1], *(b for _, b in apart)], [*(a for a, _ in apart), *held[-1:]]
    return list(zip(firsts, lasts, strict=True))
