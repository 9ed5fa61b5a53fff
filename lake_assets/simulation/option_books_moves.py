"""Planted moves of spot: bursts, bursts too small to count, and fear."""

from dataclasses import replace
from typing import Final

import numpy as np

from lake_assets.market.option_vocabulary import OptionType
from lake_assets.simulation.option_books_instants import plant_pull, plant_replenish
from lake_assets.simulation.option_books_plants import Course, Plant, PlantKind, Side, Target
from lake_assets.simulation.option_books_scene import F8
from lake_assets.simulation.option_books_smile import option_points

BEFORE_S: Final = 12
FEAR_BEFORE_S: Final = 32
AFTER_S: Final = 45
LONGEST_S: Final = 8
DECOY_SHARE: Final = 0.7
_QUIET_S: Final = 10  # after the last step of a ramp, when it has left the ten-second windows
_SMALLEST, _LARGEST = 1.3, 3.0
_CLEAR: Final = 0.17  # above the put's threshold; the specification asks for 0.1
_FALLS_S: Final = (27, 20, 13, 6)  # before the fall: pulls, bid and ask in turn
_RISES_S: Final = (4, 10)  # after the burst's end: replenishments
_CALM_LIFE_S: Final = 200.0
_DARTS: Final = 40


def plant_burst(course: Course, at: int, rng: np.random.Generator, *, direction: int) -> None:
    """A burst that starts at a second: traded busily, or through a book that thins."""
    scene = course.scene
    size = scene.burst_points * rng.uniform(_SMALLEST, _LARGEST)
    peak = _move(course, at, direction * size, BEFORE_S, rng)
    course.plants.append(_burst(course, at, peak, direction))
    if rng.random() < 0.5:
        course.lots[at + 1 : peak + _QUIET_S] *= 3.0
        return
    dip = np.concatenate([np.full(peak - at + 1, -0.5), -0.5 + 0.09 * np.arange(6)])
    fall = -0.09 * np.arange(1, dip.size + 1)
    course.log_depth[at + 1 : at + 1 + dip.size] += np.maximum(dip, fall)
    course.spread[at + 1 : peak + 3] += 3


def plant_burst_decoy(course: Course, at: int, rng: np.random.Generator, *, direction: int) -> None:
    """A move shaped like a burst that is too small for one."""
    size = DECOY_SHARE * course.scene.burst_points
    peak = _move(course, at, direction * size, BEFORE_S, rng)
    course.plants.append(replace(_burst(course, at, peak, direction), kind=PlantKind.BURST_DECOY))


def plant_fear(course: Course, at: int, rng: np.random.Generator) -> None:
    """A fall on which volatility jumps, pulls before it, replenishments after."""
    scene, spot = course.scene, float(course.spot()[at - FEAR_BEFORE_S])
    strike = scene.money(spot)
    for back, side in zip(_FALLS_S, (Side.BID, Side.ASK) * 2, strict=True):
        plant_pull(course, at - back, Target(OptionType.PE, strike), side, rng)
    peak = _move(course, at, -_size_of_fear(course, spot, rng), FEAR_BEFORE_S, rng)
    burst = _burst(course, at, peak, -1)
    share = _raise_volatility(course, at, peak, strike)
    course.plants += [
        burst,
        replace(
            burst, kind=PlantKind.FEAR, leg=OptionType.PE, strike=strike, magnitude=round(share, 6)
        ),
    ]
    money = scene.money(float(course.spot()[peak]))
    for after, leg, side in zip(_RISES_S, OptionType, Side, strict=True):
        plant_replenish(course, peak + _QUIET_S + after, Target(leg, money), side, rng)


def _burst(course: Course, at: int, peak: int, direction: int) -> Plant:
    spot = course.spot()
    return Plant(
        kind=PlantKind.BURST,
        start=at,
        end=peak + _QUIET_S,
        direction=direction,
        size_points=round(abs(float(spot[peak] - spot[at])), 6),
    )


def _move(course: Course, at: int, points: float, before_s: int, rng: np.random.Generator) -> int:
    """Bend spot into a rest, a ramp from ``at`` and a rest; gives the second of the peak.

    Spot comes to rest a little beyond where the ramp will leave from, so that the ramp's start is
    the extreme of what went before.
    """
    burst, size = course.scene.burst_points, abs(points)
    ramp = _ramp(course, size, rng)
    rest = rng.uniform(0.06, 0.12, before_s - 2) * burst
    near = rng.uniform(0.0, 0.05, 2) * burst
    beyond = size - rng.uniform(0.0, 0.05, AFTER_S) * burst
    offset = np.concatenate([rest, near, [0.0], np.cumsum(ramp), beyond])
    course.spot_steps[at - before_s : at - before_s + offset.size] = np.sign(points) * np.diff(
        offset, prepend=0.0
    )
    return at + ramp.size


def _ramp(course: Course, size: float, rng: np.random.Generator) -> F8:
    """Steps of one sign; the largest is one of the last two, where it makes the trigger."""
    seconds = int(rng.integers(3, LONGEST_S + 1))
    largest = max(1.5 * course.scene.step_points, 1.2 * size / seconds)
    shares = rng.uniform(0.5, 1.5, seconds)
    place = seconds - int(rng.integers(1, 3))
    shares[place] = 0.0
    steps: F8 = (size - largest) * shares / shares.sum()
    steps[place] = largest
    return steps


def _size_of_fear(course: Course, spot: float, rng: np.random.Generator) -> float:
    """A size that ends near a strike: what follows there must not roll to the next."""
    step = course.scene.underlying.strike_step
    sizes = course.scene.burst_points * rng.uniform(_SMALLEST, _LARGEST, _DARTS)
    off = np.abs((spot - sizes) / step - np.rint((spot - sizes) / step))
    good = np.flatnonzero(off < 0.3)
    return float(sizes[good[0] if good.size else np.argmin(off)])


def _raise_volatility(course: Course, at: int, peak: int, strike: int) -> float:
    """Raise volatility along the ramp until the put gains what fear asks for, then let it calm.

    Returns:
        What the put gains, as a share of what spot loses.
    """
    target = course.scene.theta_put + _CLEAR
    low, high = 1.0, 8.0
    for _ in range(50):
        middle = (low + high) / 2
        if _share_of_put(course, at, peak, strike, middle) < target:
            low = middle
        else:
            high = middle
    after = np.arange(course.level.size - peak, dtype=np.float64)
    factor = np.ones(course.level.size)
    factor[at : peak + 1] = np.linspace(1.0, high, peak - at + 1)
    factor[peak:] = 1.0 + (high - 1.0) * np.exp(-after / _CALM_LIFE_S)
    course.level *= factor
    return _share_of_put(course, at, peak, strike, 1.0)


def _share_of_put(course: Course, at: int, peak: int, strike: int, factor: float) -> float:
    """Gain of the put by the peak over the loss of spot, volatility being ``factor`` times."""
    ends = np.array([at, peak])
    spot = course.spot()[ends]
    value = option_points(
        spot,
        course.level[ends] * np.array([1.0, factor]),
        course.scene.years(0)[ends],
        np.full(2, float(strike)),
        np.zeros(2, np.int64),
        course.scene.underlying.rate,
    )
    return float((value[1] - value[0]) / (spot[0] - spot[1]))
