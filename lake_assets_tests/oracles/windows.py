"""Sums over windows, each from its own values; None is unknown."""


def window_sum(values, t, window):
    """(sum of the known values of (t - window, t], how many they are)."""
    seen = [v for v in values[max(0, t - window + 1) : t + 1] if v is not None]
    return sum(seen), len(seen)
