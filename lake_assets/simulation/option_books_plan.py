"""When everything of a simulated day happens: spans of chop, and plants between them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import Final, TypeAlias

import numpy as np

from lake_assets.market.option_vocabulary import OptionType
from lake_assets.simulation.option_books_instants import (
    FLICKER_S,
    plant_flicker,
    plant_pull,
    plant_replenish,
    plant_small_change,
    plant_traded_fall,
    plant_vacuum,
)
from lake_assets.simulation.option_books_moves import (
    AFTER_S,
    BEFORE_S,
    FEAR_BEFORE_S,
    LONGEST_S,
    plant_burst,
    plant_burst_decoy,
    plant_fear,
)
from lake_assets.simulation.option_books_plants import Course, Plant, PlantKind, Side, Target
from lake_assets.simulation.option_books_scene import F8, Scene

_Rng: TypeAlias = np.random.Generator
_Make: TypeAlias = Callable[[Course, int, _Rng], None]

_STEP_SHARE: Final = (
    0.07  # of the burst threshold: ten steps in a row reach 0.7 of it in theory only
)
_CHOP_STEP_SHARE: Final = 0.3
_CHOP_LOTS_SHARE: Final = 0.25
_CHOP_SPREAD: Final = 2
_CHOP_SHARE: Final = 0.335  # of the seconds so far, when the next span begins
_FIRST_CHOP_S: Final = (120, 200)
_CHOP_S: Final = (420, 720)
_SHORTEST_CHOP_S: Final = 300
_EDGE_S: Final = 45  # between a span of chop and a plant
_MOVES_APART_S: Final = 150  # a move still stirs the two-minute volatility the next is held against
_FIRST_FEAR_S: Final = 4500  # earlier, a few flickers are a tenth of all pull rates seen
_CLOSING_S: Final = 900
_MARGIN: Final = 0.42  # of a strike step, from spot to the money, while the money must not roll
_SEARCHED_S: Final = 240
_ROOMY_S: Final = 200


@dataclass(frozen=True, slots=True)
class _Order:
    """A plant to be placed: what it needs around its second, and how it is made there."""

    make: _Make
    before_s: int
    after_s: int
    pinned_s: int | None  # seconds after it until which the money must not roll
    moves: bool = False
    earliest: int = 0


def plan_course(scene: Scene, rng: _Rng) -> Course:
    """The course of a day with everything planted that the parameters ask for."""
    course = Course.flat(scene)
    burst, size = scene.burst_points, scene.seconds
    course.spot_steps[1:] = rng.uniform(-_STEP_SHARE, _STEP_SHARE, size - 1) * burst
    course.level *= np.exp(0.15 * _wander(rng, size, 600))
    course.spread += np.floor(1.3 + 3.0 * _wander(rng, size, 40)).clip(0, 2).astype(np.int64)
    if scene.params.quiet:
        return course
    spans = _chop_spans(scene, rng)
    for start, stop in spans:
        _plant_chop(course, start, stop)
    _place(course, _rooms(spans, size), _orders(scene, rng), rng)
    course.plants.sort(key=lambda plant: (plant.start, plant.end, plant.kind, plant.leg or ""))
    return course


def _wander(rng: _Rng, size: int, life_s: int) -> F8:
    """A bounded wander about zero, of standard deviation 1/sqrt(3 life) of its largest step."""
    sums = np.cumsum(rng.uniform(-1.0, 1.0, size + life_s))
    wander: F8 = (sums[life_s:] - sums[:-life_s]) / np.sqrt(life_s)
    return wander


def _chop_spans(scene: Scene, rng: _Rng) -> list[tuple[int, int]]:
    """Spans ``[start, stop)``; each next one begins when the share of chop has sunk enough."""
    spans, chopped = [], 0
    start = int(rng.integers(*_FIRST_CHOP_S))
    while start + _SHORTEST_CHOP_S < scene.seconds:
        stop = min(start + int(rng.integers(*_CHOP_S)), scene.seconds)
        spans.append((start, stop))
        chopped += stop - start
        start = int(chopped / _CHOP_SHARE)
    return spans


def _plant_chop(course: Course, start: int, stop: int) -> None:
    course.spot_steps[start:stop] *= _CHOP_STEP_SHARE
    course.lots[start:stop] *= _CHOP_LOTS_SHARE
    course.spread[start:stop] = _CHOP_SPREAD
    course.plants.append(Plant(kind=PlantKind.CHOP, start=start, end=stop - 1))


def _rooms(spans: list[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Where plants may stand: between spans, off their edges, not as the session closes."""
    ends = [start for start, _ in spans[1:]] + [size]
    rooms = [
        (stop + _EDGE_S, min(end, size - _CLOSING_S) - _EDGE_S)
        for (_, stop), end in zip(spans, ends, strict=True)
    ]
    return [(start, stop) for start, stop in rooms if start < stop]


def _orders(scene: Scene, rng: _Rng) -> list[_Order]:
    """Everything to be placed, shuffled."""
    directions, legs, turns = cycle((1, -1)), cycle(OptionType), cycle(OptionType)
    burst = partial(_Order, before_s=BEFORE_S, after_s=LONGEST_S + AFTER_S, pinned_s=None)
    instant = partial(_Order, before_s=6, after_s=12, pinned_s=6)
    orders: list[_Order] = []
    for _ in range(scene.params.repeats):
        orders += [
            burst(partial(plant_burst, direction=direction), moves=True)
            for direction in (1, 1, -1)  # with the fall of fear, as far up as down
        ]
        decoy = partial(plant_burst_decoy, direction=next(directions))
        orders += [
            burst(decoy, moves=True),
            _Order(
                plant_fear,
                before_s=FEAR_BEFORE_S,
                after_s=LONGEST_S + AFTER_S,
                pinned_s=0,
                moves=True,
                earliest=min(_FIRST_FEAR_S, scene.seconds // 4),
            ),
        ]
        for leg in islice(legs, 2):
            for plant in (plant_pull, plant_replenish, plant_traded_fall, plant_small_change):
                side = Side.BID if rng.random() < 0.5 else Side.ASK
                orders.append(instant(_at_the_money(plant, leg, side)))
        leg = next(turns)
        orders += [
            _Order(_of_both_sides(plant_vacuum, leg), before_s=8, after_s=30, pinned_s=6),
            _Order(
                _of_both_sides(plant_flicker, leg), before_s=6, after_s=FLICKER_S + 32, pinned_s=66
            ),
        ]
    return [orders[place] for place in rng.permutation(len(orders))]


def _at_the_money(
    plant: Callable[[Course, int, Target, Side, _Rng], None], leg: OptionType, side: Side
) -> _Make:
    """Plant on one side of the contract that is at the money then."""
    return lambda course, at, rng: plant(course, at, _money(course, at, leg), side, rng)


def _of_both_sides(plant: Callable[[Course, int, Target, _Rng], None], leg: OptionType) -> _Make:
    """Plant on the contract that is at the money then."""
    return lambda course, at, rng: plant(course, at, _money(course, at, leg), rng)


def _money(course: Course, at: int, leg: OptionType) -> Target:
    return Target(leg, course.scene.money(float(course.spot()[at])))


def _place(course: Course, rooms: list[tuple[int, int]], orders: list[_Order], rng: _Rng) -> None:
    """Fill the rooms with the first order that fits, until a room is full; the rest is left out."""
    waiting, moved = list(orders), 0
    for start, stop in rooms:
        free = start
        while found := _first_fit(course, waiting, range(free, stop), moved):
            order, at = found
            order.make(course, at, rng)
            waiting.remove(order)
            free = at + order.after_s + course.scene.params.apart_s + int(rng.integers(0, _ROOMY_S))
            moved = at + order.after_s + _MOVES_APART_S if order.moves else moved


def _first_fit(
    course: Course, waiting: list[_Order], room: range, moved: int
) -> tuple[_Order, int] | None:
    """The first order that fits in what is left of a room, and its second."""
    spot = course.spot()
    for order in waiting:
        start = max(room.start, moved) if order.moves else room.start
        at = _fit(course.scene, spot, order, range(start, room.stop))
        if at is not None:
            return order, at
    return None


def _fit(scene: Scene, spot: F8, order: _Order, room: range) -> int | None:
    """The first second, soon after a room begins, that gives an order what it needs."""
    earliest = max(room.start + order.before_s, order.earliest)
    latest = min(room.stop - order.after_s, earliest + _SEARCHED_S)
    if order.pinned_s is None:
        return earliest if earliest < latest else None
    step = scene.underlying.strike_step
    for at in range(earliest, latest, 3):
        near = spot[at - order.before_s : at + order.pinned_s + 1]
        if np.abs(near - scene.money(float(spot[at]))).max() <= _MARGIN * step:
            return at
    return None
