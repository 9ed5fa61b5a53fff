"""Price-level books of a few made-up instruments, and the vendor's mbp-10 records they print."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.market.price import DBN_UNDEFINED_PRICE

I8: TypeAlias = npt.NDArray[np.int64]
F8: TypeAlias = npt.NDArray[np.float64]

TICKS: Final = 8192  # prices a book can hold, its start in the middle: 1024 points either way
LEVELS: Final = 10
RECORD_WORDS: Final = 46
BID: Final = 0
ASK: Final = 1
SIZE: Final = 0
ORDERS: Final = 1

ADD: Final = ord("A")
CANCEL: Final = ord("C")
MODIFY: Final = ord("M")
TRADE: Final = ord("T")
BUYS: Final = ord("B")
SELLS: Final = ord("A")
NOBODY: Final = ord("N")

F_LAST: Final = 128
SNAPSHOT_FLAGS: Final = 168  # F_LAST, F_SNAPSHOT, F_BAD_TS_RECV: as the vendor opens a day

# places in ``Market.clock``
EMITTED: Final = 0  # records so far
PRINTED: Final = 1  # of them, trades
SECOND: Final = 2  # of the session
LAST_NS: Final = 3
SEQUENCE: Final = 4
EPISODE: Final = 5
ENTERED: Final = 6  # episodes whose beginning was seen
ANCHOR: Final = 7  # price the episode is about
NEXT_ACTION_NS: Final = 8
RECEIVED_NS: Final = 9
DELTA_NS: Final = 10
RANDOM: Final = 11  # state of the random numbers, never zero
OWED: Final = 12  # trades, 1e-6
THRESHOLD: Final = 13  # trades that must be owed before one happens, 1e-6
OWED_AT: Final = 14  # records when the debt was last counted
MARKET_ORDERS: Final = 15  # so far; each prints once or more
CLOCK_PLACES: Final = 16

# places in a row of ``Market.books``; before them the ladder as the record's last 40 words
BEST: Final = 40  # tick of the best bid, then of the best ask
HEADER: Final = 42  # the record's first eight bytes
ORIGIN: Final = 43  # price of tick 0, 1e-9
TICK: Final = 44  # 1e-9
OFFSET: Final = 45  # fair price over the front contract's, ticks
BOOK_PLACES: Final = 46

# columns of ``Market.course``
DUE: Final = 0
FAIR: Final = 1
DEPTH: Final = 2
MIDDLE: Final = 3

_LOW: Final = 0xFFFF_FFFF
_UNIT: Final = 2.0**-53
_KEEP_57: Final = 2**57 - 1
_KEEP_53: Final = 2**53 - 1


class Market(NamedTuple):
    """Everything that lives on between two chunks; arrays changed in place.

    Few arrays on purpose: every call counts a reference to each, atomically, and with twelve
    of them that took 60 % of the time.

    Attributes:
        levels: (books, 2, TICKS, 2) contracts and orders resting at each price, bids first.
        books: (books, BOOK_PLACES) see the places above.
        clock: (CLOCK_PLACES,) see the places above.
        course: (seconds + 1, 4) a row as each second begins: records due, 0 first and all of
            them last; fair price of book 0, ticks; contracts a level holds on average; and,
            filled in as time passes, best bid plus best ask of book 0, ticks.
    """

    levels: I8
    books: I8
    clock: I8
    course: F8


@kernel
def uniform(clock: I8) -> float:
    """The next random number in [0, 1): xorshift, so that no library decides the bytes."""
    x = clock[RANDOM]
    x ^= x << 13
    x ^= (x >> 7) & _KEEP_57
    x ^= x << 17
    clock[RANDOM] = x
    return float((x >> 11) & _KEEP_53) * _UNIT


@kernel
def geometric(clock: I8, mean: float) -> int:
    """A size of at least 1, of the given mean, with a long tail."""
    return 1 + int(-np.log(1.0 - uniform(clock)) * max(mean - 1.0, 0.0) + 0.5)


@kernel
def show_side(market: Market, book: int, side: int) -> None:
    """Bring one side of the shown ladder up to date."""
    levels, books = market.levels, market.books
    origin, tick = books[book, ORIGIN], books[book, TICK]
    step = 1 if side == ASK else -1
    at = market.books[book, BEST + side]
    for level in range(LEVELS):
        while levels[book, side, at, SIZE] == 0:
            at += step
        word = 4 * level
        books[book, word + side] = origin + at * tick
        for column in range(2):
            old, new = books[book, word + 2 + column], levels[book, side, at, column]
            if side == ASK:
                books[book, word + 2 + column] = (old & _LOW) | (new << 32)
            else:
                books[book, word + 2 + column] = (old & ~_LOW) | new
        at += step


@kernel
def rest(market: Market, book: int, side: int, at: int, size: int, orders: int) -> None:
    """Set what rests at a price, move the best price if that changes it, and show it."""
    levels, books = market.levels, market.books
    levels[book, side, at, SIZE] = size
    levels[book, side, at, ORDERS] = orders
    step = 1 if side == ASK else -1
    if size > 0 and (at - books[book, BEST + side]) * step < 0:
        books[book, BEST + side] = at
    while levels[book, side, books[book, BEST + side], SIZE] == 0:
        books[book, BEST + side] += step
    show_side(market, book, side)


@kernel
def depth_of(market: Market, book: int, side: int, at: int) -> int:
    """How many shown levels are better than a price."""
    step = 1 if side == ASK else -1
    better = 0
    for place in range(market.books[book, BEST + side], at, step):
        better += market.levels[book, side, place, SIZE] > 0
    return better


@kernel
def emit(
    market: Market,
    out: I8,
    row: int,
    book: int,
    action: int,
    side_code: int,
    at: int,
    size: int,
    depth: int,
) -> int:
    """Write one record with the ladder as it stands; returns the next free row.

    Args:
        market: its clock counts the record.
        out: (n, 46) little-endian words of mbp-10 records.
        row: where.
        book: whose.
        action: character code.
        side_code: character code; of a trade the aggressor's.
        at: tick of the price.
        size: contracts.
        depth: level of the price, 0 for a trade.
    """
    clock, books = market.clock, market.books
    clock[SEQUENCE] += 1
    clock[EMITTED] += 1
    clock[PRINTED] += action == TRADE
    out[row, 0] = books[book, HEADER]
    out[row, 1] = clock[LAST_NS]
    out[row, 2] = books[book, ORIGIN] + at * books[book, TICK]
    out[row, 3] = size | (action << 32) | (side_code << 40) | (depth << 56)
    out[row, 4] = clock[RECEIVED_NS]
    out[row, 5] = clock[DELTA_NS] | (clock[SEQUENCE] << 32)
    for word in range(40):
        out[row, 6 + word] = market.books[book, word]
    return row + 1


@kernel
def emit_snapshot(market: Market, out: I8, row: int, book: int, event_ns: int, recv_ns: int) -> int:
    """Write the record that opens a vendor's file: the whole book, no price, an older event."""
    clock = market.clock
    clock[LAST_NS], clock[RECEIVED_NS], clock[DELTA_NS] = event_ns, recv_ns, 0
    row = emit(market, out, row, book, ADD, NOBODY, 0, 0, 0)
    out[row - 1, 2] = DBN_UNDEFINED_PRICE
    out[row - 1, 3] |= SNAPSHOT_FLAGS << 48
    return row


@kernel
def add(market: Market, out: I8, row: int, book: int, side: int, at: int, size: int) -> int:
    """One new order at a price that does not cross."""
    levels = market.levels
    size_now = levels[book, side, at, SIZE] + size
    rest(market, book, side, at, size_now, levels[book, side, at, ORDERS] + 1)
    code = BUYS if side == BID else SELLS
    return emit(market, out, row, book, ADD, code, at, size, depth_of(market, book, side, at))


@kernel
def take(
    market: Market, out: I8, row: int, book: int, side: int, at: int, size: int, orders: int
) -> int:
    """Contracts and orders leave a price, cancelled or filled; as many orders as stay have one."""
    levels = market.levels
    size_now = levels[book, side, at, SIZE] - size
    orders_now = min(max(levels[book, side, at, ORDERS] - orders, 1), size_now)
    rest(market, book, side, at, size_now, orders_now)
    code = BUYS if side == BID else SELLS
    return emit(market, out, row, book, CANCEL, code, at, size, depth_of(market, book, side, at))


@kernel
def resize(market: Market, out: I8, row: int, book: int, side: int, at: int, change: int) -> int:
    """One resting order grows or shrinks; the price keeps a contract an order."""
    levels = market.levels
    orders = levels[book, side, at, ORDERS]
    size_now = max(levels[book, side, at, SIZE] + change, orders)
    rest(market, book, side, at, size_now, orders)
    code = BUYS if side == BID else SELLS
    size = max(size_now // orders, 1)
    return emit(market, out, row, book, MODIFY, code, at, size, depth_of(market, book, side, at))


@kernel
def trade(
    market: Market, out: I8, row: int, book: int, side: int, size: int, code: int, refill: float
) -> int:
    """A market order meets a side: one print a price, then what it took from each.

    Args:
        market: changed in place.
        out: (n, 46) records.
        row: first free one.
        book: whose.
        side: the resting side, which must hold more than ``size``.
        size: contracts.
        code: the aggressor's character code.
        refill: share of a fill that an iceberg puts back at its price, 0 for none.

    Returns:
        The next free row.
    """
    levels = market.levels
    step = 1 if side == ASK else -1
    left, at = size, market.books[book, BEST + side]
    while left > 0:
        filled = min(left, levels[book, side, at, SIZE])
        if filled > 0:
            row = emit(market, out, row, book, TRADE, code, at, filled, 0)
        left -= filled
        at += step
    left = size
    while left > 0:
        at = market.books[book, BEST + side]
        resting = levels[book, side, at, SIZE]
        filled = min(left, resting)
        gone = filled * levels[book, side, at, ORDERS] // resting
        row = take(market, out, row, book, side, at, filled, gone)
        left -= filled
    if refill > 0.0:
        row = add(market, out, row, book, side, at, 1 + int(filled * refill))
    return row
