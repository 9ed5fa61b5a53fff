"""Averages of a score over the seconds before a touch."""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

F8: TypeAlias = npt.NDArray[np.float64]


def smooth_last(raw: F8, tau_s: float) -> F8:
    """Exponentially weighted mean of each column at its last row, NaN where that is NaN.

    The first known value starts the mean; each later one pulls it by ``1 - exp(-s / tau)``,
    ``s`` the seconds since the known one before it.

    Args:
        raw: (seconds, m), one row a second, NaN where unknown.
        tau_s: time constant, seconds.

    Returns:
        (m,).
    """
    # of the standard library, whose last bit does not depend on the processor's vectors
    pulls = np.array([-math.expm1(-s / tau_s) for s in range(len(raw) + 1)])
    mean = np.full(raw.shape[1], np.nan)
    since = np.zeros(raw.shape[1], np.int64)
    for now in raw:
        since += 1
        known = ~np.isnan(now)
        pulled = mean + pulls[since] * (now - mean)
        mean = np.where(known, np.where(np.isnan(mean), now, pulled), mean)
        since[known] = 0
    return np.where(np.isnan(raw[-1]), np.nan, mean)
