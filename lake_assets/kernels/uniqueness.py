"""How much of a label's life is its own, second by second."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
F8: TypeAlias = npt.NDArray[np.float64]


@kernel
def mean_uniqueness(first_s: I8, last_s: I8) -> F8:
    """Mean of ``1 / c`` over each life, ``c`` being how many lives share the second.

    Lives are closed at both ends, ``[first, last]``, in any order. Each mean is summed from its
    own first second on, so it is exactly 1 for a life alone. Memory is 8 bytes a second between
    the earliest first and the latest last second.

    Args:
        first_s: (m,) first whole second of each life.
        last_s: (m,) last whole second, never before the first.

    Returns:
        (m,) share, in (0, 1].

    Source:
        docs/features.md, "Labels"; Lopez de Prado, Advances in Financial Machine Learning, 4.4.
    """
    means = np.zeros(first_s.shape[0])
    if first_s.shape[0] == 0:
        return means
    origin = first_s.min()
    alive = np.zeros(last_s.max() - origin + 2, np.int64)
    for j in range(first_s.shape[0]):
        alive[first_s[j] - origin] += 1
        alive[last_s[j] - origin + 1] -= 1
    alive = np.cumsum(alive)
    for j in range(first_s.shape[0]):
        total = 0.0
        for second in range(first_s[j] - origin, last_s[j] - origin + 1):
            total += 1.0 / alive[second]
        means[j] = total / (last_s[j] - first_s[j] + 1)
    return means
