"""Collapses of one option's book: depth gone and spread wide, within seconds and untraded."""

from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
B1: TypeAlias = npt.NDArray[np.bool_]


class LegTape(NamedTuple):
    """One right's at-the-money option, each (n,); -1 is unknown.

    Attributes:
        contract: which contract stands here.
        observed: whether it had a row in the second.
        eligible: whether events are looked for in the second at all.
        depth: size of both sides together, in the vendor's units.
        spread: ask less bid, ticks.
        volume: traded in the second, in the vendor's units.
    """

    contract: I8
    observed: B1
    eligible: B1
    depth: I8
    spread: I8
    volume: I8


class VacuumRule(NamedTuple):
    """What counts as a collapse.

    Attributes:
        lookback: seconds before in which the fuller book is sought, s.
        rest: seconds without the condition before the next one counts, s.
        fall_pct: least fall of depth, %.
        widen_pct: least spread, % of the narrowest in the lookback.
        volume: most that may have traded meanwhile, in the vendor's units.
    """

    lookback: int
    rest: int
    fall_pct: int
    widen_pct: int
    volume: int


@kernel
def find_vacuums(tape: LegTape, rule: VacuumRule) -> I8:
    """Seconds in which the book is found collapsed, each with the second it is measured against.

    The condition must have been absent for ``rest`` seconds, and known to be: a second that was
    not observed could have held it, so with one in reach nothing is told. Hence leaving out
    seconds never makes a collapse.

    Returns:
        (k, 2) places of the collapse and of the fullest book before it, the latest on ties.

    Source:
        docs/features.md, "Liquidity events".
    """
    found = np.empty((tape.depth.shape[0], 2), np.int64)
    count, held, unseen = 0, -rule.rest - 1, -rule.rest - rule.lookback - 1
    for t in range(tape.depth.shape[0]):
        if not tape.observed[t]:
            unseen = t
        fullest = _collapsed(tape, rule, t)
        if fullest < 0:
            continue
        if t - held > rule.rest and t - unseen > rule.rest + rule.lookback:
            found[count, 0], found[count, 1] = t, fullest
            count += 1
        held = t
    return found[:count]


@kernel
def _collapsed(tape: LegTape, rule: VacuumRule, t: int) -> int:
    """The second with the fullest book before, if the condition holds at ``t``; else -1."""
    first = t - rule.lookback
    if first < 0 or not tape.eligible[t] or not _comparable(tape, first, t):
        return -1
    fullest, narrowest = first, tape.spread[first]
    for u in range(first + 1, t):
        if tape.depth[u] >= tape.depth[fullest]:
            fullest = u
        narrowest = min(narrowest, tape.spread[u])
    fallen = tape.depth[fullest] - tape.depth[t]
    thin = fallen > 0 and 100 * fallen >= rule.fall_pct * tape.depth[fullest]
    wide = 100 * tape.spread[t] >= rule.widen_pct * narrowest
    if thin and wide and _quietly(tape, rule, fullest, t):
        return fullest
    return -1


@kernel
def _comparable(tape: LegTape, first: int, t: int) -> bool:
    """Whether one contract was observed throughout, with depth and spread."""
    for u in range(first, t + 1):
        if not tape.observed[u] or tape.contract[u] != tape.contract[t]:
            return False
        if tape.depth[u] < 0 or tape.spread[u] < 0:
            return False
    return tape.contract[t] >= 0  # type: ignore[no-any-return]


@kernel
def _quietly(tape: LegTape, rule: VacuumRule, fullest: int, t: int) -> bool:
    """Whether little is known to have traded in ``(fullest, t]``."""
    traded = 0
    for u in range(fullest + 1, t + 1):
        if tape.volume[u] < 0:
            return False
        traded += tape.volume[u]
    return traded <= rule.volume
