"""Ranks around a quantile by the binomial's own fractions."""

from fractions import Fraction
from math import comb


def ranks(n, share, tail):
    """Largest lower and smallest upper rank from 1, None where there is none."""
    share, tail = Fraction(str(share)), Fraction(str(tail))
    low = high = None
    at_most = Fraction(0)  # P[Bin(n, share) <= j - 1]
    for j in range(1, n + 1):
        at_most += comb(n, j - 1) * share ** (j - 1) * (1 - share) ** (n - j + 1)
        if at_most <= tail:
            low = j
        if at_most >= 1 - tail and high is None:
            high = j
    return low, high
