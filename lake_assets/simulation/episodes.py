"""When walls, vacuums, icebergs, one-sided trading and sweeps happen in a simulated session."""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.simulated_orders import SWEEP
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Session
from lake_assets.simulation.fair_value import F8, regular_seconds, session_seconds

I8: TypeAlias = npt.NDArray[np.int64]

# WALL, VACUUM, CONSUMED, ICEBERG, SWEEP
_CHANCES: Final = (0.17, 0.2, 0.25, 0.18, 0.2)
_REGULAR_PAUSE_S: Final = 35.0
_NIGHT_PAUSE_S: Final = 900.0
_LIFE_S: Final = (35.0, 90.0)
_AHEAD_S: Final = 60  # sweeps know a little of what comes


def draw_episodes(session: Session, fair_points: F8, rng: np.random.Generator) -> I8:
    """Draw the episodes of a session as ``Plan.episodes`` wants them.

    Sides lean towards where fair value goes next, so that what the book shows says something.
    """
    seconds = session_seconds(session)
    starts, stops = regular_seconds(session)
    rows: list[tuple[int, ...]] = []
    at = 600.0
    while True:
        pause = _REGULAR_PAUSE_S if starts <= at < stops else _NIGHT_PAUSE_S
        at += rng.exponential(pause) + 5.0
        life = rng.uniform(*_LIFE_S)
        if at + life + _AHEAD_S >= seconds:
            break
        rows.append(_draw_one(at, life, fair_points, rng))
        at += life
    episodes = np.array(rows, np.int64).reshape(-1, 6)
    episodes[:, :2] += session.hours.opens
    return episodes


def _draw_one(at: float, life: float, fair_points: F8, rng: np.random.Generator) -> tuple[int, ...]:
    kind = int(rng.choice(len(_CHANCES), p=_CHANCES))
    ahead = fair_points[int(at) + _AHEAD_S] - fair_points[int(at)]
    rises = rng.random() < 1.0 / (1.0 + np.exp(-1.2 * ahead))
    reach = int(rng.integers(2, 5 if kind == SWEEP else 7))
    if kind == SWEEP:
        life = 1.0
    start, stop = (int(moment * NANOS_PER_SECOND) for moment in (at, at + life))
    return start, stop, kind, int(rises), reach, int(rng.random() < 0.5)
