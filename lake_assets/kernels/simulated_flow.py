"""What happens next in the simulated books, event by event: a quote, a trade, a sweep."""

from typing import Final

import numpy as np

from lake_assets.kernels.compile import kernel
from lake_assets.kernels.simulated_book import (
    ANCHOR,
    ASK,
    BEST,
    BID,
    BUYS,
    DELTA_NS,
    DEPTH,
    DUE,
    EMITTED,
    ENTERED,
    EPISODE,
    F_LAST,
    FAIR,
    I8,
    LAST_NS,
    MARKET_ORDERS,
    MIDDLE,
    NEXT_ACTION_NS,
    NOBODY,
    OFFSET,
    ORDERS,
    OWED,
    OWED_AT,
    PRINTED,
    RECEIVED_NS,
    SECOND,
    SELLS,
    SIZE,
    THRESHOLD,
    TICKS,
    Market,
    add,
    emit_snapshot,
    geometric,
    rest,
    trade,
    uniform,
)
from lake_assets.kernels.simulated_orders import (
    CONSUMED,
    FRONT,
    ICEBERG,
    KIND,
    REACH,
    SIDE,
    START,
    STOP,
    SWEEP,
    WALL,
    Plan,
    act,
    background,
    pull,
    sum_of,
    sweep,
)
from lake_assets.market.price import NANOS_PER_SECOND

EVENT_ROWS: Final = 96  # no event prints more records
_NO_EPISODE: Final = -1
_DAY_NS: Final = 86_400 * NANOS_PER_SECOND
_ACTIONS: Final = 40  # of one episode
_SIZE_MEAN: Final = 4.0
_MOST_OWED: Final = 3_000_000
_SHARES: Final = (0.969, 0.999)  # of events: the front contract's, and with the next one's


@kernel
def run_market(market: Market, plan: Plan, out: I8) -> int:
    """Let the market run until the session or the room in ``out`` ends.

    All state is in ``market``: any cutting into chunks gives the same records.

    Args:
        market: changed in place.
        plan: the session.
        out: (n, 46) words of mbp-10 records, ``n`` at least EVENT_ROWS.

    Returns:
        How many rows were written.
    """
    row = 0
    if market.clock[EMITTED] == 0:
        row = _open(market, plan, out)
    while market.clock[EMITTED] < plan.records and row + EVENT_ROWS <= out.shape[0]:
        _advance(market, plan)
        book = _which_book(market)
        row = _event(market, plan, out, row, book)
        out[row - 1, 3] |= F_LAST << 48
    return row


@kernel
def _open(market: Market, plan: Plan, out: I8) -> int:
    """Fill each book around its fair price and write its snapshot."""
    row = 0
    for book in range(market.books.shape[0]):
        middle = int(market.course[0, FAIR]) + market.books[book, OFFSET]
        market.books[book, BEST + BID], market.books[book, BEST + ASK] = middle, middle + 1
        for at in range(TICKS):
            side = BID if at <= middle else ASK
            orders = 2 + int(4 * uniform(market.clock))
            market.levels[book, side, at, ORDERS] = orders
            market.levels[book, side, at, SIZE] = orders * geometric(market.clock, 5.0)
        for side in range(2):
            at = market.books[book, BEST + side]
            rest(market, book, side, at, 2 * market.levels[book, side, at, SIZE], 4)
    older = plan.opens_ns - 3600 * NANOS_PER_SECOND
    for book in range(market.books.shape[0]):
        row = emit_snapshot(market, out, row, book, older, plan.opens_ns)
    market.clock[LAST_NS] = plan.opens_ns
    return row


@kernel
def _advance(market: Market, plan: Plan) -> None:
    """Set the clock to the next event: where the records so far say, or just after the last."""
    clock, course = market.clock, market.course
    due = clock[EMITTED] + uniform(clock)
    while course[clock[SECOND] + 1, DUE] <= due:
        clock[SECOND] += 1
        course[clock[SECOND], MIDDLE] = (
            market.books[FRONT, BEST + BID] + market.books[FRONT, BEST + ASK]
        )
    second = clock[SECOND]
    part = (due - course[second, DUE]) / (course[second + 1, DUE] - course[second, DUE])
    ns = plan.opens_ns + second * NANOS_PER_SECOND + int(part * NANOS_PER_SECOND)
    draw = uniform(clock)
    if draw < 0.45:  # an answer to the last event, microseconds later
        ns = min(ns, clock[LAST_NS] + 1_000 + int(draw * 150_000))
    ns = clock[LAST_NS] if uniform(clock) < 0.001 else max(ns, clock[LAST_NS] + 1)
    clock[LAST_NS] = ns
    latest = min((ns // _DAY_NS + 1) * _DAY_NS, plan.closes_ns) - 1
    latency = 70_000 + int(130_000 * uniform(clock))
    clock[RECEIVED_NS] = min(max(ns + latency, clock[RECEIVED_NS]), latest)
    clock[DELTA_NS] = 14_000 + int(9_000 * draw)
    _follow_episodes(market, plan)


@kernel
def _follow_episodes(market: Market, plan: Plan) -> None:
    """Leave the episodes that are over and note the price at which one begins."""
    clock, episodes = market.clock, plan.episodes
    while clock[EPISODE] < len(episodes) and episodes[clock[EPISODE], STOP] <= clock[LAST_NS]:
        clock[EPISODE] += 1
    at = clock[EPISODE]
    if at < len(episodes) and episodes[at, START] <= clock[LAST_NS] and clock[ENTERED] <= at:
        clock[ENTERED] = at + 1
        clock[NEXT_ACTION_NS] = episodes[at, START]
        side = episodes[at, SIDE]
        step = 1 if side == ASK else -1
        clock[ANCHOR] = market.books[FRONT, BEST + side] + step * episodes[at, REACH]


@kernel
def _which_book(market: Market) -> int:
    """The front contract nearly always, else one of the others."""
    draw = uniform(market.clock)
    book = 0
    for edge in _SHARES:
        book += draw >= edge
    return book


@kernel
def _episode(market: Market, plan: Plan, book: int) -> int:
    """Row of the episode under way, or -1; only the front contract has any."""
    at = market.clock[EPISODE]
    if book != FRONT or at >= len(plan.episodes) or market.clock[ENTERED] <= at:
        return _NO_EPISODE
    return int(at)


@kernel
def _pressure(market: Market, plan: Plan, book: int) -> float:
    """How far fair value lies above the middle of the book, ticks."""
    clock, course = market.clock, market.course
    second = clock[SECOND]
    part = (clock[LAST_NS] - plan.opens_ns) / NANOS_PER_SECOND - second
    fair = course[second, FAIR] + part * (course[second + 1, FAIR] - course[second, FAIR])
    if market.books[book, OFFSET] == 0 and book != FRONT:
        fair = course[0, FAIR]  # a calendar spread does not follow the outright
    middle = 0.5 * (market.books[book, BEST + BID] + market.books[book, BEST + ASK])
    return float(fair + market.books[book, OFFSET] + 0.5 - middle)


@kernel
def _event(market: Market, plan: Plan, out: I8, row: int, book: int) -> int:
    """One event of one book."""
    episode = _episode(market, plan, book)
    pressure = _pressure(market, plan, book)
    sweeps = episode != _NO_EPISODE and plan.episodes[episode, KIND] == SWEEP
    if sweeps and market.clock[NEXT_ACTION_NS] >= 0:
        market.clock[NEXT_ACTION_NS] = _NO_EPISODE
        return sweep(market, plan, out, row, episode)
    if _trade_is_due(market, plan, book):
        return _trade(market, plan, out, row, book, episode, pressure)
    return _quote(market, plan, out, row, book, episode, pressure)


@kernel
def _trade_is_due(market: Market, plan: Plan, book: int) -> bool:
    """Whether trades lag the records; a debt, not a coin, so that gaps stay short."""
    clock = market.clock
    rate = (plan.trades - clock[PRINTED]) / max(plan.records - clock[EMITTED], 1)
    if book != FRONT:
        return bool(uniform(clock) < 2.0 * rate)
    clock[OWED] += int(1e6 * rate * (clock[EMITTED] - clock[OWED_AT]))
    clock[OWED_AT] = clock[EMITTED]
    if clock[OWED] < clock[THRESHOLD]:
        return False
    clock[OWED] = min(clock[OWED] - clock[THRESHOLD], _MOST_OWED)
    clock[MARKET_ORDERS] += 1
    prints = min(max(clock[PRINTED] / clock[MARKET_ORDERS], 1.0), 3.0)
    clock[THRESHOLD] = int(1e6 * prints * (0.3 + 1.4 * uniform(clock)))
    return True


@kernel
def _trade(
    market: Market, plan: Plan, out: I8, row: int, book: int, episode: int, pressure: float
) -> int:
    """A market order, more often towards fair value, larger where a side is being eaten."""
    clock = market.clock
    buys, mean, refill, eaten = 1.0 / (1.0 + np.exp(-0.5 * pressure)), _SIZE_MEAN, 0.0, -1
    if episode != _NO_EPISODE and plan.episodes[episode, KIND] in (CONSUMED, ICEBERG):
        eaten = plan.episodes[episode, SIDE]
        buys = 0.25 * buys + (0.75 if eaten == ASK else 0.0)
    side = ASK if uniform(clock) < buys else BID
    if side == eaten:
        mean *= plan.lot
        if plan.episodes[episode, KIND] == ICEBERG:
            refill = 0.9 + 0.4 * uniform(clock)
    size = geometric(clock, mean) if uniform(clock) < 0.6 else 1 + (uniform(clock) < 0.3)
    code = BUYS if side == ASK else SELLS
    if uniform(clock) < 0.002 or market.clock[PRINTED] == 0:
        code = NOBODY
    return trade(
        market, out, row, book, side, min(size, sum_of(market, book, side, 4)), code, refill
    )


@kernel
def _quote(
    market: Market, plan: Plan, out: I8, row: int, book: int, episode: int, pressure: float
) -> int:
    """An order comes, goes or changes."""
    books, clock = market.books, market.clock
    depth = market.course[clock[SECOND], DEPTH] * (1.0 if book == FRONT else 0.4)
    spread = books[book, BEST + ASK] - books[book, BEST + BID]
    if spread > 1 and uniform(clock) < 0.35 + 0.1 * spread:
        side = BID if pressure > 0.0 else ASK
        at = books[book, BEST + side] + (1 if side == BID else -1)
        return add(market, out, row, book, side, at, geometric(clock, 0.3 * depth))
    pressed = ASK if pressure > 0.0 else BID
    held = episode != _NO_EPISODE and _holds(plan, episode, pressed)
    if abs(pressure) > 0.8 and not held and uniform(clock) < min(0.9, 0.2 * abs(pressure)):
        return pull(market, out, row, book, pressed, market.books[book, BEST + pressed])
    if episode != _NO_EPISODE and _may_act(market, plan, episode):
        return act(market, plan, out, row, episode, depth)
    side = ASK if uniform(clock) < 0.5 else BID
    if episode != _NO_EPISODE:
        side = _leave_alone(market, plan, episode, side)
    return background(market, out, row, book, side, depth)


@kernel
def _may_act(market: Market, plan: Plan, episode: int) -> bool:
    """Whether the episode's next step is due, and happens: steps are spread over its life."""
    clock, episodes = market.clock, plan.episodes
    if episodes[episode, KIND] == SWEEP or clock[LAST_NS] < clock[NEXT_ACTION_NS]:
        return False
    if uniform(clock) >= 0.7:
        return False
    clock[NEXT_ACTION_NS] += (episodes[episode, STOP] - episodes[episode, START]) // _ACTIONS
    return True


@kernel
def _leave_alone(market: Market, plan: Plan, episode: int, side: int) -> int:
    """The side for other orders: hardly ever the one an episode is about."""
    kind = plan.episodes[episode, KIND]
    if kind != SWEEP and side == plan.episodes[episode, SIDE] and uniform(market.clock) < 0.97:
        return 1 - side
    return side


@kernel
def _holds(plan: Plan, episode: int, side: int) -> bool:
    """Whether the episode stops quotes of a side from giving way to fair value."""
    kind = plan.episodes[episode, KIND]
    return plan.episodes[episode, SIDE] == side and kind in (WALL, ICEBERG, CONSUMED)
