"""Sums, spreads and order statistics of values that belong to several slices at once."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]


@kernel
def tally(value: F8, day: I8, cell: I8, slices_of: I8, slices: int, days: int) -> tuple[F8, I8]:
    """Add the values up by slice and day, in the order they come.

    Args:
        value: (m,) any unit, no NaN.
        day: (m,) place of each value's day, in [0, days).
        cell: (m,) finest slice of each value, in [0, c).
        slices_of: (c, k) the slices a cell belongs to, padded at the end with negatives.
        slices: how many slices there are.
        days: how many days there are.

    Returns:
        ``(sums, counts)``, each (slices, days).

    Source:
        docs/features.md, "Truth tables".
    """
    sums = np.zeros((slices, days), np.float64)
    counts = np.zeros((slices, days), np.int64)
    for i in range(value.shape[0]):
        for k in range(slices_of.shape[1]):
            s = slices_of[cell[i], k]
            if s < 0:
                break
            sums[s, day[i]] += value[i]
            counts[s, day[i]] += 1
    return sums, counts


@kernel
def squares(value: F8, cell: I8, slices_of: I8, means: F8) -> F8:
    """Sum of the squared distances from each slice's mean, in the order the values come.

    Args:
        value: (m,) any unit, no NaN.
        cell: (m,) finest slice of each value.
        slices_of: (c, k) as for `tally`.
        means: (s,) unit of the values.

    Returns:
        (s,) that unit squared, 0 where a slice has no value.

    Source:
        docs/features.md, "Truth tables".
    """
    found = np.zeros(means.shape[0], np.float64)
    for i in range(value.shape[0]):
        for k in range(slices_of.shape[1]):
            s = slices_of[cell[i], k]
            if s < 0:
                break
            away = value[i] - means[s]
            found[s] += away * away
    return found


@kernel
def order_statistics(value: F8, cell: I8, slices_of: I8, places: I8) -> F8:
    """Values at given places of each slice's own sorted values, in one pass for all slices.

    Args:
        value: (m,) non-decreasing, no NaN.
        cell: (m,) finest slice of each value.
        slices_of: (c, k) as for `tally`.
        places: (s, r) from 0, in any order; negative or past the slice's last: none.

    Returns:
        (s, r) unit of the values, NaN where there is none.

    Source:
        docs/features.md, "Truth tables".
    """
    slices, wanted = places.shape
    found = np.full(places.shape, np.nan)
    order = np.empty(places.shape, np.int64)
    for s in range(slices):
        order[s] = np.argsort(places[s])
    following = np.zeros(slices, np.int64)
    seen = np.zeros(slices, np.int64)
    for i in range(value.shape[0]):
        for k in range(slices_of.shape[1]):
            s = slices_of[cell[i], k]
            if s < 0:
                break
            while following[s] < wanted and places[s, order[s, following[s]]] <= seen[s]:
                if places[s, order[s, following[s]]] == seen[s]:
                    found[s, order[s, following[s]]] = value[i]
                following[s] += 1
            seen[s] += 1
    return found
