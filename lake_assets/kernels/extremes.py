"""Where each stretch of a column is smallest and where it is largest."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]


@kernel
def find_extremes(values: F8, edges: I8) -> I8:
    """Places of the smallest and the largest value of each stretch, in the order they come.

    Of equal values the first counts, NaN never does. A stretch of NaN alone gives its first place
    twice. A stretch is half open, ``[edges[i], edges[i + 1])``, and not empty.

    Args:
        values: (n,) of any unit, NaN where unknown.
        edges: (b + 1,) ascending places, from 0 to n.

    Returns:
        (b, 2) places in ``values``.
    """
    stretches = edges.shape[0] - 1
    places = np.empty((stretches, 2), np.int64)
    for b in range(stretches):
        start, stop = edges[b], edges[b + 1]
        known = start
        while known < stop and np.isnan(values[known]):
            known += 1
        low = high = known if known < stop else start
        smallest = largest = values[low]
        for i in range(known + 1, stop):  # no comparison with NaN holds
            value = values[i]
            if value < smallest:
                low, smallest = i, value
            if value > largest:
                high, largest = i, value
        places[b, 0] = min(low, high)
        places[b, 1] = max(low, high)
    return places
