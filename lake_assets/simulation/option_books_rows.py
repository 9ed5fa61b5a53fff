"""The books of a planned day: which contract shows what in which second."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.simulation.option_books_plants import Course, Side
from lake_assets.simulation.option_books_scene import F8, I8, Scene
from lake_assets.simulation.option_books_smile import option_points

_Bools: TypeAlias = npt.NDArray[np.bool_]
_Rng: TypeAlias = np.random.Generator

_NOISE_LIFE_S: Final = 30
_NOISE: Final = 0.03  # two draws apart: 6 % a second at most
_DEPTH_LOTS: Final = (200.0, 350.0)
_LATER_SHARE: Final = 0.05  # of the trading, in the later expiry
_BID_STEPS: Final = 3.5  # from spot within which somebody always bids a tick


@dataclass(frozen=True, slots=True)
class BookRows:
    """Rows in order of second, then contract, (n,) each.

    ``bid`` and ``ask`` in option ticks, a bid of 0 being none; ``bid_lots`` and ``ask_lots`` the
    depth of a side; ``volume`` the contract's lots of the day; ``traded`` those of the second;
    ``printed`` the last second with a trade, -1 before it; ``quoted`` whether a book was sent.
    """

    second: I8
    contract: I8
    bid: I8
    ask: I8
    bid_lots: I8
    ask_lots: I8
    volume: I8
    traded: I8
    printed: I8
    quoted: _Bools

    def part(self, chosen: slice | _Bools | I8) -> "BookRows":
        """Some of the rows."""
        return BookRows(*(getattr(self, name)[chosen] for name in self.__slots__))


def draw_rows(course: Course, rng: _Rng, *, trades: bool) -> BookRows:
    """Every row of the day.

    Args:
        course: the day as planned.
        rng: where the draws come from.
        trades: whether a second with a trade and no quote is a row too.
    """
    scene = course.scene
    steps = (scene.strikes - course.spot()[:, None]) / scene.underlying.strike_step
    lots = _draw_lots(course, steps, rng)
    quoted = _draw_quoted(scene, steps, rng)
    second, contract = np.nonzero(quoted | (lots > 0) if trades else quoted)
    at = second, contract
    depths = [_draw_lots_resting(course, side, second, contract, rng) for side in Side]
    bid, ask = _quote(course, second, contract, steps[second, contract % scene.strikes.size])
    volume = np.cumsum(lots, axis=0, dtype=np.int32)
    seconds = np.arange(scene.seconds, dtype=np.int32)[:, None]
    printed = np.maximum.accumulate(np.where(lots > 0, seconds, np.int32(-1)), axis=0)
    return BookRows(
        second=second,
        contract=contract,
        bid=bid,
        ask=ask,
        bid_lots=depths[0],
        ask_lots=depths[1],
        volume=volume[at].astype(np.int64),
        traded=lots[at].astype(np.int64),
        printed=printed[at].astype(np.int64),
        quoted=quoted[at],
    )


def _draw_lots(course: Course, steps: F8, rng: _Rng) -> npt.NDArray[np.int32]:
    """Lots traded, (seconds, contracts): most at the money and in the nearer expiry."""
    share = np.exp(-np.maximum(np.abs(steps) - 1.0, 0.0)) * course.lots[:, None]
    expected = np.hstack([share, share, _LATER_SHARE * share, _LATER_SHARE * share])
    lots = rng.poisson(expected).astype(np.int32)
    for each in course.traded:
        lots[each.start : each.stop, each.contract] = each.lots
    return lots


def _draw_quoted(scene: Scene, steps: F8, rng: _Rng) -> _Bools:
    """Whether a contract has a row, (seconds, contracts): always near the money and at the open."""
    near = np.abs(steps) <= scene.params.near_strikes + 0.5
    never = np.zeros_like(near)
    quoted: _Bools = rng.random((scene.seconds, scene.contracts)) < scene.params.update_share
    quoted |= np.hstack([near, near, never, never])
    quoted[0] = True
    return quoted


def _draw_lots_resting(course: Course, side: Side, second: I8, contract: I8, rng: _Rng) -> I8:
    """Depth of a side in lots, (n,): a bounded drift of each contract, and what was planted."""
    scene = course.scene
    usual = rng.uniform(*_DEPTH_LOTS, scene.contracts)
    draws = rng.uniform(-_NOISE, _NOISE, (scene.seconds + _NOISE_LIFE_S, scene.contracts))
    sums = np.cumsum(draws, axis=0)
    drift = sums[_NOISE_LIFE_S:] - sums[:-_NOISE_LIFE_S]
    log_depth = drift[course.source()] + course.log_depth[:, None]
    for change in course.depth_changes:
        if change.side is side:
            part = log_depth[change.start : change.start + change.log_change.size, change.contract]
            part += change.log_change[: part.size]
    lots = usual[contract] * np.exp(log_depth[second, contract])
    return np.maximum(np.rint(lots), 1).astype(np.int64)


def _wider(course: Course) -> I8:
    """Ticks that plants add to spreads, (seconds, contracts)."""
    wider = np.zeros((course.scene.seconds, course.scene.contracts), np.int64)
    for change in course.spread_changes:
        part = wider[change.start : change.start + change.ticks.size, change.contract]
        part += change.ticks[: part.size]
    return wider


def _quote(course: Course, second: I8, contract: I8, steps: F8) -> tuple[I8, I8]:
    """Bid and ask in ticks, (n,): about the price, as evenly as ticks allow."""
    scene, source = course.scene, course.source()
    count = scene.strikes.size
    expiry, call = contract // (2 * count), 1 - contract // count % 2
    years = np.stack([scene.years(0)[source], scene.years(1)[source]])[expiry, second]
    points = option_points(
        course.spot()[second],
        course.level[source][second],
        years,
        scene.strikes[contract % count].astype(np.float64),
        call,
        scene.underlying.rate,
    )
    halves = np.rint(2.0 * points * scene.ticks_per_point).astype(np.int64)
    spread = course.spread[source][second] + (np.abs(steps) / 2.0).astype(np.int64)
    spread += _wider(course)[second, contract]
    spread += (halves - spread) % 2
    least = (np.abs(steps) <= _BID_STEPS).astype(np.int64)
    bid = np.maximum((halves - spread) // 2, least)
    return bid, np.maximum((halves + spread) // 2, bid + 1)
