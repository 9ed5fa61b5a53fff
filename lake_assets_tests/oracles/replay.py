"""A book as a dict of orders: every level is counted anew for every record."""

import struct
from collections import defaultdict
from typing import NamedTuple

LAYOUT = struct.Struct("<BBHIQQqIBBccQiI")
TICK = 250_000_000
RANKS = 2**18
UNDEFINED = 2**63 - 1
F_LAST, F_SNAPSHOT, F_MAYBE_BAD_BOOK = 128, 32, 4


class Record(NamedTuple):
    """One order-by-order record."""

    action: str
    order_id: int
    side: str
    price: int
    size: int
    flags: int
    instrument_id: int
    ts_event: int
    ts_recv: int
    sequence: int


def pack(records):
    """The records as the vendor's bytes."""
    return b"".join(
        LAYOUT.pack(
            14, 160, 1, r.instrument_id, r.ts_event, r.order_id, r.price, r.size, r.flags, 0,
            r.action.encode(), r.side.encode(), r.ts_recv, 0, r.sequence,
        )
        for r in records
    )  # fmt: skip


def usable(record):
    """Whether a record can rest: a side, contracts, and a price on the grid."""
    ticks, rest = divmod(record.price, TICK)
    return record.side in "AB" and record.size > 0 and not rest and 0 <= ticks < RANKS


class SlowBook:
    """The book of one instrument, and the rows it has emitted."""

    def __init__(self, instrument_id):
        self.instrument_id = instrument_id
        self.orders = {}  # order id: (side, ticks, size)
        self.rows = []
        self.unknown = self.duplicate = self.unusable = 0
        self.in_snapshot = False
        self.floor = {"B": None, "A": None}  # deepest tick shown when all ten were
        self.begin_event()

    def begin_event(self):
        """Forget the event before."""
        self.dirty = self.traded = False
        self.bad = 0
        self.touched = None

    def levels(self, side):
        """Every level of a side, best first: (ticks, size, orders)."""
        found = defaultdict(lambda: [0, 0])
        for own, ticks, size in self.orders.values():
            if own == side:
                found[ticks][0] += size
                found[ticks][1] += 1
        return [(ticks, *found[ticks]) for ticks in sorted(found, reverse=side == "B")]

    def touch(self, side, ticks):
        """Note a change of a level that is there now."""
        if not self.dirty:
            self.dirty = ticks in [level[0] for level in self.levels(side)[:10]]
        floor = self.floor[side]
        if floor is None or (ticks >= floor if side == "B" else ticks <= floor):
            self.touched = (side, ticks)

    def clear(self):
        """Take every order away."""
        self.orders.clear()
        self.floor = {"B": None, "A": None}
        self.dirty, self.touched = True, ("B", RANKS)

    def leave(self, order_id, gone):
        """Take contracts from an order, or all of it."""
        side, ticks, size = self.orders[order_id]
        self.touch(side, ticks)
        if gone < size:
            self.orders[order_id] = (side, ticks, size - gone)
        else:
            del self.orders[order_id]

    def rest(self, record):
        """Add an order, if it can rest."""
        if not usable(record):
            self.unusable += 1
            return
        ticks = record.price // TICK
        self.orders[record.order_id] = (record.side, ticks, record.size)
        self.touch(record.side, ticks)

    def change(self, record):
        """What a record does to the orders."""
        known = record.order_id in self.orders
        if record.action == "R":
            self.clear()
        elif record.action == "C" and known:
            self.leave(record.order_id, record.size)
        elif record.action in "AM":
            if known:
                self.duplicate += record.action == "A"
                self.leave(record.order_id, self.orders[record.order_id][2])
            else:
                self.unknown += record.action == "M"
            self.rest(record)
        elif record.action == "C":
            self.unknown += 1

    def depth(self, shown):
        """How many shown levels beat the one the event touched last."""
        if not self.dirty or self.touched is None:
            return 0
        side, touched = self.touched
        ticks = [level[0] for level in shown["BA".index(side)]]
        return min(9, sum(t > touched if side == "B" else t < touched for t in ticks))

    def show(self):
        """Ten levels a side, and note how deep they reach."""
        shown = tuple(self.levels(side)[:10] for side in "BA")
        for side, levels in zip("BA", shown, strict=True):
            self.floor[side] = levels[9][0] if len(levels) == 10 else None
        return shown

    def emit(self, source_row, record):
        """Write a row."""
        shown = self.show()
        depth = 0 if record.action in "TR" else self.depth(shown)
        if record.action == "A" and record.flags & F_SNAPSHOT:
            record = record._replace(side="N", price=UNDEFINED, size=0)
            depth = 0
        flags = record.flags | self.bad
        self.rows.append((source_row, record._replace(flags=flags), depth, *shown))

    def apply(self, source_row, record):
        """Take one record of the file, whichever instrument it is of."""
        if record.instrument_id != self.instrument_id:
            return
        snapshot = bool(record.flags & F_SNAPSHOT)
        if snapshot and not self.in_snapshot:
            self.clear()
        self.in_snapshot = snapshot
        self.traded |= record.action == "T"
        self.bad |= record.flags & F_MAYBE_BAD_BOOK
        self.change(record)
        last = bool(record.flags & F_LAST)
        own = record.action == "T" or (record.action == "R" and not snapshot)
        if own or (last and (self.dirty or self.traded or self.bad)):
            self.emit(source_row, record)
        if last:
            self.in_snapshot = False
            self.begin_event()


def replay(records, instrument_id):
    """The book after all records of a file, with the rows it emitted."""
    book = SlowBook(instrument_id)
    for source_row, record in enumerate(records):
        book.apply(source_row, record)
    return book
