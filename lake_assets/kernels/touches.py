"""Where price meets a level: the first print of a minute in reach, and the side it came from."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.market.price import NANOS_PER_MINUTE, UNITS_PER_TICK

I8: TypeAlias = npt.NDArray[np.int64]
I1: TypeAlias = npt.NDArray[np.int8]
Flags: TypeAlias = npt.NDArray[np.bool_]


@kernel
def first_in_band(
    trade_ns: I8, trade_ticks: I8, minute_ns: I8, level_e: I8, band_u: int
) -> tuple[I8, Flags]:
    """Find the first trade of each level's minute ``[m, m + 60 s)`` in the band around it.

    A level without one is gapped if two successive trades, the later of them in the minute,
    stand beyond the band on opposite sides. The earlier may belong to a minute before.

    Args:
        trade_ns: (n,) event time of one contract's trades, ns since epoch UTC, non-decreasing.
        trade_ticks: (n,) ES ticks.
        minute_ns: (m,) minute of each level, non-decreasing.
        level_e: (m,) level in ES scale, units of $0.0001.
        band_u: half width of the band, units, ends included.

    Returns:
        ``(place, gapped)``, each (m,): index of the trade or -1, and whether price leapt.

    Source:
        docs/features.md, "Touch".
    """
    n, m = trade_ns.shape[0], minute_ns.shape[0]
    place, gapped = np.full(m, -1, np.int64), np.zeros(m, np.bool_)
    head = 0
    for j in range(m):
        while head < n and trade_ns[head] < minute_ns[j]:
            head += 1
        before = UNITS_PER_TICK * trade_ticks[head - 1] - level_e[j] if head > 0 else 0
        i = head
        while i < n and trade_ns[i] < minute_ns[j] + NANOS_PER_MINUTE:
            after = UNITS_PER_TICK * trade_ticks[i] - level_e[j]
            if abs(after) <= band_u:
                place[j], gapped[j] = i, False
                break
            if min(before, after) < -band_u and max(before, after) > band_u:
                gapped[j] = True
            before = after
            i += 1
    return place, gapped


@kernel
def approach_sign(trade_ticks: I8, place: I8, level_e: I8) -> I1:
    """Tell which way price came to each touch.

    Walks back from the trade before the touching one to the first price off the level. Without
    any, the touching price itself tells.

    Args:
        trade_ticks: (n,) ES ticks, in total order.
        place: (m,) index of each touching trade.
        level_e: (m,) level in ES scale, units of $0.0001.

    Returns:
        (m,) +1 from below, -1 from above.

    Source:
        docs/features.md, "Touch".
    """
    sign = np.ones(place.shape[0], np.int8)
    for j in range(place.shape[0]):
        away = 0
        i = place[j] - 1
        while i >= 0 and away == 0:
            away = UNITS_PER_TICK * trade_ticks[i] - level_e[j]
            i -= 1
        if away == 0:
            away = UNITS_PER_TICK * trade_ticks[place[j]] - level_e[j]
        if away > 0:
            sign[j] = -1
    return sign
