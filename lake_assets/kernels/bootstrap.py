"""Percentile bootstrap of a mean, with draws that anybody can repeat."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]
U8: TypeAlias = npt.NDArray[np.uint64]


@kernel
def bootstrap_intervals(
    top: F8, bottom: F8, starts: I8, seeds: U8, draws: int, tail: float
) -> tuple[F8, F8]:
    """Interval of ``sum(top) / sum(bottom)`` of each group, its units drawn with replacement.

    A unit is an event (its value and 1) or a day (the sum of its values and their count). Each
    group has its own SplitMix64, so that no group's draws depend on another; a draw of ``n``
    units takes the upper 32 bits of a number, times ``n``, shifted down by 32. The bounds are
    quantiles of the drawn means by linear interpolation, ``h = (draws - 1) * share``.

    Args:
        top: (m,) numerators, group by group.
        bottom: (m,) denominators, positive.
        starts: (g + 1,) where each group begins and the last one ends; fewer than 2**32 units.
        seeds: (g,) first state of each group's generator.
        draws: how often a group is drawn.
        tail: share of the draws below the lower bound, and above the upper.

    Returns:
        ``(low, high)``, each (g,), NaN of an empty group.

    Source:
        docs/features.md, "Truth tables"; Steele, Lea and Flood 2014 (SplitMix64).
    """
    groups = seeds.shape[0]
    low, high = np.full(groups, np.nan), np.full(groups, np.nan)
    means = np.empty(draws, np.float64)
    for g in range(groups):
        first, count = starts[g], starts[g + 1] - starts[g]
        if count == 0:
            continue
        state = seeds[g]
        for k in range(draws):
            above, below = 0.0, 0.0
            for _ in range(count):
                state += np.uint64(0x9E3779B97F4A7C15)
                unit = first + np.int64(
                    ((_mixed(state) >> np.uint64(32)) * np.uint64(count)) >> np.uint64(32)
                )
                above += top[unit]
                below += bottom[unit]
            means[k] = above / below
        ordered = np.sort(means)
        low[g] = _interpolated(ordered, tail)
        high[g] = _interpolated(ordered, 1.0 - tail)
    return low, high


@kernel
def _mixed(state: np.uint64) -> np.uint64:
    """SplitMix64's number of a state."""
    z = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@kernel
def _interpolated(ordered: F8, share: float) -> float:
    rank = (ordered.shape[0] - 1) * share
    low = int(np.floor(rank))
    high = min(low + 1, ordered.shape[0] - 1)
    return ordered[low] + (rank - low) * (ordered[high] - ordered[low])  # type: ignore[no-any-return]
