"""The two options pinned when a burst starts, followed second by second to its end."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]
B1: TypeAlias = npt.NDArray[np.bool_]


class LegRows(NamedTuple):
    """Books of the pinned contracts, contract by contract in time order, each (r,).

    Rows that no move reaches, ``max_age_s`` before its start or after its end, may be left out.

    Attributes:
        second: place of the row's second, may be negative before the open.
        mid: middle of the quote in points, NaN where there is none.
        spread: ask less bid in points, NaN where there is none.
        depth: size of both sides, NaN where unknown.
        volume: traded since the contract's row before, NaN where unknown.
    """

    second: I8
    mid: F8
    spread: F8
    depth: F8
    volume: F8


class Spans(NamedTuple):
    """``m`` moves and the rows of their two contracts.

    Attributes:
        start: (m,) second the contracts are pinned.
        end: (m,) last second.
        peak: (m,) second of the extreme, within them.
        listed: (m, 2) whether there is a call and a put.
        first: (m, 2) first row of each.
        stop: (m, 2) row after the last; ``first`` if there is none.
    """

    start: I8
    end: I8
    peak: I8
    listed: B1
    first: I8
    stop: I8


class PairReadings(NamedTuple):
    """What the pair did, NaN where unknown.

    Attributes:
        mid: (m, 2, 3) middle of call and put at start, end and peak, in points.
        widening: (m,) largest growth of the two spreads together, share of the start's.
        thinning: (m,) largest fall of all depth together, share of the start's.
        volume: (m,) traded in ``(start, end]``, in the vendor's units.
    """

    mid: F8
    widening: F8
    thinning: F8
    volume: F8


def watch_pairs(rows: LegRows, alive: B1, spans: Spans, max_age_s: int) -> PairReadings:
    """Follow the same two contracts from start to end of each move.

    A book speaks for its second and ``max_age_s`` more. A second without a row traded nothing if
    the feed was alive, else nobody knows.

    Args:
        rows: books of the contracts.
        alive: (n,) whether any contract had a row in a second.
        spans: the moves.
        max_age_s: how long a book is carried, s.

    Source:
        docs/features.md, "Bursts".
    """
    count = spans.start.shape[0]
    mid = np.full((count, 2, 3), np.nan)
    widening, thinning, volume = np.full((3, count), np.nan)
    out = PairReadings(mid, widening, thinning, volume)
    _watch(rows, alive, spans, max_age_s, out)
    return out


@kernel
def _watch(rows: LegRows, alive: B1, spans: Spans, max_age_s: int, out: PairReadings) -> None:
    for k in range(spans.start.shape[0]):
        start, end = spans.start[k], spans.end[k]
        seconds = end - start + 1
        pair = np.zeros((3, seconds))
        for leg in range(2):
            path = _trace(rows, spans.first[k, leg], spans.stop[k, leg], start, seconds, max_age_s)
            out.mid[k, leg, 0] = path[0, 0]
            out.mid[k, leg, 1] = path[0, seconds - 1]
            out.mid[k, leg, 2] = path[0, spans.peak[k] - start]
            _fill_silence(path[3], alive, start, 0.0 if spans.listed[k, leg] else np.nan)
            pair += path[1:]
        out.widening[k] = _share_of_first(pair[0], _largest(pair[0]) - pair[0, 0])
        out.thinning[k] = _share_of_first(pair[1], pair[1, 0] + _largest(-pair[1]))
        out.volume[k] = 0.0
        for at in range(1, seconds):
            out.volume[k] += pair[2, at]


@kernel
def _trace(rows: LegRows, first: int, stop: int, start: int, seconds: int, max_age_s: int) -> F8:
    """Mid, spread and depth in force, and volume (-1 without a row), each second; (4, seconds)."""
    path = np.full((4, seconds), np.nan)
    path[3] = -1.0
    row = first + np.searchsorted(rows.second[first:stop], start - max_age_s)
    for at in range(seconds):
        t = start + at
        while row < stop and rows.second[row] <= t:
            if rows.second[row] == t:
                path[3, at] = max(path[3, at], 0.0) + rows.volume[row]
            row += 1
        if row > first and t - rows.second[row - 1] <= max_age_s:
            path[0, at] = rows.mid[row - 1]
            path[1, at] = rows.spread[row - 1]
            path[2, at] = rows.depth[row - 1]
    return path


@kernel
def _fill_silence(volume: F8, alive: B1, start: int, silence: float) -> None:
    """Volume of the seconds without a row: that of silence if the feed was alive, else unknown."""
    for at in range(volume.shape[0]):
        if volume[at] == -1.0:
            volume[at] = silence if alive[start + at] else np.nan


@kernel
def _largest(values: F8) -> float:
    """Largest number, NaN if there is none."""
    largest = np.nan
    for value in values:
        if not np.isnan(value) and not largest >= value:
            largest = value
    return largest


@kernel
def _share_of_first(values: F8, change: float) -> float:
    """A change, not below none, as a share of the first value; NaN if either is unknown or 0."""
    if np.isnan(values[0]) or np.isnan(change) or values[0] == 0.0:
        return np.nan
    return max(0.0, change) / values[0]  # type: ignore[no-any-return]
