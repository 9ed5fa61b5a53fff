"""Log returns of prices on the one-second clock, and their size over windows."""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I4: TypeAlias = npt.NDArray[np.int32]
I2: TypeAlias = npt.NDArray[np.int16]
F8: TypeAlias = npt.NDArray[np.float64]


@kernel
def log_returns(spot: F8, lag: int) -> F8:
    """Measure ``ln(S_t / S_{t - lag})`` where both ends are known.

    Args:
        spot: (n,) positive price observed in each second, NaN where none was.
        lag: seconds.

    Returns:
        (n,) NaN where an end is unknown or before the first second.

    Source:
        docs/features.md, "Option state".
    """
    returns = np.full(spot.shape[0], np.nan)
    for t in range(lag, spot.shape[0]):
        if not (math.isnan(spot[t]) or math.isnan(spot[t - lag])):
            returns[t] = math.log(spot[t] / spot[t - lag])
    return returns


@kernel
def realized_volatility(returns: F8, window: int, least_pct: int) -> tuple[F8, I2]:
    """Take the root mean square of one-second returns over ``(t - window, t]``.

    Never the root of a sum, so that windows of different length compare. Each window is summed
    anew, its oldest return first: a day that was cut gives the same bits.

    Args:
        returns: (n,) one-second returns, NaN where unknown.
        window: seconds.
        least_pct: how much of the window must be known, %.

    Returns:
        ``(volatility, known)``, each (n,): NaN before second ``window`` and where too few returns
        are known, and how many are.

    Source:
        docs/features.md, "Option state".
    """
    volatility = np.full(returns.shape[0], np.nan)
    counts = np.zeros(returns.shape[0], np.int16)
    for t in range(returns.shape[0]):
        total, known = 0.0, 0
        for u in range(max(0, t - window + 1), t + 1):
            if not math.isnan(returns[u]):
                total += returns[u] * returns[u]
                known += 1
        counts[t] = known
        if t >= window and known > 0 and 100 * known >= least_pct * window:
            volatility[t] = math.sqrt(total / known)
    return volatility, counts


@kernel
def acceleration(returns: F8, window: int, least_pct: int) -> F8:
    """Compare each return's size with the mean size over ``(t - window, t]``, itself included.

    Args:
        returns: (n,) one-second returns, NaN where unknown.
        window: seconds.
        least_pct: how much of the window must be known, %.

    Returns:
        (n,) ratios in [0, window]; NaN before second ``window``, where the return or too much of
        the window is unknown, and where nothing moved.

    Source:
        docs/features.md, "Option state".
    """
    ratio = np.full(returns.shape[0], np.nan)
    for t in range(window, returns.shape[0]):
        total, known = 0.0, 0
        for u in range(t - window + 1, t + 1):
            if not math.isnan(returns[u]):
                total += abs(returns[u])
                known += 1
        enough = 100 * known >= least_pct * window
        if enough and total > 0 and not math.isnan(returns[t]):
            ratio[t] = min(abs(returns[t]) / (total / known), float(known))
    return ratio


@kernel
def gaps(spot: F8) -> tuple[F8, I4]:
    """Tell what each gap in a price did, on the first second after it.

    Args:
        spot: (n,) positive price observed in each second, NaN where none was.

    Returns:
        ``(change, missed)``, each (n,): the log change across the gap, NaN elsewhere, and how
        many seconds had no price, 0 elsewhere. Nothing before the first price is a gap.

    Source:
        docs/features.md, "Option state".
    """
    change, missed = np.full(spot.shape[0], np.nan), np.zeros(spot.shape[0], np.int32)
    seen = -1
    for t in range(spot.shape[0]):
        if math.isnan(spot[t]):
            continue
        if seen >= 0 and t - seen > 1:
            change[t] = math.log(spot[t] / spot[seen])
            missed[t] = t - seen - 1
        seen = t
    return change, missed
