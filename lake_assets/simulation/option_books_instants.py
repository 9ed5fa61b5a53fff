"""Planted changes of one contract's book: pulls, replenishments, vacuums, flicker, and decoys."""

from typing import Final

import numpy as np

from lake_assets.simulation.option_books_plants import (
    Course,
    DepthChange,
    Plant,
    PlantKind,
    Side,
    SpreadChange,
    Target,
    TradedLots,
)
from lake_assets.simulation.option_books_scene import F8

FLICKER_S: Final = 60
_BACK: Final = 0.08  # a second, in logs: with the drift's own 0.06 a book comes back by under 20 %
_HELD_S: Final = 5  # a vacuum


def plant_pull(
    course: Course, at: int, target: Target, side: Side, rng: np.random.Generator
) -> None:
    """Take 47 to 68 % of a side away in one second, without a trade."""
    fall = rng.uniform(0.47, 0.68)
    _jump(course, at, target, side, float(np.log1p(-fall)))
    course.plants.append(_instant(side.pull, at, target, side, fall))


def plant_replenish(
    course: Course, at: int, target: Target, side: Side, rng: np.random.Generator
) -> None:
    """Add 37 to 77 % to a side in one second, without a trade."""
    rise = rng.uniform(0.37, 0.77)
    _jump(course, at, target, side, float(np.log1p(rise)))
    course.plants.append(_instant(side.replenish, at, target, side, rise))


def plant_traded_fall(
    course: Course, at: int, target: Target, side: Side, rng: np.random.Generator
) -> None:
    """A fall as large as a pull's, but somebody traded: no event."""
    fall = rng.uniform(0.47, 0.68)
    _jump(course, at, target, side, float(np.log1p(-fall)), lots=int(rng.integers(6, 20)))
    course.plants.append(_instant(PlantKind.TRADED_FALL_DECOY, at, target, side, fall))


def plant_small_change(
    course: Course, at: int, target: Target, side: Side, rng: np.random.Generator
) -> None:
    """A fifth more or less: no event."""
    change = float(rng.choice([-0.2, 0.2]))
    _jump(course, at, target, side, float(np.log1p(change)))
    course.plants.append(_instant(PlantKind.SMALL_CHANGE_DECOY, at, target, side, abs(change)))


def plant_vacuum(course: Course, at: int, target: Target, rng: np.random.Generator) -> None:
    """Both sides collapse within three seconds, complete at ``at``, where the spread opens."""
    seconds = int(rng.integers(1, 4))
    fall = rng.uniform(0.80, 0.84) if seconds == 3 else rng.uniform(0.72, 0.84)
    start, contract = at - seconds + 1, course.scene.contract(target.leg, target.strike)
    total = float(np.log1p(-fall))
    going = total * np.arange(1, seconds) / seconds
    change = np.concatenate([going, np.full(_HELD_S, total), _return(total)])
    course.frozen[start : at + 1] = True
    course.traded.append(TradedLots(at - 3, at + 2, contract, 0))
    wider = int(np.ceil(rng.uniform(1.0, 1.5) * (course.spread[at] + 1)))
    shape = np.repeat([1.0, 0.66, 0.33], [_HELD_S, 2, 2])
    course.spread_changes.append(
        SpreadChange(at, contract, np.ceil(wider * shape).astype(np.int64))
    )
    each = float(-np.expm1(total / seconds))
    for side in Side:
        course.depth_changes.append(DepthChange(start, contract, side, change))
        course.plants += [
            _instant(side.pull, second, target, side, each, in_vacuum=True)
            for second in range(start, at + 1)
        ]
    course.plants.append(_instant(PlantKind.VACUUM, at, target, None, fall))


def plant_flicker(course: Course, at: int, target: Target, rng: np.random.Generator) -> None:
    """A minute in which a pull and its replenishment follow each other second by second."""
    contract = course.scene.contract(target.leg, target.strike)
    second = np.arange(FLICKER_S)
    falls = rng.uniform(0.42, 0.55, FLICKER_S)
    for turn, side in enumerate(Side):
        pulled = second % 4 == 2 * turn
        change = np.where(pulled, np.log1p(-falls), 0.0)
        course.depth_changes.append(DepthChange(at, contract, side, change))
        for place in np.flatnonzero(pulled).tolist():
            fall, back = float(falls[place]), float(1 / (1 - falls[place]) - 1)
            course.plants += [
                _instant(side.pull, at + place, target, side, fall),
                _instant(side.replenish, at + place + 1, target, side, back),
            ]
    course.spread_changes.append(SpreadChange(at, contract, 4 * (1 - second % 2)))
    course.traded.append(TradedLots(at, at + FLICKER_S, contract, 0))
    course.plants.append(
        Plant(
            kind=PlantKind.FLICKER,
            start=at,
            end=at + FLICKER_S - 1,
            leg=target.leg,
            strike=target.strike,
        )
    )


def _jump(  # noqa: PLR0913 where, which side, how far, how many traded
    course: Course,
    at: int,
    target: Target,
    side: Side,
    log_change: float,
    *,
    lots: int = 0,
) -> None:
    """One second's change of one side, which then drifts back while everything else stands."""
    contract = course.scene.contract(target.leg, target.strike)
    course.frozen[at] = True
    course.traded.append(TradedLots(at, at + 1, contract, lots))
    change = np.concatenate([[log_change], _return(log_change)])
    course.depth_changes.append(DepthChange(at, contract, side, change))


def _return(log_change: float) -> F8:
    """The way back to nothing, in even steps."""
    seconds = int(np.ceil(abs(log_change) / _BACK))
    back: F8 = log_change * (1.0 - np.arange(1, seconds + 1) / seconds)
    return back


def _instant(  # noqa: PLR0913 what, when, where, how much
    kind: PlantKind,
    at: int,
    target: Target,
    side: Side | None,
    magnitude: float,
    *,
    in_vacuum: bool = False,
) -> Plant:
    return Plant(
        kind=kind,
        start=at,
        end=at,
        leg=target.leg,
        strike=target.strike,
        side=side,
        magnitude=round(magnitude, 6),
        in_vacuum=in_vacuum,
    )
