"""What went on in pockets of quiet."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]
B1: TypeAlias = npt.NDArray[np.bool_]


class Pockets(NamedTuple):
    """One value a pocket, each (m,).

    Attributes:
        mean_rv: mean of the known volatilities, NaN without one.
        spread: highest less lowest observed price, in units of the prices; -1 without one.
        volume: sum of the volumes, -1 where one is unknown.
    """

    mean_rv: F8
    spread: I8
    volume: I8


def measure_pockets(rv: F8, spot: I8, seen: B1, volume: I8, spans: I8) -> Pockets:
    """Sum up each pocket, first and last second included, oldest second first.

    Args:
        rv: (n,) volatility, NaN where unknown.
        spot: (n,) price in whole units.
        seen: (n,) whether it was observed.
        volume: (n,) traded in the second, -1 where unknown.
        spans: (m, 2) first and last second.

    Source:
        docs/features.md, "Chop".
    """
    count = spans.shape[0]
    out = Pockets(np.full(count, np.nan), np.full(count, -1), np.zeros(count, np.int64))
    _measure(rv, spot, seen, volume, spans, out)
    return out


@kernel
def _measure(rv: F8, spot: I8, seen: B1, volume: I8, spans: I8, out: Pockets) -> None:
    for k in range(spans.shape[0]):
        first, stop = spans[k, 0], spans[k, 1] + 1
        out.mean_rv[k] = _mean(rv[first:stop])
        high, low = -1, -1
        for t in range(first, stop):
            if seen[t]:
                high = t if high < 0 or spot[t] > spot[high] else high
                low = t if low < 0 or spot[t] < spot[low] else low
        if high >= 0:
            out.spread[k] = spot[high] - spot[low]
        for t in range(first, stop):
            if volume[t] < 0:
                out.volume[k] = -1
                break
            out.volume[k] += volume[t]


@kernel
def _mean(values: F8) -> float:
    total, known = 0.0, 0
    for value in values:
        if not np.isnan(value):
            total += value
            known += 1
    return total / known if known > 0 else np.nan
