"""Bursts of the underlying: one state machine over the seconds of a session."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]
B1: TypeAlias = npt.NDArray[np.bool_]

OPEN: Final = -1
QUIET: Final = 0
MAX_DURATION: Final = 1
GAP: Final = 2
CLOSE: Final = 3

_STILL_S: Final = 5  # a burst is quiet when the price is where it was so long ago
_STEP_S: Final = 3  # one of so many last seconds must hold the step


class BurstTape(NamedTuple):
    """One session's seconds, each (n,).

    Attributes:
        spot: price in whole units of its last decimal; any number where not known.
        known: whether there is a price, observed or carried.
        seen: whether it was observed in that very second.
        rv_10: root mean square return of ten seconds, NaN where unknown.
        rv_120: the same of two minutes.
        bucket: place of the second's days to expiry in the limits, -1 where unknown.
    """

    spot: I8
    known: B1
    seen: B1
    rv_10: F8
    rv_120: F8
    bucket: I8


class BurstLimits(NamedTuple):
    """Thresholds by days to expiry, each (b,); prices in units of ``spot``.

    Attributes:
        points: least displacement.
        step: least move of one second.
        end: the displacement below which a burst is quiet.
        k1: volatility ratio a burst starts above.
        k2: volatility ratio a burst ends below.
    """

    points: I8
    step: I8
    end: I8
    k1: F8
    k2: F8


class BurstRule(NamedTuple):
    """Lengths, all in s."""

    warm_up: int
    lookback: int
    merge_gap: int
    max_duration: int


class LiveBursts(NamedTuple):
    """Stretches from a trigger to the second its end is decided, each (m,), in time order.

    A burst that is reopened has several, which share ``burst`` and ``start``. Times are places.

    Attributes:
        burst: which burst the stretch belongs to, from 0.
        start: second the displacement is measured from.
        trigger: second it is noticed.
        end: last second of the move.
        decided: second the end is decided, not before ``end``.
        direction: +1 or -1.
        reason: `QUIET`, `MAX_DURATION`, `GAP` or `CLOSE`.
    """

    burst: I8
    start: I8
    trigger: I8
    end: I8
    decided: I8
    direction: I8
    reason: I8


def walk_bursts(tape: BurstTape, limits: BurstLimits, rule: BurstRule) -> LiveBursts:
    """Walk a session once, from its first second to its last.

    Source:
        docs/features.md, "Bursts".
    """
    room = tape.spot.shape[0] // 2 + 1  # a stretch has two seconds, but for one at the very end
    burst, start, trigger, end, decided, direction, reason = np.zeros((7, room), np.int64)
    out = LiveBursts(burst, start, trigger, end, decided, direction, reason)
    count = _walk(tape, limits, rule, out)
    return LiveBursts(*(column[:count] for column in out))


@kernel
def measure_moves(spot: I8, seen: B1, start: I8, end: I8, direction: I8) -> I8:
    """Where each of ``m`` moves, ``[start, end]``, had its extremes, among observed seconds.

    Returns:
        (3, m) places of the extreme toward ``direction``, the highest and the lowest price, each
        the first of its kind; -1 where nothing was observed.
    """
    found = np.full((3, start.shape[0]), -1)
    for k in range(start.shape[0]):
        high, low = -1, -1
        for t in range(start[k], end[k] + 1):
            if not seen[t]:
                continue
            if high < 0 or spot[t] > spot[high]:
                high = t
            if low < 0 or spot[t] < spot[low]:
                low = t
        found[0, k] = high if direction[k] > 0 else low
        found[1, k], found[2, k] = high, low
    return found


@kernel
def _walk(tape: BurstTape, limits: BurstLimits, rule: BurstRule, out: LiveBursts) -> int:
    """Fill the stretches; returns how many there are."""
    count, is_open = 0, False
    last = tape.spot.shape[0] - 1
    for t in range(last + 1):
        if is_open:
            reason = _ending(tape, limits, rule, out.start[count - 1], t)
            if reason != OPEN:
                _end(tape, out, count - 1, t, reason)
                is_open = False
        elif _opens(tape, limits, rule, out, count, t):
            count += 1
            is_open = True
    if is_open:
        _end(tape, out, count - 1, last, CLOSE)
    return count


@kernel
def _ending(tape: BurstTape, limits: BurstLimits, rule: BurstRule, start: int, t: int) -> int:
    """Why a burst ends in this second, if it does.

    Without a price the tenth minute cannot end a burst at that price: the gap does.
    """
    bucket = tape.bucket[start]
    if (
        t >= _STILL_S
        and tape.seen[t]
        and tape.seen[t - _STILL_S]
        and abs(tape.spot[t] - tape.spot[t - _STILL_S]) < limits.end[bucket]
        and tape.rv_10[t] < limits.k2[bucket] * tape.rv_120[t]
    ):
        return QUIET
    if not tape.known[t]:
        return GAP
    return MAX_DURATION if t - start >= rule.max_duration else OPEN


@kernel
def _end(tape: BurstTape, out: LiveBursts, row: int, t: int, reason: int) -> None:
    """Close a stretch; a gap's end is the last second observed, at the earliest its trigger."""
    out.reason[row], out.decided[row], out.end[row] = reason, t, t
    if reason == GAP:
        while not tape.seen[out.end[row]]:
            out.end[row] -= 1


@kernel
def _opens(
    tape: BurstTape, limits: BurstLimits, rule: BurstRule, out: LiveBursts, row: int, t: int
) -> bool:
    """Whether a stretch starts in this second; if so, it is written to its row."""
    direction = _displaced(tape, limits, rule, t)
    if direction == 0:
        return False
    start = _start(tape, direction, t - rule.lookback, t)
    before = row - 1
    if before >= 0 and _reopens(rule, out, before, start, direction, t):
        start, burst = out.start[before], out.burst[before]
    else:
        if before >= 0:
            start = _start(tape, direction, max(t - rule.lookback, out.end[before] + 1), t)
        if start < 0 or not _moved(tape, limits, direction, start, t):
            return False
        burst = out.burst[before] + 1 if before >= 0 else 0
    out.burst[row], out.start[row], out.trigger[row] = burst, start, t
    out.direction[row] = direction
    return True


@kernel
def _displaced(tape: BurstTape, limits: BurstLimits, rule: BurstRule, t: int) -> int:
    """Sign of a displacement large, sudden and fast enough; 0 if it is not."""
    then, bucket = t - rule.lookback, tape.bucket[t]
    if t < rule.warm_up or then < 0 or bucket < 0 or not (tape.seen[t] and tape.seen[then]):
        return 0
    move = tape.spot[t] - tape.spot[then]
    if abs(move) < limits.points[bucket] or not tape.rv_120[t] > 0:
        return 0
    if not tape.rv_10[t] > limits.k1[bucket] * tape.rv_120[t]:
        return 0
    if _largest_step(tape, t) < limits.step[bucket]:
        return 0
    return 1 if move > 0 else -1


@kernel
def _largest_step(tape: BurstTape, t: int) -> int:
    """The largest move of one second, both ends observed, in the last three; -1 if none is."""
    largest = -1
    for u in range(max(t - _STEP_S + 1, 1), t + 1):
        if tape.seen[u] and tape.seen[u - 1]:
            largest = max(largest, abs(tape.spot[u] - tape.spot[u - 1]))
    return largest


@kernel
def _start(tape: BurstTape, direction: int, first: int, t: int) -> int:
    """Latest observed second of ``[first, t)`` at the extreme away from ``direction``, or -1."""
    start = -1
    for u in range(max(first, 0), t):
        if tape.seen[u] and (start < 0 or direction * (tape.spot[u] - tape.spot[start]) <= 0):
            start = u
    return start


@kernel
def _reopens(
    rule: BurstRule, out: LiveBursts, before: int, start: int, direction: int, t: int
) -> bool:
    """Whether a trigger carries the burst before it on; never past the longest burst."""
    return (  # type: ignore[no-any-return]
        out.reason[before] == QUIET
        and direction == out.direction[before]
        and start <= out.end[before] + rule.merge_gap
        and t - out.start[before] < rule.max_duration
    )


@kernel
def _moved(tape: BurstTape, limits: BurstLimits, direction: int, start: int, t: int) -> bool:
    bucket = tape.bucket[start]
    if bucket < 0:
        return False
    moved = direction * (tape.spot[t] - tape.spot[start])
    return moved >= limits.points[bucket]  # type: ignore[no-any-return]
