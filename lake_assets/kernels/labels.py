"""The path after a touch: first crossings, extremes and silences."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.market.price import UNITS_PER_TICK

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]

NEVER: Final = -1


class Barriers(NamedTuple):
    """What each of ``m`` touches waits for; prices in units of $0.0001.

    ``y`` is a price's distance beyond the level in the touch's direction,
    ``sign * (250 * ticks - level_e)``.

    Attributes:
        level_e: (m,) level in ES scale.
        sign: (m,) +1 for UP, -1 for DOWN.
        up: (m,) the path breaks where ``y`` exceeds this.
        down: (m,) the path bounces where ``y`` falls below this.
    """

    level_e: I8
    sign: I8
    up: I8
    down: I8


class Paths(NamedTuple):
    """What followed each touch, each (m,); places are indices of trades.

    Attributes:
        break_at: place of the first trade beyond ``up``, -1 if never.
        bounce_at: place of the first trade beyond ``down``, -1 if never.
        highest: largest ``y``, 0 without a trade.
        lowest: smallest ``y``, 0 without a trade.
        trades: prints of the path.
        silent: whether two neighbours among touch, path and horizon are too far apart.
    """

    break_at: I8
    bounce_at: I8
    highest: I8
    lowest: I8
    trades: I8
    silent: npt.NDArray[np.bool_]


def follow_paths(
    trade_ns: I8,
    trade_ticks: I4,
    touch_ns: I8,
    barriers: Barriers,
    horizon_ns: int,
    gap_ns: int,
) -> Paths:
    """Follow price after each of ``m`` touches, in any order.

    The path is open at the touch and closed at the horizon, ``(touch, touch + horizon]``.

    Args:
        trade_ns: (n,) event time of one contract's trades, ns since epoch UTC, non-decreasing.
        trade_ticks: (n,) ES ticks.
        touch_ns: (m,) time of each touch.
        barriers: level, sign and both barriers of each touch.
        horizon_ns: length of the path.
        gap_ns: the longest pause that is no silence.

    Source:
        docs/features.md, "Labels".
    """
    count = touch_ns.shape[0]
    break_at, bounce_at, highest, lowest, trades = np.zeros((5, count), np.int64)
    silent = np.zeros(count, np.bool_)
    paths = Paths(break_at, bounce_at, highest, lowest, trades, silent)
    starts = np.searchsorted(trade_ns, touch_ns, side="right")
    stops = np.searchsorted(trade_ns, touch_ns + horizon_ns, side="right")
    _follow(trade_ticks, starts, stops, barriers, paths)
    # A place is `late` when its trade follows a silence; the last late one at or before each
    # place tells whether a path, whose own first trade is judged from the touch, holds any.
    places = np.arange(trade_ns.shape[0])
    late = np.append(np.int64(0), np.diff(trade_ns)) > gap_ns if trade_ns.size else places > 0
    last_late = np.maximum.accumulate(np.where(late, places, NEVER))
    _find_silences(trade_ns, last_late, touch_ns, starts, stops, horizon_ns, gap_ns, paths.silent)
    return paths


@kernel
def _follow(trade_ticks: I4, starts: I8, stops: I8, barriers: Barriers, out: Paths) -> None:
    """Extremes first, a loop that vectorises; a crossing is sought only where there is one."""
    for j in range(starts.shape[0]):
        start, stop = starts[j], stops[j]
        out.trades[j] = stop - start
        out.break_at[j] = out.bounce_at[j] = NEVER
        if start == stop:
            continue
        top = bottom = trade_ticks[start]
        for i in range(start + 1, stop):
            top = max(top, trade_ticks[i])
            bottom = min(bottom, trade_ticks[i])
        sign, level = barriers.sign[j], barriers.level_e[j]
        ends = (
            sign * (UNITS_PER_TICK * np.int64(top) - level),
            sign * (UNITS_PER_TICK * np.int64(bottom) - level),
        )
        out.highest[j], out.lowest[j] = max(ends), min(ends)
        if out.highest[j] > barriers.up[j]:
            out.break_at[j] = _first_beyond(trade_ticks, start, level, sign, barriers.up[j])
        if out.lowest[j] < barriers.down[j]:
            out.bounce_at[j] = _first_beyond(trade_ticks, start, level, -sign, -barriers.down[j])


@kernel
def _first_beyond(trade_ticks: I4, start: int, level: int, sign: int, barrier: int) -> int:
    """Place of the first trade from ``start`` strictly beyond a barrier; there must be one."""
    i = start
    while sign * (UNITS_PER_TICK * np.int64(trade_ticks[i]) - level) <= barrier:
        i += 1
    return i


@kernel
def _find_silences(
    trade_ns: I8,
    last_late: I8,
    touch_ns: I8,
    starts: I8,
    stops: I8,
    horizon_ns: int,
    gap_ns: int,
    silent: npt.NDArray[np.bool_],
) -> None:
    """Mark the touches between which and the horizon a pause is longer than ``gap_ns``."""
    for j in range(starts.shape[0]):
        start, stop = starts[j], stops[j]
        if start == stop:
            silent[j] = horizon_ns > gap_ns
            continue
        first, last = trade_ns[start] - touch_ns[j], touch_ns[j] + horizon_ns - trade_ns[stop - 1]
        silent[j] = first > gap_ns or last > gap_ns or last_late[stop - 1] > start
