"""Order-by-order records into the ten-level book of one instrument, chunk by chunk.

``OrderBook(instrument_id)`` holds the book between chunks. ``OrderBook.replay(words, first_row)``
applies the instrument's records of one chunk, in file order, and returns ``BookRows``; any
chunking gives the same rows. ``mbo_words`` views vendor records as those words.

One row is emitted for
- each trade (T): the record's own fields, with the book as it stands, that is before the trade;
- each live clear (R): the record's own fields, with the book then empty;
- each event end (F_LAST) whose event touched a visible level, traded, or carried
  F_MAYBE_BAD_BOOK, which the row then carries: the last record's fields and the book after it;
- each snapshot's end: action A, side N, price undefined, size 0, as the vendor writes it.

T, F and N do not change the book. A snapshot is the whole book: its first record clears what was
there. One without an end emits no row, but its orders stay. ``OrderBook.counts`` tells what
did not fit: cancels and modifies of unknown orders (a modify then adds), adds of a known order
(the new replaces the old), and orders without a usable side, size or price.
"""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel
from lake_assets.kernels.ladder import LEVELS, Ladder, LadderSide, as_words, empty_side
from lake_assets.kernels.resting import (
    ADD,
    BAD,
    CLEAR,
    DIRTY,
    IN_SNAPSHOT,
    NO_SIDE_CODE,
    TOUCHED_SIDE,
    TRADE,
    TRADED,
    UNKNOWN,
    Book,
    apply_record,
    clear,
    empty_book,
    is_full,
    show_side,
    with_room,
)
from lake_assets.market.price import DBN_UNDEFINED_PRICE

I8: TypeAlias = npt.NDArray[np.int64]
U1: TypeAlias = npt.NDArray[np.uint8]

MBO_WORDS: Final = 7
F_LAST: Final = 128
F_SNAPSHOT: Final = 32
F_MAYBE_BAD_BOOK: Final = 4
_LOW_HALF: Final = 0xFFFF_FFFF


class BookRows(NamedTuple):
    """``m`` emitted rows; the first nine are (m,), the ladder level-major as from mbp-10.

    Attributes:
        source_row: the record's place in its file.
        ts_event: ns since epoch UTC.
        ts_recv: ns since epoch UTC.
        sequence: the venue's.
        price: 1e-9 points, 2**63 - 1 undefined.
        size: contracts.
        action: character code.
        side: character code.
        flags: the vendor's bits.
        depth: the level the event touched last, 0 the best; 0 for T, R and snapshots.
        ladder: the book.
    """

    source_row: I8
    ts_event: I8
    ts_recv: I8
    sequence: I8
    price: I8
    size: I8
    action: U1
    side: U1
    flags: U1
    depth: U1
    ladder: Ladder


class ReplayCounts(NamedTuple):
    """What did not fit so far, and how many orders rest now."""

    unknown: int
    duplicate: int
    unusable: int
    resting: int


def mbo_words(records: npt.NDArray[np.void]) -> I8:
    """View contiguous order-by-order records as (n, 7) int64, without a copy."""
    return as_words(records, MBO_WORDS)


class OrderBook:
    """The book of one instrument between chunks; empty at first."""

    def __init__(self, instrument_id: int) -> None:
        self.instrument_id = instrument_id
        self.state = empty_book()

    @property
    def counts(self) -> ReplayCounts:
        """What did not fit so far, and how many orders rest now."""
        return ReplayCounts(*self.state.event[UNKNOWN:].tolist())

    def replay(self, words: I8, first_row: int) -> BookRows:
        """Apply one chunk and return the rows it completes.

        Takes some 400 bytes a record of the chunk, and 64 to 128 a resting order.

        Args:
            words: (n, 7) records of any instruments, in file order, see ``mbo_words``.
            first_row: the place in the file of the chunk's first record.
        """
        count = words.shape[0]
        rows, shown = _empty_rows(count), np.zeros((2, count), np.int64)
        done = emitted = 0
        while done < count:
            self.state = with_room(self.state)
            done, emitted = _replay(
                self.state, words, self.instrument_id, first_row, rows, shown, done, emitted
            )
        return _trim(rows, shown[:, :emitted])


def _empty_rows(count: int) -> BookRows:
    long, byte = np.zeros((6, count), np.int64), np.zeros((4, count), np.uint8)
    return BookRows(
        source_row=long[0],
        ts_event=long[1],
        ts_recv=long[2],
        sequence=long[3],
        price=long[4],
        size=long[5],
        action=byte[0],
        side=byte[1],
        flags=byte[2],
        depth=byte[3],
        ladder=Ladder(empty_side(count), empty_side(count), 0),
    )


def _trim(rows: BookRows, shown: I8) -> BookRows:
    """The rows written, with the masks that the numbers of levels shown imply."""
    kept = slice(shown.shape[1])
    return BookRows(
        rows.source_row[kept],
        rows.ts_event[kept],
        rows.ts_recv[kept],
        rows.sequence[kept],
        rows.price[kept],
        rows.size[kept],
        rows.action[kept],
        rows.side[kept],
        rows.flags[kept],
        rows.depth[kept],
        Ladder(_trim_side(rows.ladder.bid, shown[0]), _trim_side(rows.ladder.ask, shown[1]), 0),
    )


def _trim_side(side: LadderSide, shown: I8) -> LadderSide:
    kept = slice(shown.shape[0])
    valid = np.arange(LEVELS)[:, None] < shown
    return LadderSide(
        side.ticks[:, kept],
        side.size[:, kept],
        side.orders[:, kept],
        np.packbits(valid, axis=1, bitorder="little"),
    )


@kernel
def _replay(
    book: Book,
    words: I8,
    instrument_id: int,
    first_row: int,
    rows: BookRows,
    shown: I8,
    start: int,
    emitted: int,
) -> tuple[int, int]:
    """Apply records and write the rows they complete, until none is left or the table is full.

    Args:
        book: changed in place.
        words: (n, 7) records.
        instrument_id: the records to heed.
        first_row: place of ``words[0]`` in its file.
        rows: out, n long.
        shown: (2, n) out, levels each side shows.
        start: first record to apply.
        emitted: rows written before.

    Returns:
        The first record not applied, and the rows written in all.
    """
    for i in range(start, words.shape[0]):
        if (words[i, 0] >> 32) & _LOW_HALF != instrument_id:
            continue
        if is_full(book.event, book.table):
            return i, emitted
        word = words[i, 4]
        flags, action, side = (word >> 32) & 0xFF, (word >> 48) & 0xFF, (word >> 56) & 0xFF
        _begin(book, action, flags)
        apply_record(book, action, words[i, 2], side, words[i, 3], word & _LOW_HALF)
        if _completes_row(book.event, action, flags):
            _stamp(book, words, i, first_row, rows, shown, emitted)
            emitted += 1
        if flags & F_LAST:
            event = book.event
            event[DIRTY] = event[TRADED] = event[BAD] = event[IN_SNAPSHOT] = 0
    return words.shape[0], emitted


@kernel
def _begin(book: Book, action: int, flags: int) -> None:
    """Note what a record says of its event; a snapshot's first record clears the book."""
    event = book.event
    if flags & F_SNAPSHOT and not event[IN_SNAPSHOT]:
        clear(book)
    event[IN_SNAPSHOT] = flags & F_SNAPSHOT
    event[TRADED] |= action == TRADE
    event[BAD] |= flags & F_MAYBE_BAD_BOOK


@kernel
def _completes_row(event: I8, action: int, flags: int) -> bool:
    if action == TRADE or (action == CLEAR and not flags & F_SNAPSHOT):
        return True
    return flags & F_LAST != 0 and (event[DIRTY] | event[TRADED] | event[BAD]) != 0


@kernel
def _stamp(
    book: Book, words: I8, i: int, first_row: int, rows: BookRows, shown: I8, row: int
) -> None:
    """Write one row: the record's fields and the book as it stands."""
    word = words[i, 4]
    flags, action = (word >> 32) & 0xFF, (word >> 48) & 0xFF
    whole = action == ADD and flags & F_SNAPSHOT != 0  # a snapshot's end speaks of no one order
    rows.source_row[row] = first_row + i
    rows.ts_event[row] = words[i, 1]
    rows.ts_recv[row] = words[i, 5]
    rows.sequence[row] = (words[i, 6] >> 32) & _LOW_HALF
    rows.price[row] = DBN_UNDEFINED_PRICE if whole else words[i, 3]
    rows.size[row] = 0 if whole else word & _LOW_HALF
    rows.action[row] = action
    rows.side[row] = NO_SIDE_CODE if whole else (word >> 56) & 0xFF
    rows.flags[row] = flags | book.event[BAD]
    shown[0, row], bids_better = show_side(book, 0, rows.ladder.bid, row)
    shown[1, row], asks_better = show_side(book, 1, rows.ladder.ask, row)
    touched = book.event[DIRTY] != 0 and not whole and action not in (TRADE, CLEAR)
    better = bids_better if book.event[TOUCHED_SIDE] == 0 else asks_better
    rows.depth[row] = better if touched else 0
