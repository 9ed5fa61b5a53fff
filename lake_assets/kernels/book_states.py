"""Book states: which records of a feed can be trusted, and what each side of them shows."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]

F_LAST: Final = 128
F_SNAPSHOT: Final = 32
F_MAYBE_BAD_BOOK: Final = 4

ASK: Final = 0
BID: Final = 1
SIGNS: Final = (1, -1)

LONG_AGO_NS: Final = -(2**62)
PART_UNITS: Final = 2**32


class BookRecords(NamedTuple):
    """Records of one contract in total order; an absent level has size 0.

    Attributes:
        ns: (n,) event time, ns since epoch UTC, non-decreasing.
        sequence: (n,) venue sequence number.
        flags: (n,) vendor's flag bits.
        clears: (n,) whether the record empties the book.
        ticks: asks and bids, each (n, depth) ES ticks, best first.
        size: asks and bids, each (n, depth) contracts.
    """

    ns: I8
    sequence: I8
    flags: npt.NDArray[np.uint8]
    clears: npt.NDArray[np.bool_]
    ticks: tuple[I4, I4]
    size: tuple[I8, I8]


class BookStates(NamedTuple):
    """Room for the states of a batch of records, and what carries over from one to the next.

    Row 0 is the last state of the records read before. Prices are *outward* ticks, which grow
    away from the market: asks as they are, bids negated. Sums count from the first state read;
    only their differences mean something.

    Attributes:
        ns: (rows,) event time.
        sequence: (rows,) venue sequence number.
        run: (rows,) breaks of the book so far; states of different runs are not compared.
        seen: (rows,) states up to and including this one.
        covered_ns: (rows,) time covered by the states before this one.
        ticks: (2, rows, depth) outward ticks by side, ascending.
        size: (2, rows, depth) contracts, positive.
        shown: (2, rows) levels that exist.
        usual: (2, rows) sum over the states before this one of time times contracts a price,
            whole ns times contracts; the rest is in ``usual_part``.
        usual_part: (2, rows) the rest of it, in 2**-32; of either sign.
        trust: (3,) whether states are trusted now, breaks so far, whether any was trusted yet.
    """

    ns: I8
    sequence: I8
    run: I8
    seen: I8
    covered_ns: I8
    ticks: I4
    size: I8
    shown: I8
    usual: I8
    usual_part: I8
    trust: I8


def room_for_states(records: int, depth: int) -> BookStates:
    """Empty room for batches of at most ``records`` records; row 0 is no state at all."""
    rows = records + 1
    ns, sequence, run, seen, covered = np.zeros((5, rows), np.int64)
    shown, usual, part = np.zeros((3, 2, rows), np.int64)
    ns[0], run[0] = LONG_AGO_NS, -1
    ticks, size = np.zeros((2, rows, depth), np.int32), np.zeros((2, rows, depth), np.int64)
    trust = np.zeros(3, np.int64)
    return BookStates(ns, sequence, run, seen, covered, ticks, size, shown, usual, part, trust)


def carry_last(states: BookStates, kept: int) -> None:
    """Make row ``kept`` row 0, the last state before the next batch."""
    for rows in (states.ns, states.sequence, states.run, states.seen, states.covered_ns):
        rows[0] = rows[kept]
    for sides in (states.ticks, states.size, states.shown, states.usual, states.usual_part):
        sides[:, 0] = sides[:, kept]


def keep_states(records: BookRecords, stale_ns: int, states: BookStates, first: int = 0) -> int:
    """Write the states among the records to rows 1 to k of ``states``; return k.

    Records are read from ``first`` on, one for each of the rows that may be written.

    A state ends an event, is not flagged as bad, and is neither crossed nor locked. The first
    trusted one has two sides. After a bad flag or a clear, trust returns with a snapshot or
    with the next state of two sides.

    Args:
        records: (n,) records that end an event, break the book, or both; others are ignored.
        stale_ns: how long a state covers time at most.
        states: room for states; row 0 is the last one before.
        first: place of the first record to read.

    Source:
        docs/features.md, "Book states".
    """
    stop = min(records.ns.shape[0], first + states.ns.shape[0] - 1)
    kept = _keep(records, first, stop, states)
    _sum_up(states, kept, stale_ns)
    return kept


@kernel
def _keep(records: BookRecords, first: int, stop: int, states: BookStates) -> int:
    """Write the states among the records of ``[first, stop)``, without their sums."""
    # The arrays are handed on one by one: a tuple of them, passed at each record, took 1 us.
    ask_ticks, ask_size, ask_shown = states.ticks[ASK], states.size[ASK], states.shown[ASK]
    bid_ticks, bid_size, bid_shown = states.ticks[BID], states.size[BID], states.shown[BID]
    trust, kept = states.trust, 0
    for i in range(first, stop):
        flags, row = records.flags[i], kept + 1
        if flags & F_MAYBE_BAD_BOOK or records.clears[i]:
            trust[0] = 0
            trust[1] += 1
        elif flags & F_LAST:
            asks = _read_side(records.ticks[ASK], records.size[ASK], i, 1, ask_ticks, ask_size, row)
            bids = _read_side(
                records.ticks[BID], records.size[BID], i, -1, bid_ticks, bid_size, row
            )
            gap = ask_ticks[row, 0] + bid_ticks[row, 0]
            if _is_trusted(asks, bids, gap, flags, trust):
                ask_shown[row], bid_shown[row] = asks, bids
                states.ns[row], states.sequence[row] = records.ns[i], records.sequence[i]
                states.run[row] = trust[1]
                kept = row
    return kept


@kernel
def _read_side(ticks: I4, size: I8, i: int, sign: int, to_ticks: I4, to_size: I8, row: int) -> int:
    """Copy the levels of one side that exist, outward; return how many."""
    shown = 0
    for level in range(ticks.shape[1]):
        to_ticks[row, shown] = sign * ticks[i, level]
        to_size[row, shown] = size[i, level]
        shown += size[i, level] > 0
    return shown


@kernel
def _is_trusted(asks: int, bids: int, gap: int, flags: int, trust: I8) -> bool:
    """Whether two sides are a state now; both shown, or a snapshot, bring trust back."""
    if asks > 0 and bids > 0:
        if gap <= 0:
            return False
        trust[0] = trust[2] = 1
    elif flags & F_SNAPSHOT:
        trust[0] = trust[2]
    return bool(trust[0] > 0)


@kernel
def _sum_up(states: BookStates, kept: int, stale_ns: int) -> None:
    """Add to the sums of rows 1 to ``kept`` what the state before each covered."""
    ns, seen, covered = states.ns, states.seen, states.covered_ns
    asks, bids = states.shown[ASK], states.shown[BID]
    for row in range(1, kept + 1):
        span = span_of(asks[row - 1], bids[row - 1], ns[row] - ns[row - 1], stale_ns)
        seen[row] = seen[row - 1] + 1
        covered[row] = covered[row - 1] + span
    for side in range(2):
        ticks, size, shown = states.ticks[side], states.size[side], states.shown[side]
        usual, part = states.usual[side], states.usual_part[side]
        for row in range(1, kept + 1):
            levels, total = shown[row - 1], 0
            for level in range(levels):
                total += size[row - 1, level]
            prices = 1 + ticks[row - 1, levels - 1] - ticks[row - 1, 0]
            whole, rest = usual_of(covered[row] - covered[row - 1], total, prices)
            usual[row] = usual[row - 1] + whole
            part[row] = part[row - 1] + rest


@kernel
def span_of(asks: int, bids: int, age_ns: int, stale_ns: int) -> int:
    """Time a state covers until an age, ns; without levels on both sides none."""
    return min(age_ns, stale_ns) if asks > 0 and bids > 0 else 0


@kernel
def usual_of(span: int, total: int, prices: int) -> tuple[int, int]:
    """Span times contracts a price from best to deepest: whole, and the rest in 2**-32.

    Rounding each state's share, and never a running sum, keeps a window's difference the same
    wherever reading began. Floats divide, as integers are slow to; the remainder is exact, so
    whatever the quotient lost is in it.
    """
    if span == 0:
        return 0, 0
    whole = int(span * total / prices)
    return whole, int((span * total - whole * prices) / prices * PART_UNITS)
