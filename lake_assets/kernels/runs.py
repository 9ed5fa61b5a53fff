"""Runs of seconds in which something holds."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
B1: TypeAlias = npt.NDArray[np.bool_]


@kernel
def find_runs(flags: B1, max_hole_s: int) -> I8:
    """First and last second of each maximal run, holes no longer than ``max_hole_s`` joined.

    Args:
        flags: (n,) whether it holds in a second.
        max_hole_s: seconds in a row without it that do not end a run, s.

    Returns:
        (k, 2) places of the first and the last second that holds, both included.
    """
    found = np.empty((flags.shape[0] // 2 + 1, 2), np.int64)
    count = 0
    for t in range(flags.shape[0]):
        if not flags[t]:
            continue
        if count > 0 and t - found[count - 1, 1] <= max_hole_s + 1:
            found[count - 1, 1] = t
        else:
            found[count, 0] = found[count, 1] = t
            count += 1
    return found[:count]
