"""Which order statistics enclose a quantile."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]

NONE = -1


@kernel
def quantile_ranks(counts: I8, share: float, tail: float) -> tuple[I8, I8]:
    """Places of the order statistics between which a quantile lies, whatever the distribution.

    Of n values, rank j from 1 is a lower bound if P[Bin(n, share) <= j - 1] <= tail, and an upper
    one if that is at least 1 - tail: the largest lower and the smallest upper rank are taken. The
    binomial's weights are built outward from its mode by their ratios and then divided by their
    sum, so that two million values need no logarithm of a factorial.

    Args:
        counts: (g,) how many values each group has.
        share: the quantile, in (0, 1).
        tail: in (0, 0.5).

    Returns:
        ``(low, high)``, each (g,) places from 0 in the sorted values, `NONE` where no rank bounds.

    Source:
        docs/features.md, "Truth tables"; Conover, Practical Nonparametric Statistics, 3.2.
    """
    low, high = np.full(counts.shape[0], NONE), np.full(counts.shape[0], NONE)
    for g in range(counts.shape[0]):
        if counts[g] > 0:
            low[g], high[g] = _bounds(counts[g], share, tail)
    return low, high


@kernel
def _bounds(n: int, share: float, tail: float) -> tuple[int, int]:
    mode = min(int(np.floor((n + 1) * share)), n)
    # Beyond 12 deviations, and 60 for the skew of few values, nothing is left to add.
    reach = int(12.0 * np.sqrt(n * share * (1.0 - share))) + 60
    first, last = max(mode - reach, 0), min(mode + reach, n)
    weight = np.empty(last - first + 1, np.float64)
    weight[mode - first] = 1.0
    for k in range(mode, last):
        weight[k + 1 - first] = weight[k - first] * (n - k) / (k + 1) * share / (1.0 - share)
    for k in range(mode, first, -1):
        weight[k - 1 - first] = weight[k - first] * k / (n - k + 1) * (1.0 - share) / share
    total = weight.sum()
    low, high, below = NONE, NONE, 0.0
    for k in range(first, min(last, n - 1) + 1):
        below += weight[k - first]
        if below <= tail * total:
            low = k
        if below >= (1.0 - tail) * total:
            high = k
            break
    return low, high
