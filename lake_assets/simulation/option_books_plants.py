"""What is planted in a simulated day of option books: the answers, and what they do to the day."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from lake_assets.market.option_vocabulary import OptionType
from lake_assets.simulation.option_books_scene import F8, I8, Scene

_LOTS: Final = 12.0
_SPREAD_TICKS: Final = 4


class PlantKind(StrEnum):
    """What may be planted; the last three must not be taken for anything."""

    BURST = "burst"
    FEAR = "fear"
    BID_PULL = "bid_pull"
    ASK_PULL = "ask_pull"
    BID_REPLENISH = "bid_replenish"
    ASK_REPLENISH = "ask_replenish"
    VACUUM = "vacuum"
    FLICKER = "flicker"
    CHOP = "chop"
    BURST_DECOY = "burst_decoy"
    TRADED_FALL_DECOY = "traded_fall_decoy"
    SMALL_CHANGE_DECOY = "small_change_decoy"


class Side(StrEnum):
    """Side of a book."""

    BID = "bid"
    ASK = "ask"

    @property
    def pull(self) -> PlantKind:
        """Resting size taken away from this side."""
        return PlantKind.BID_PULL if self is Side.BID else PlantKind.ASK_PULL

    @property
    def replenish(self) -> PlantKind:
        """Resting size added to this side."""
        return PlantKind.BID_REPLENISH if self is Side.BID else PlantKind.ASK_REPLENISH


@dataclass(frozen=True, slots=True)
class Target:
    """A contract of the nearer expiry."""

    leg: OptionType
    strike: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """One answer; ``start`` and ``end`` are seconds of the session, both included."""

    kind: PlantKind
    start: int
    end: int
    direction: int | None = None
    size_points: float | None = None
    leg: OptionType | None = None
    strike: int | None = None
    side: Side | None = None
    magnitude: float | None = None
    in_vacuum: bool = False


@dataclass(frozen=True, slots=True)
class DepthChange:
    """Log change of one side of a contract's depth, against its drift, from a second on."""

    start: int
    contract: int
    side: Side
    log_change: F8


@dataclass(frozen=True, slots=True)
class SpreadChange:
    """Ticks added to a contract's spread from a second on."""

    start: int
    contract: int
    ticks: I8


@dataclass(frozen=True, slots=True)
class TradedLots:
    """Lots of a contract traded in each of the seconds ``[start, stop)``."""

    start: int
    stop: int
    contract: int
    lots: int


@dataclass(slots=True)
class Course:
    """A day in the making, one value a second: plants are worked into it.

    Attributes:
        spot_steps: change of spot, points.
        level: volatility at the money, a year as one.
        lots: lots a second of an option at the money.
        spread: ticks of spread at the money.
        log_depth: log change of every depth.
        frozen: no price, spread or size moves but the plants' own.
    """

    scene: Scene
    spot_steps: F8
    level: F8
    lots: F8
    spread: I8
    log_depth: F8
    frozen: npt.NDArray[np.bool_]
    plants: list[Plant]
    depth_changes: list[DepthChange]
    spread_changes: list[SpreadChange]
    traded: list[TradedLots]

    @classmethod
    def flat(cls, scene: Scene) -> Self:
        """A day on which nothing happens."""
        size = scene.seconds
        return cls(
            scene=scene,
            spot_steps=np.zeros(size),
            level=np.full(size, scene.params.volatility),
            lots=np.full(size, _LOTS),
            spread=np.full(size, _SPREAD_TICKS, np.int64),
            log_depth=np.zeros(size),
            frozen=np.zeros(size, np.bool_),
            plants=[],
            depth_changes=[],
            spread_changes=[],
            traded=[],
        )

    def source(self) -> I8:
        """The second whose prices each second shows: its own, or the last that was not frozen."""
        seconds = np.arange(self.frozen.size, dtype=np.int64)
        return np.maximum.accumulate(np.where(self.frozen, 0, seconds))

    def spot(self) -> F8:
        """Spot in points, in the decimals of its feed."""
        path = self.scene.start_points + np.cumsum(self.spot_steps)
        rounded: F8 = np.round(path, self.scene.underlying.spot_decimals)[self.source()]
        return rounded
