"""Slices by picking their values one after another."""

from math import nan


def members(rows, slices_of, wanted):
    """The (value, day) of a slice's rows, in order."""
    return [(value, day) for value, day, cell in rows if wanted in slices_of[cell]]


def tally(rows, slices_of, slices, days):
    """Sums and counts by slice and day."""
    sums = [[0.0] * days for _ in range(slices)]
    counts = [[0] * days for _ in range(slices)]
    for s in range(slices):
        for value, day in members(rows, slices_of, s):
            sums[s][day] += value
            counts[s][day] += 1
    return sums, counts


def squares(rows, slices_of, means):
    """Squared distances from the means."""
    found = []
    for s, mean in enumerate(means):
        total = 0.0
        for value, _ in members(rows, slices_of, s):
            total += (value - mean) * (value - mean)
        found.append(total)
    return found


def order_statistics(rows, slices_of, places):
    """Values at places of each slice's sorted values."""
    found = []
    for s, wanted in enumerate(places):
        ordered = sorted(value for value, _ in members(rows, slices_of, s))
        found.append([ordered[p] if 0 <= p < len(ordered) else nan for p in wanted])
    return found
