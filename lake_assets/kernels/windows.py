"""Sums over windows of the one-second clock."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
B1: TypeAlias = npt.NDArray[np.bool_]


@kernel
def window_sums(value: I8, known: B1, window: int) -> tuple[I8, I8]:
    """Sum the known values over the seconds ``(t - window, t]``.

    Args:
        value: (n,) one value a second.
        known: (n,) whether it is known.
        window: seconds; near the first second there are fewer.

    Returns:
        ``(sums, counts)``, each (n,): what the known ones add up to, and how many they are.

    Source:
        docs/features.md, "Option state".
    """
    sums, counts = np.zeros((2, value.shape[0]), np.int64)
    for t in range(value.shape[0]):
        for u in range(max(0, t - window + 1), t + 1):
            if known[u]:
                sums[t] += value[u]
                counts[t] += 1
    return sums, counts
