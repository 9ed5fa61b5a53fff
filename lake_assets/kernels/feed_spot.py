"""The underlying's price in each second, of all rows that name one."""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
F8: TypeAlias = npt.NDArray[np.float64]
B1: TypeAlias = npt.NDArray[np.bool_]


@kernel
def latest_spot(second: I4, time_us: I8, spot: F8, seconds: int) -> tuple[F8, B1]:
    """Find the price at the latest time in each second that has one; rows in any order.

    Rows of that very time may differ: the lower median of them is taken.

    Args:
        second: (r,) second of session; outside ``[0, seconds)`` the row is not looked at.
        time_us: (r,) time of the row, us.
        spot: (r,) price, NaN where the row names none.
        seconds: how many seconds there are.

    Returns:
        ``(spot, conflict)``, each (seconds,): NaN where no row names a price, and whether the rows
        of the latest time differ.

    Source:
        docs/features.md, "Option state".
    """
    latest = np.full(seconds, np.iinfo(np.int64).min, np.int64)
    found, conflict = np.full(seconds, np.nan), np.zeros(seconds, np.bool_)
    for row in range(second.shape[0]):
        at = second[row]
        if at < 0 or at >= seconds or math.isnan(spot[row]) or time_us[row] < latest[at]:
            continue
        if time_us[row] > latest[at]:
            latest[at], found[at], conflict[at] = time_us[row], spot[row], False
        elif spot[row] != found[at]:
            conflict[at] = True
    if conflict.any():
        _settle(second, time_us, spot, latest, conflict, found)
    return found, conflict


@kernel
def _settle(second: I4, time_us: I8, spot: F8, latest: I8, conflict: B1, found: F8) -> None:
    """Put the lower median where rows of the latest time differ."""
    seconds = found.shape[0]
    start = np.zeros(seconds + 1, np.int64)
    for row in range(second.shape[0]):
        if _speaks(second[row], time_us[row], spot[row], latest, conflict):
            start[second[row] + 1] += 1
    start = np.cumsum(start)
    head, pool = start.copy(), np.zeros(start[-1])
    if start[-1] == 0:
        return
    for row in range(second.shape[0]):
        if _speaks(second[row], time_us[row], spot[row], latest, conflict):
            pool[head[second[row]]] = spot[row]
            head[second[row]] += 1
    for at in range(seconds):
        if conflict[at]:
            opinions = np.sort(pool[start[at] : start[at + 1]])
            found[at] = opinions[(opinions.shape[0] - 1) // 2]


@kernel
def _speaks(at: int, time_us: int, spot: float, latest: I8, conflict: B1) -> bool:
    """Whether a row is one of those that differ."""
    inside = 0 <= at < latest.shape[0]
    return inside and conflict[at] and time_us == latest[at] and not math.isnan(spot)
