"""Resting orders of one instrument and the price levels they make: the state and its moves."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.kernels.ladder import LEVELS, LadderSide
from lake_assets.market.price import DBN_UNITS_PER_TICK

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]

ADD, CANCEL, MODIFY, CLEAR, TRADE = (ord(action) for action in "ACMRT")
BID_CODE, ASK_CODE, NO_SIDE_CODE = (ord(side) for side in "BAN")
# Levels are indexed by rank, 0 the best price there can be: an ask's tick, a bid's distance
# from the top. So both sides are scanned upwards. 2**18 ticks are 65,536 points.
RANKS: Final = 2**18
_BLOCK: Final = 64  # ranks that one count of occupied levels speaks for, so a scan can leap
_FIRST_SLOTS: Final = 2**12
_HASH: Final = 0x1E37_79B9_7F4A_7C15  # Fibonacci hashing: ids run in sequence, slots must not

# Columns of ``Book.table``; a slot with size 0 is free.
_ID, _SIDE, _RANK, _SIZE = range(4)
# Columns of ``Book.sides``: a rank no level is better than, the deepest visible rank when last
# shown, the number of levels.
_FIRST, _DEEPEST, _OCCUPIED = range(3)
# Places in ``Book.event``: whether the event under way touched a visible level and which one
# last, traded, was flagged bad, is a snapshot; then, for the book's life, what did not fit.
DIRTY, TOUCHED_SIDE, TOUCHED_RANK, TRADED, BAD, IN_SNAPSHOT = range(6)
UNKNOWN, DUPLICATE, UNUSABLE, RESTING = range(6, 10)


class Book(NamedTuple):
    """State between chunks, as the kernels see it; side 0 is the bid, 1 the ask.

    Attributes:
        table: (2**k, 4) open-addressing table of orders: id, side, rank, contracts.
        size: (2, RANKS) contracts at each rank.
        orders: (2, RANKS) orders at each rank.
        blocks: (2, RANKS / 64) occupied ranks in each block of 64.
        sides: (2, 3) scalars of each side.
        event: (10,) scalars of the event under way, and the counts.
    """

    table: I8
    size: I8
    orders: I4
    blocks: I4
    sides: I8
    event: I8


def empty_book() -> Book:
    """A book without orders. Its 6 MB of levels are touched only where prices are."""
    book = Book(
        table=np.zeros((_FIRST_SLOTS, 4), np.int64),
        size=np.zeros((2, RANKS), np.int64),
        orders=np.zeros((2, RANKS), np.int32),
        blocks=np.zeros((2, RANKS // _BLOCK), np.int32),
        sides=np.zeros((2, 3), np.int64),
        event=np.zeros(10, np.int64),
    )
    book.sides[:] = (RANKS, RANKS, 0)
    return book


def with_room(book: Book) -> Book:
    """The book, its table doubled if ``is_full`` says so."""
    if not is_full(book.event, book.table):
        return book
    table = np.zeros((2 * book.table.shape[0], 4), np.int64)
    _rehash(book.table, table)
    return book._replace(table=table)


@kernel
def is_full(event: I8, table: I8) -> bool:
    """Whether one more order would fill more than half the table.

    Kept small on purpose: a lookup costs 10 ns in a table of 0.5 MB, 45 in one of 8 MB.
    """
    full: bool = 2 * (event[RESTING] + 1) > table.shape[0]
    return full


@kernel
def _home(order_id: int, mask: int) -> int:
    return ((order_id * _HASH) >> 32) & mask


@kernel
def _slot(table: I8, order_id: int) -> int:
    """The slot that holds the order, else the free one where it would go."""
    mask = table.shape[0] - 1
    at = _home(order_id, mask)
    while table[at, _SIZE] > 0 and table[at, _ID] != order_id:
        at = (at + 1) & mask
    return at


@kernel
def _free(table: I8, hole: int) -> None:
    """Empty a slot and move back whatever probed past it, so that no tombstones gather."""
    mask = table.shape[0] - 1
    at = (hole + 1) & mask
    while table[at, _SIZE] > 0:
        if ((at - _home(table[at, _ID], mask)) & mask) >= ((at - hole) & mask):
            for column in range(4):  # a row view would count a reference, 20 ns
                table[hole, column] = table[at, column]
            hole = at
        at = (at + 1) & mask
    table[hole, _SIZE] = 0


@kernel
def _rehash(old: I8, new: I8) -> None:
    for slot in range(old.shape[0]):
        if old[slot, _SIZE] > 0:
            new[_slot(new, old[slot, _ID])] = old[slot]


@kernel
def _shift_level(book: Book, side: int, rank: int, size: int, orders: int) -> None:
    """Add contracts and orders, of either sign, to one level and note what that changed.

    Without a branch, because around branches numba keeps counting references to the arrays:
    with two, replay took 850 ns a record instead of 400.
    """
    sides, event = book.sides, book.event
    before = book.orders[side, rank]
    book.size[side, rank] += size
    book.orders[side, rank] += orders
    appeared = np.int64(before + orders > 0) - np.int64(before > 0)
    book.blocks[side, rank // _BLOCK] += appeared
    sides[side, _OCCUPIED] += appeared
    sides[side, _FIRST] = min(sides[side, _FIRST], rank)
    visible = rank <= sides[side, _DEEPEST]
    event[DIRTY] |= visible
    event[TOUCHED_SIDE] = side if visible else event[TOUCHED_SIDE]
    event[TOUCHED_RANK] = rank if visible else event[TOUCHED_RANK]


@kernel
def clear(book: Book) -> None:
    """Take every order from the book; its own levels only, not the 6 MB there are."""
    table = book.table
    for slot in range(table.shape[0]):
        if table[slot, _SIZE] > 0:
            side, rank = table[slot, _SIDE], table[slot, _RANK]
            book.size[side, rank] = book.orders[side, rank] = 0
            book.blocks[side, rank // _BLOCK] = 0
            table[slot, _SIZE] = 0
    book.sides[:, _FIRST] = RANKS
    book.sides[:, _DEEPEST] = RANKS
    book.sides[:, _OCCUPIED] = 0
    event = book.event
    event[RESTING] = event[TOUCHED_RANK] = event[TOUCHED_SIDE] = 0
    event[DIRTY] = 1


@kernel
def _leave(book: Book, slot: int, size: int) -> None:
    """Take contracts from an order, and the order from the book when none remain."""
    table = book.table
    side, rank, resting = table[slot, _SIDE], table[slot, _RANK], table[slot, _SIZE]
    if size < resting:
        _shift_level(book, side, rank, -size, 0)
        table[slot, _SIZE] = resting - size
    else:
        _shift_level(book, side, rank, -resting, -1)
        _free(table, slot)
        book.event[RESTING] -= 1


@kernel
def _rank(side: int, price: int) -> int:
    """Rank of a price on a side, -1 for one that is no tick of the grid."""
    tick = price // DBN_UNITS_PER_TICK
    if tick * DBN_UNITS_PER_TICK != price or not 0 <= tick < RANKS:
        return -1
    return tick if side == 1 else RANKS - 1 - tick


@kernel
def _rest(book: Book, order_id: int, side_code: int, price: int, size: int) -> None:
    """Put a new order on the book, if it has a side, a price and a size."""
    side = 0 if side_code == BID_CODE else 1
    rank = _rank(side, price)
    if rank < 0 or size == 0 or (side_code not in (BID_CODE, ASK_CODE)):
        book.event[UNUSABLE] += 1
        return
    _shift_level(book, side, rank, size, 1)
    table = book.table
    slot = _slot(table, order_id)
    table[slot, _ID] = order_id
    table[slot, _SIDE] = side
    table[slot, _RANK] = rank
    table[slot, _SIZE] = size
    book.event[RESTING] += 1


@kernel
def apply_record(
    book: Book, action: int, order_id: int, side_code: int, price: int, size: int
) -> None:
    """Let one record change the book; T, F and N do not.

    Args:
        book: changed in place; not full.
        action: character code.
        order_id: the venue's.
        side_code: character code.
        price: 1e-9 points.
        size: contracts; of a cancel, those that go.
    """
    if action == CLEAR:
        clear(book)
    if action not in (ADD, CANCEL, MODIFY):
        return
    slot = _slot(book.table, order_id)
    resting = book.table[slot, _SIZE]
    if resting > 0:
        book.event[DUPLICATE] += action == ADD
        _leave(book, slot, size if action == CANCEL else resting)
    else:
        book.event[UNKNOWN] += action != ADD
    if action != CANCEL:
        _rest(book, order_id, side_code, price, size)


@kernel
def _next_level(book: Book, side: int, rank: int) -> int:
    """The first occupied rank at or after one; there must be one."""
    while book.orders[side, rank] == 0:
        leap = rank % _BLOCK == 0 and book.blocks[side, rank // _BLOCK] == 0
        rank += _BLOCK if leap else 1
    return rank


@kernel
def show_side(book: Book, side: int, out: LadderSide, row: int) -> tuple[int, int]:
    """Write the best levels of a side into one row of a ladder.

    Args:
        book: what counts as visible from now on is noted in it.
        side: 0 bid, 1 ask.
        out: level-major, its row zero on entry.
        row: which.

    Returns:
        How many levels there are, and how many of them, to the ninth, beat the level that the
        event touched last.
    """
    sides = book.sides
    levels = min(sides[side, _OCCUPIED], LEVELS)
    rank = sides[side, _FIRST]
    better = 0
    for level in range(levels):
        rank = _next_level(book, side, rank)
        out.ticks[level, row] = rank if side == 1 else RANKS - 1 - rank
        out.size[level, row] = book.size[side, rank]
        out.orders[level, row] = book.orders[side, rank]
        better += rank < book.event[TOUCHED_RANK]
        sides[side, _FIRST] = rank if level == 0 else sides[side, _FIRST]
        rank += 1
    sides[side, _DEEPEST] = rank - 1 if levels == LEVELS else RANKS
    return levels, min(better, LEVELS - 1)
