"""Quantiles by sorting everything again each time."""

from math import floor


def quantile(values, share):
    """Linear interpolation between order statistics, h = (n - 1) p; None of nothing."""
    if not values:
        return None
    ordered = sorted(values)
    rank = (len(ordered) - 1) * share
    low = floor(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (rank - low) * (ordered[high] - ordered[low])


def expanding(values, usable, cuts, share):
    """Quantile of the usable values at places before each cut."""
    return [
        quantile([v for v, ok in zip(values[:cut], usable[:cut], strict=True) if ok], share)
        for cut in cuts
    ]
