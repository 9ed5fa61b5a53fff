"""Quantiles of everything so far, at a few moments of a session."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]
B1: TypeAlias = npt.NDArray[np.bool_]


@kernel
def expanding_quantiles(values: F8, usable: B1, cuts: I8, share: float) -> F8:
    """Quantile of the usable values before each cut, by linear interpolation.

    Between order statistics, ``h = (n - 1) * share``. The values are kept sorted and the new ones
    merged in, so 375 cuts of a day of 22,501 seconds move some four million numbers.

    Args:
        values: (n,) any unit; not NaN where usable.
        usable: (n,) whether a value counts.
        cuts: (m,) places, non-decreasing, at most n; a value counts if its place is before.
        share: in [0, 1].

    Returns:
        (m,) unit of the values, NaN where nothing usable came before.

    Source:
        docs/features.md, "Chop".
    """
    held = np.empty(values.shape[0], np.float64)
    found = np.full(cuts.shape[0], np.nan)
    count, place = 0, 0
    for k in range(cuts.shape[0]):
        grown = count
        while place < cuts[k]:
            if usable[place]:
                held[grown] = values[place]
                grown += 1
            place += 1
        _merge(held, count, grown)
        count = grown
        if count > 0:
            found[k] = _interpolate(held, count, share)
    return found


@kernel
def _merge(held: F8, count: int, grown: int) -> None:
    """Sort ``held[:grown]``, whose first ``count`` are sorted already."""
    fresh = np.sort(held[count:grown])
    old, new, into = count - 1, fresh.shape[0] - 1, grown - 1
    while new >= 0:
        if old >= 0 and held[old] > fresh[new]:
            held[into] = held[old]
            old -= 1
        else:
            held[into] = fresh[new]
            new -= 1
        into -= 1


@kernel
def _interpolate(held: F8, count: int, share: float) -> float:
    rank = (count - 1) * share
    low = int(np.floor(rank))
    high = min(low + 1, count - 1)
    return held[low] + (rank - low) * (held[high] - held[low])  # type: ignore[no-any-return]
