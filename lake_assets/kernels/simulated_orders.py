"""What the orders of an episode, and the others, do to a simulated book."""

from typing import Final, NamedTuple

from lake_assets.kernels.compile import kernel
from lake_assets.kernels.simulated_book import (
    ANCHOR,
    ASK,
    BEST,
    BUYS,
    I8,
    LAST_NS,
    ORDERS,
    SELLS,
    SIZE,
    Market,
    add,
    geometric,
    resize,
    take,
    trade,
    uniform,
)

# kinds of episode
WALL: Final = 0  # orders gather ahead of price; some walls are pulled at the end
VACUUM: Final = 1  # they leave ahead of price
CONSUMED: Final = 2  # trades eat a side and nobody refills it
ICEBERG: Final = 3  # trades eat a side and it refills at once
SWEEP: Final = 4  # one order through several prices

# columns of ``Plan.episodes``
START: Final = 0
STOP: Final = 1
KIND: Final = 2
SIDE: Final = 3  # the resting side it happens to
REACH: Final = 4  # ticks from best price to a wall, or prices a sweep takes
PULLED: Final = 5  # whether a wall is pulled

FRONT: Final = 0  # the book whose episodes these are
_SWEEP_CONTRACTS: Final = 36  # $12 M at 6700 points


class Plan(NamedTuple):
    """What is decided before the first record; read only.

    Attributes:
        opens_ns: session open, ns since epoch UTC.
        closes_ns: session close.
        records: records of the session.
        trades: prints of the session.
        lot: factor on trade size while a side is eaten.
        episodes: (k, 6) in order of time, not overlapping; see the columns above.
    """

    opens_ns: int
    closes_ns: int
    records: int
    trades: int
    lot: float
    episodes: I8


@kernel
def sum_of(market: Market, book: int, side: int, prices: int) -> int:
    """Contracts at the best few prices that hold any."""
    step = 1 if side == ASK else -1
    at, total = market.books[book, BEST + side], 0
    while prices > 0:
        resting = market.levels[book, side, at, SIZE]
        total += resting
        prices -= resting > 0
        at += step
    return total


@kernel
def sweep(market: Market, plan: Plan, out: I8, row: int, episode: int) -> int:
    """Take several prices at once: all of all but the last, part of that."""
    side, prices = plan.episodes[episode, SIDE], plan.episodes[episode, REACH]
    while sum_of(market, FRONT, side, prices) < _SWEEP_CONTRACTS and prices < 12:
        prices += 1
    whole = sum_of(market, FRONT, side, prices - 1)
    size = max(_SWEEP_CONTRACTS, whole + 1)
    size = min(size, sum_of(market, FRONT, side, prices))
    return trade(market, out, row, FRONT, side, size, BUYS if side == ASK else SELLS, 0.0)


@kernel
def pull(market: Market, out: I8, row: int, book: int, side: int, at: int) -> int:
    """Everything at a price is cancelled, in up to three records of one event."""
    parts = min(market.levels[book, side, at, ORDERS], 3)
    while parts > 0:
        size, orders = market.levels[book, side, at, SIZE], market.levels[book, side, at, ORDERS]
        row = take(market, out, row, book, side, at, size // parts, orders // parts)
        parts -= 1
    return row


@kernel
def act(market: Market, plan: Plan, out: I8, row: int, episode: int, depth: float) -> int:
    """One step of an episode on its side of the front book."""
    clock = market.clock
    kind, side = plan.episodes[episode, KIND], plan.episodes[episode, SIDE]
    step = 1 if side == ASK else -1
    best = market.books[FRONT, BEST + side]
    at = best + step * int(9 * uniform(clock))
    if kind == WALL:
        at = market.clock[ANCHOR] + step * int(3 * uniform(clock))
        if (at - best) * step < 0 or (at - best) * step > 9:
            at = best + step * int(3 * uniform(clock))
        return _build_wall(market, plan, out, row, episode, at, depth)
    resting = market.levels[FRONT, side, at, SIZE]
    if kind == VACUUM and resting > 4:
        orders = market.levels[FRONT, side, at, ORDERS]
        return take(market, out, row, FRONT, side, at, resting * 2 // 3, orders * 2 // 3)
    if kind == ICEBERG and resting < depth:
        return add(market, out, row, FRONT, side, at, geometric(clock, 0.2 * depth))
    return background(market, out, row, FRONT, 1 - side, depth)


@kernel
def _build_wall(
    market: Market, plan: Plan, out: I8, row: int, episode: int, at: int, depth: float
) -> int:
    """Add to a wall; in the last fifth of its life a false one is pulled instead."""
    episodes, side = plan.episodes, plan.episodes[episode, SIDE]
    life = episodes[episode, STOP] - episodes[episode, START]
    late = market.clock[LAST_NS] > episodes[episode, STOP] - life // 5
    resting = market.levels[FRONT, side, at, SIZE]
    if late and episodes[episode, PULLED] and resting > depth:
        orders = market.levels[FRONT, side, at, ORDERS]
        return take(market, out, row, FRONT, side, at, resting - int(0.5 * depth), orders - 1)
    return add(market, out, row, FRONT, side, at, geometric(market.clock, 0.5 * depth + 5.0))


@kernel
def background(market: Market, out: I8, row: int, book: int, side: int, depth: float) -> int:
    """An order near the best price comes, goes or changes size, drawn to the usual depth."""
    clock = market.clock
    away = 0 if uniform(clock) < 0.3 else int(10 * uniform(clock) ** 1.5)
    at = market.books[book, BEST + side] + (away if side == ASK else -away)
    resting, orders = market.levels[book, side, at, SIZE], market.levels[book, side, at, ORDERS]
    usual = depth * (0.6 + 0.1 * away)
    change = geometric(clock, max(2.0, 0.12 * depth))
    if resting == 0 or (away == 0 and orders == 1):
        return add(market, out, row, book, side, at, change)
    grows = uniform(clock) < min(0.9, max(0.1, 0.5 * usual / resting))
    if uniform(clock) < 0.3:
        return resize(market, out, row, book, side, at, change if grows else -change)
    if grows:
        return add(market, out, row, book, side, at, change)
    size = resting if orders == 1 else max(1, (resting - 1) // orders)
    return take(market, out, row, book, side, at, size, 1)
