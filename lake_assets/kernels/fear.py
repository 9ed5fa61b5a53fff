"""Fear after a fall: how hard the books were pulled, and when calm came back."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]
B1: TypeAlias = npt.NDArray[np.bool_]

NEVER: Final = -1


class FearTape(NamedTuple):
    """One session's seconds, each (n,); rates are events a second, NaN where unknown.

    Attributes:
        spot: price in whole units of its last decimal; any number where not known.
        known: whether there is a price.
        rv_10: root mean square return of ten seconds, NaN where unknown.
        rv_120: the same of two minutes.
        pulls: mean pull rate of both rights.
        replenishes: mean replenish rate of both rights.
    """

    spot: I8
    known: B1
    rv_10: F8
    rv_120: F8
    pulls: F8
    replenishes: F8


class CalmRule(NamedTuple):
    """When fear has decayed; lengths in s.

    Attributes:
        wait: earliest decay after the onset.
        hold: seconds in which no new low is made.
        longest: latest decay after the onset.
    """

    wait: int
    hold: int
    longest: int


@kernel
def largest_between(values: F8, start: I8, end: I8) -> F8:
    """Largest number in each ``[start, end]``, NaN where there is none; (m,)."""
    found = np.full(start.shape[0], np.nan)
    for k in range(start.shape[0]):
        for t in range(start[k], end[k] + 1):
            if not np.isnan(values[t]) and not found[k] >= values[t]:
                found[k] = values[t]
    return found


@kernel
def find_calm(tape: FearTape, start: I8, onset: I8, k2: F8, rule: CalmRule) -> I8:
    """First second after each of ``m`` onsets in which fear has decayed, -1 if none.

    Volatility is back, books are filled no slower than emptied, and the last ``hold`` seconds,
    ``(u - hold, u]``, made no price below the lowest known of ``[start, onset]``.

    Args:
        tape: the session's seconds.
        start: (m,) first second of the fall.
        onset: (m,) second the fall's end was decided.
        k2: (m,) volatility ratio below which it is back.
        rule: how long to wait, hold and look.

    Source:
        docs/features.md, "Fear spikes".
    """
    found = np.full(start.shape[0], NEVER)
    last = tape.spot.shape[0] - 1
    for k in range(start.shape[0]):
        floor = _lowest(tape, start[k], onset[k])
        for u in range(onset[k] + rule.wait, min(onset[k] + rule.longest, last) + 1):
            if (
                tape.rv_10[u] < k2[k] * tape.rv_120[u]
                and tape.replenishes[u] >= tape.pulls[u]
                and _holds(tape, floor, max(u - rule.hold + 1, 0), u)
            ):
                found[k] = u
                break
    return found


@kernel
def _lowest(tape: FearTape, start: int, end: int) -> int:
    floor = tape.spot[start]
    for t in range(start, end + 1):
        if tape.known[t]:
            floor = min(floor, tape.spot[t])
    return floor  # type: ignore[no-any-return]


@kernel
def _holds(tape: FearTape, floor: int, first: int, last: int) -> bool:
    """Whether every price of ``[first, last]`` is known and none is below the floor."""
    t = first
    while t <= last and tape.known[t] and tape.spot[t] >= floor:
        t += 1
    return t > last
