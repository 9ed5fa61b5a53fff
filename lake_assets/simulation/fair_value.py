"""The second-by-second course a simulated session follows: how busy, how deep, what it is worth."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.market.price import NANOS_PER_SECOND, TICK_POINTS
from lake_assets.market.sessions import Session
from lake_assets.simulation.parameters import SimulationParams

F8: TypeAlias = npt.NDArray[np.float64]

HOUR_S: Final = 3600
_REGULAR_S: Final = 6.5 * HOUR_S
_ANCHOR_S: Final = 15.5 * HOUR_S  # from the open to 09:30, where there are no regular hours
_REACH_TICKS: Final = 3_500.0  # the books hold no more either way
_REGIME_S: Final = 900  # mean life of a trend or a pause
_TREND_POINTS_S: Final = 0.003


@dataclass(frozen=True, slots=True)
class Course:
    """One value a second of the session, ``activity`` relative, the rest as named.

    ``fair_points`` has one value more: the end of the last second.
    """

    activity: F8
    depth_contracts: F8
    fair_points: F8


def session_seconds(session: Session) -> int:
    """How long the session is."""
    return (session.hours.closes - session.hours.opens) // NANOS_PER_SECOND


def regular_seconds(session: Session) -> tuple[int, int]:
    """Regular hours in seconds of the session, ``[start, stop)``; empty where there are none."""
    if session.rth is None:
        return 0, 0
    opens = session.hours.opens
    return (
        (session.rth.opens - opens) // NANOS_PER_SECOND,
        (session.rth.closes - opens) // NANOS_PER_SECOND,
    )


def draw_course(session: Session, params: SimulationParams, rng: np.random.Generator) -> Course:
    """Draw the course of a session."""
    shape = _shape_of_day(session)
    bursts = _smooth_noise(rng, shape.size, life_s=40, scale=0.35)
    activity = shape * np.exp(bursts)
    depth = 9.0 + 6.0 * np.minimum(shape, 4.0)
    fair = _fair_value(session, params, shape, rng)
    return Course(activity, depth, fair)


def _shape_of_day(session: Session) -> F8:
    """Quiet in Asia, busier in Europe and before the open, a U in regular hours."""
    seconds = session_seconds(session)
    starts, stops = regular_seconds(session)
    at = np.arange(seconds, dtype=np.float64)
    before = (starts if session.rth else _ANCHOR_S) - at  # seconds to the regular open
    hours_left = [7.5 * HOUR_S, 5.5 * HOUR_S, HOUR_S, 0.0]
    shape = np.select([before > left for left in hours_left], [0.4, 0.65, 0.75, 1.4], 0.8)
    part = np.clip((at - starts) / _REGULAR_S, 0.0, 1.0)
    left = np.clip((stops - at) / _REGULAR_S, 0.0, 1.0)
    regular = 2.2 + 5.0 * np.exp(-part / 0.08) + 3.5 * np.exp(-left / 0.05)
    return np.where((at >= starts) & (at < stops), regular, shape)


def _smooth_noise(rng: np.random.Generator, size: int, *, life_s: int, scale: float) -> F8:
    """Noise of standard deviation ``scale`` that forgets itself in about ``life_s``."""
    window = np.hanning(2 * life_s + 1)
    noise = rng.standard_normal(size + 2 * life_s)
    return np.convolve(noise, window / np.sqrt(np.sum(window**2)), "valid") * scale


def _regimes(rng: np.random.Generator, size: int) -> F8:
    """Direction of each second: +1 and -1 trend, 0 pauses."""
    lives = rng.exponential(_REGIME_S, size // 120 + 10).astype(np.int64) + 120
    states = rng.choice([-1.0, 0.0, 1.0], lives.size)
    return np.repeat(states, lives)[:size]


def _fair_value(
    session: Session, params: SimulationParams, shape: F8, rng: np.random.Generator
) -> F8:
    """Trends, pauses that swing about where they began, and bursts; scaled to a day's range."""
    volatility = (
        0.065 * np.sqrt(shape) * np.exp(_smooth_noise(rng, shape.size, life_s=600, scale=0.3))
    )
    trend = _regimes(rng, shape.size)
    swing = _smooth_noise(rng, shape.size + 1, life_s=150, scale=1.2)
    steps = volatility * rng.standard_normal(shape.size)
    steps += trend * _TREND_POINTS_S * shape + np.diff(swing) * np.sqrt(shape / 2.5)
    steps *= _to_range(session, params, steps, rng)
    reach = _REACH_TICKS * TICK_POINTS
    moved = np.clip(np.concatenate([[0.0], np.cumsum(steps)]), -reach, reach)
    fair: F8 = params.start_price_points + moved
    return fair


def _to_range(
    session: Session, params: SimulationParams, steps: F8, rng: np.random.Generator
) -> float:
    """Factor that gives regular hours, if any, the range drawn for the day."""
    wanted = params.range_points * float(np.exp(np.clip(0.22 * rng.standard_normal(), -0.45, 0.38)))
    starts, stops = regular_seconds(session)
    if starts == stops:
        return 1.0
    path = np.cumsum(steps[starts:stops])
    wanted *= float(np.sqrt((stops - starts) / _REGULAR_S))
    return wanted / float(np.ptp(path))
