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
    np.subtract(stops, starts, out=trades)
    _follow_levels(prints, starts, stops, level_e, np.lexsort((end_ns, level_e)), rule, sums)
    _fit_lines(prints, starts, stops, np.argsort(end_ns, kind="stable"), sums)
    return sums


class _Runs(NamedTuple):
    """The runs of one level's prints, as far as they were read.

    Attributes:
        first: (n,) place of the first print of a print's run; -1 of one that is in none.
        last: (n,) at the place of a run's first print, that of its last.
        lots: (n,) sum of ticks times contracts of a print's run, up to the print.
        best: (n,) places of prints at which sweeps end, a queue: each has fewer lots than the one
            before it, and goes when its run opened before the window.
        seen: (sweep_min_prices,) distinct prices of the last run.
        cut: (sweep_min_prices,) room for those of a run that a window's start cuts.
    """

    first: I8
    last: I8
    lots: I8
    best: I8
    seen: I8
    cut: I8


@kernel
def _follow_levels(
    prints: Prints, starts: I8, stops: I8, level_e: I8, order: I8, rule: TapeRule, out: TapeSums
) -> None:
    """Fill volumes and sweeps, each window from the one before it in ``order``.

    There, windows of a level come together and neither of their ends goes back: what two windows
    share, 59 s of 60 where they are a second apart, is read once.
    """
    places = np.empty((4, prints.ns.shape[0]), np.int64)
    seen, cut_seen = np.empty((2, rule.sweep_min_prices), np.int64)
    runs = _Runs(places[0], places[1], places[2], places[3], seen, cut_seen)
    volumes = np.zeros(4, np.int64)
    level = opened = closed = prices = head = tail = 0
    end = cut = -1
    for k in range(order.shape[0]):
        j = order[k]
        start, stop = starts[j], stops[j]
        if k == 0 or level_e[j] != level or start >= closed:
            level, opened, closed = level_e[j], start, start
            volumes[:] = 0
            prices = head = tail = 0
            end = cut = -1
        _weigh(prints, opened, start, level, rule.band_u, -1, volumes)
        _weigh(prints, closed, stop, level, rule.band_u, 1, volumes)
        out.buy[j], out.sell[j], out.unknown[j], out.prints[j] = volumes
        for i in range(opened, start):
            cut = max(cut, runs.first[i])
        end, prices, tail = _run_on(
            prints, closed, stop, level, rule, runs, end, prices, head, tail
        )
        while head < tail and runs.first[runs.best[head]] < start:
            head += 1
        if cut >= 0:
            _judge_cut(prints, start, cut, rule, runs, j, out)
        if head < tail and runs.lots[runs.best[head]] >= out.sweep_lots[j]:
            place = runs.best[head]
            out.sweep_side[j], out.sweep_lots[j] = prints.side[place], runs.lots[place]
        opened, closed = start, stop


@kernel
def _weigh(
    prints: Prints, start: int, stop: int, level: int, band: int, sign: int, volumes: I8
) -> None:
    """Add contracts in band that were bought, sold or neither, and prints, times ``sign``."""
    buy = sell = unknown = count = 0
    for i in range(start, stop):
        inside = int(abs(UNITS_PER_TICK * int(prints.ticks[i]) - level) <= band)
        size = inside * int(prints.size[i])
        count += inside
        buy += size * (prints.side[i] > 0)
        sell += size * (prints.side[i] < 0)
        unknown += size * (prints.side[i] == 0)
    volumes[0] += sign * buy
    volumes[1] += sign * sell
    volumes[2] += sign * unknown
    volumes[3] += sign * count


@kernel
def _run_on(
    prints: Prints,
    start: int,
    stop: int,
    level: int,
    rule: TapeRule,
    runs: _Runs,
    end: int,
    prices: int,
    head: int,
    tail: int,
) -> tuple[int, int, int]:
    """Read prints ``[start, stop)`` into ``runs``.

    A run only grows, so its last state is its largest: each print is judged as if it were the
    end of its run. ``end`` is the last print of a run, -1 before there is one, ``prices`` how many
    distinct ones its run has; the queue holds places ``[head, tail)``. All but ``head`` are
    returned as they are then.
    """
    for i in range(start, stop):
        ticks = int(prints.ticks[i])
        runs.first[i] = -1
        if prints.side[i] == 0 or abs(UNITS_PER_TICK * ticks - level) > rule.band_u:
            continue
        is_new = end < 0 or prints.side[i] != prints.side[end]
        if is_new or prints.ns[i] - prints.ns[end] > rule.sweep_gap_ns:
            runs.first[i], prices, lots = i, 0, 0
        else:
            runs.first[i], lots = runs.first[end], runs.lots[end]
        runs.last[runs.first[i]] = i
        runs.lots[i] = lots + ticks * int(prints.size[i])
        end = i
        prices = _note_price(runs.seen, prices, ticks)
        if prices == rule.sweep_min_prices and runs.lots[i] >= rule.sweep_min_lots:
            while tail > head and runs.lots[runs.best[tail - 1]] <= runs.lots[i]:
                tail -= 1
            runs.best[tail] = i
            tail += 1
    return end, prices, tail


@kernel
def _judge_cut(
    prints: Prints, start: int, first: int, rule: TapeRule, runs: _Runs, j: int, out: TapeSums
) -> None:
    """Side and lots of what a window keeps of the run that opened before it, if that is a sweep."""
    lots = prices = 0
    for i in range(start, runs.last[first] + 1):
        if runs.first[i] != first:
            continue
        lots += int(prints.ticks[i]) * int(prints.size[i])
        prices = _note_price(runs.cut, prices, int(prints.ticks[i]))
        if prices == rule.sweep_min_prices and lots >= rule.sweep_min_lots:
            out.sweep_side[j], out.sweep_lots[j] = prints.side[i], lots


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
def _fit_lines(prints: Prints, starts: I8, stops: I8, order: I8, out: TapeSums) -> None:
    """Fill slopes; in ``order``, windows of the same prints come together: one slope is theirs."""
    before = -1
    for k in range(order.shape[0]):
        j = order[k]
        start, stop = starts[j], stops[j]
        if before >= 0 and start == starts[before] and stop == stops[before]:
            out.has_slope[j], out.slope[j] = out.has_slope[before], out.slope[before]
        elif stop > start and prints.ns[start] != prints.ns[stop - 1]:
            out.has_slope[j] = True
            out.slope[j] = _slope(prints, start, stop)
        before = j


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
