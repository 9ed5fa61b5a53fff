"""Smallest and largest of each stretch, by sorting what is known of it."""

from itertools import pairwise


def extremes(values, edges):
    found = []
    for start, stop in pairwise(edges):
        known = [(values[i], i) for i in range(start, stop) if values[i] is not None]
        if not known:
            found.append((start, start))
            continue
        low = min(known)[1]
        high = min(known, key=lambda each: (-each[0], each[1]))[1]
        found.append((min(low, high), max(low, high)))
    return found
