"""The tape in a window before a moment: volumes in a band, its largest sweep, its slope."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.market.price import NANOS_PER_SECOND, TICK_POINTS, UNITS_PER_TICK

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]
I1: TypeAlias = npt.NDArray[np.int8]
F8: TypeAlias = npt.NDArray[np.float64]


class Prints(NamedTuple):
    """Trades of one contract in total order, each (n,).

    Attributes:
        ns: event time, ns since epoch UTC, non-decreasing.
        ticks: ES ticks.
        size: contracts.
        side: +1 buyer, -1 seller, 0 unknown.
    """

    ns: I8
    ticks: I4
    size: I8
    side: I1


class TapeRule(NamedTuple):
    """What counts as tape at a level.

    Attributes:
        window_ns: length of the window.
        band_u: half width of the band in units of $0.0001, ends included.
        sweep_gap_ns: longest pause inside a sweep, ends included.
        sweep_min_prices: distinct prices a sweep has at least.
        sweep_min_lots: least sum of ticks times contracts of a sweep.
    """

    window_ns: int
    band_u: int
    sweep_gap_ns: int
    sweep_min_prices: int
    sweep_min_lots: int


class TapeSums(NamedTuple):
    """One value a window, each (m,).

    Attributes:
        buy: contracts bought in band.
        sell: contracts sold in band.
        unknown: contracts in band without an aggressor.
        prints: prints in band.
        trades: prints at any price.
        sweep_side: +1, -1, or 0 without a sweep.
        sweep_lots: sum of ticks times contracts of the largest sweep, 0 without one.
        slope: ES points a second over the prints at any price.
        has_slope: whether there are two distinct stamps; ``slope`` is 0 where not.
    """

    buy: I8
    sell: I8
    unknown: I8
    prints: I8
    trades: I8
    sweep_side: I8
    sweep_lots: I8
    slope: F8
    has_slope: npt.NDArray[np.bool_]


def read_tape(prints: Prints, end_ns: I8, level_e: I8, rule: TapeRule) -> TapeSums:
    """Read the tape before each of ``m`` moments, in any order.

    The window is half open, ``[end - window, end)``: a print stamped at the end is the future.

    Args:
        prints: (n,) trades, in order.
        end_ns: (m,) ends of the windows, ns since epoch UTC; a touch, or any moment before it.
        level_e: (m,) level of each window in ES scale, units of $0.0001.
        rule: window, band and sweep.

    Source:
        docs/features.md, "Tape".
    """
    count = end_ns.shape[0]
    buy, sell, unknown, band, trades, side, lots = np.zeros((7, count), np.int64)
    slope, has_slope = np.zeros(count), np.zeros(count, np.bool_)
    sums = TapeSums(buy, sell, unknown, band, trades, side, lots, slope, has_slope)
    starts = np.searchsorted(prints.ns, end_ns - rule.window_ns, side="left")
    stops = np.searchsorted(prints.ns, end_ns, side="left")
    _read(prints, starts, stops, level_e, rule, sums)
    return sums


@kernel
def _read(
    prints: Prints, starts: I8, stops: I8, level_e: I8, rule: TapeRule, out: TapeSums
) -> None:
    """Fill one row of ``out``, zero on entry, for each window ``[start, stop)`` of places."""
    seen = np.zeros(rule.sweep_min_prices, np.int64)
    for j in range(starts.shape[0]):
        start, stop = starts[j], stops[j]
        out.trades[j] = stop - start
        _sum_band(prints, start, stop, level_e[j], rule.band_u, j, out)
        _largest_sweep(prints, start, stop, level_e[j], rule, seen, j, out)
        if stop > start and prints.ns[start] != prints.ns[stop - 1]:
            out.has_slope[j] = True
            out.slope[j] = _slope(prints, start, stop)


@kernel
def _sum_band(
    prints: Prints, start: int, stop: int, level: int, band: int, j: int, out: TapeSums
) -> None:
    """Contracts in band by side, and the number of their prints."""
    buy = sell = unknown = count = 0
    for i in range(start, stop):
        inside = int(abs(UNITS_PER_TICK * int(prints.ticks[i]) - level) <= band)
        size = inside * int(prints.size[i])
        count += inside
        buy += size * (prints.side[i] > 0)
        sell += size * (prints.side[i] < 0)
        unknown += size * (prints.side[i] == 0)
    out.buy[j], out.sell[j], out.unknown[j], out.prints[j] = buy, sell, unknown, count


@kernel
def _largest_sweep(
    prints: Prints,
    start: int,
    stop: int,
    level: int,
    rule: TapeRule,
    seen: I8,
    j: int,
    out: TapeSums,
) -> None:
    """Side and lots of the largest run that is a sweep; the later of equals.

    A run only grows, so its last state is its largest: each print is judged as if it were the
    end of its run.
    """
    side = lots = prices = 0
    last_ns = 0
    for i in range(start, stop):
        ticks = int(prints.ticks[i])
        if prints.side[i] == 0 or abs(UNITS_PER_TICK * ticks - level) > rule.band_u:
            continue
        if prints.side[i] != side or prints.ns[i] - last_ns > rule.sweep_gap_ns:
            side, lots, prices = int(prints.side[i]), 0, 0
        last_ns = int(prints.ns[i])
        lots += ticks * int(prints.size[i])
        prices = _note_price(seen, prices, ticks)
        if prices == rule.sweep_min_prices and lots >= max(rule.sweep_min_lots, out.sweep_lots[j]):
            out.sweep_side[j], out.sweep_lots[j] = side, lots


@kernel
def _note_price(seen: I8, prices: int, ticks: int) -> int:
    """Distinct prices of the run, counted no further than ``seen`` is long."""
    if prices == seen.shape[0]:
        return prices
    for place in range(prices):
        if seen[place] == ticks:
            return prices
    seen[prices] = ticks
    return prices + 1


@kernel
def _slope(prints: Prints, start: int, stop: int) -> float:
    """Least squares of price on time over places ``[start, stop)``, which span two stamps.

    Centring is exact: deviations are taken times the count, in integers from the first print,
    so prints a nanosecond apart lose nothing, and the same prints give the same bits whatever
    surrounds them. Only the two last sums are floats.
    """
    count = stop - start
    first_ns, first_ticks = int(prints.ns[start]), int(prints.ticks[start])
    sum_ns = sum_ticks = 0
    for i in range(start, stop):
        sum_ns += int(prints.ns[i]) - first_ns
        sum_ticks += int(prints.ticks[i]) - first_ticks
    products = squares = 0.0
    for i in range(start, stop):
        ns = float(count * (int(prints.ns[i]) - first_ns) - sum_ns)
        products += ns * float(count * (int(prints.ticks[i]) - first_ticks) - sum_ticks)
        squares += ns * ns
    return products / squares * (TICK_POINTS * NANOS_PER_SECOND)
