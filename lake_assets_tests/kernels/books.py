"""Small random books and trades for tests: broken, crossed, one-sided, gappy and tied."""

import numpy as np
from hypothesis import strategies as st

from lake_assets.kernels.book_states import (
    F_LAST,
    F_MAYBE_BAD_BOOK,
    F_SNAPSHOT,
    BookRecords,
)

START = 1_765_984_000_000_000_000
MS, SECOND = 10**6, 10**9
MID = 27_600
DEPTH = 4
# Moments that tie, that lie a staleness cap or a window apart, and one beyond each. Records and
# trades share them, so that they interleave.
MOMENTS = [0, 1, 2, 400 * MS, 800 * MS, SECOND, 2 * SECOND, 5 * SECOND, 5 * SECOND + 1]
MOMENTS += [7 * SECOND, 20 * SECOND, 60 * SECOND, 60 * SECOND + 1, 61 * SECOND, 130 * SECOND]
FLAGS = [F_LAST] * 12 + [
    0,
    F_LAST | F_SNAPSHOT,
    F_SNAPSHOT,
    F_LAST | 8,
    F_LAST | F_MAYBE_BAD_BOOK,
    F_MAYBE_BAD_BOOK,
]
ACTIONS = ["A", "C", "M", "T", "A", "C", "M", "T", "A", "C", "M", "R"]


@st.composite
def ladder(draw, sign, *, overlap=1):
    """Up to four levels outward from the middle, gaps and sizes of 0 among them."""
    price = MID + sign * draw(st.integers(1 - overlap, 4))
    levels = []
    sizes = st.sampled_from([7, 0, 1, 5, 20, 60, 90])
    shown = st.lists(sizes, min_size=3, max_size=DEPTH) | st.lists(sizes, max_size=DEPTH)
    for size in draw(shown):
        levels.append((price, size))
        price += sign * draw(st.sampled_from([1, 1, 1, 2, 6]))
    return levels


record = st.tuples(
    st.sampled_from(MOMENTS),
    st.integers(0, 2),
    st.sampled_from(FLAGS),
    st.sampled_from(ACTIONS),
    ladder(-1),
    ladder(1),
)
trade = st.tuples(
    st.sampled_from(MOMENTS),
    st.integers(0, 2),
    st.integers(MID - 7, MID + 7),
    st.sampled_from([1, 4, 15, 50]),
    st.sampled_from([-1, 0, 1, 1, -1]),
)


def in_order(rows):
    """Rows by time, then sequence number; of equals in the order drawn."""
    return sorted(((START + at, *rest) for at, *rest in rows), key=lambda row: row[:2])


records_in_order = st.lists(record, max_size=14).map(in_order)
trades_in_order = st.lists(trade, max_size=14).map(in_order)


@st.composite
def windows(draw, *histories):
    """Ends at, just after and long after what happened; levels on and off the grid."""
    stamps = [row[0] for history in histories for row in history] or [START]
    end = st.sampled_from(stamps).flatmap(
        lambda ns: st.sampled_from([0, 1, MS, 5 * SECOND, 5 * SECOND + 1, 60 * SECOND]).map(
            lambda later: ns + later
        )
    )
    level = st.integers((MID - 14) * 250, (MID + 14) * 250)
    on_grid = st.integers(MID - 14, MID + 14).map(lambda ticks: ticks * 250)
    return draw(
        st.lists(st.tuples(end, st.one_of(level, on_grid), st.sampled_from([1, -1])), max_size=5)
    )


def arrays(records, depth=DEPTH) -> BookRecords:
    """Records as the kernel reads them."""
    count = len(records)
    ticks, size = np.zeros((2, count, depth), "i4"), np.zeros((2, count, depth), "i8")
    for row, (*_, bids, asks) in enumerate(records):
        for side, levels in enumerate((asks, bids)):
            for level, (price, shown) in enumerate(levels):
                ticks[side, row, level], size[side, row, level] = price, shown
    ns, sequence, flags, action = ([row[at] for row in records] for at in range(4))
    return BookRecords(
        np.array(ns, "i8"),
        np.array(sequence, "i8"),
        np.array(flags, "u1"),
        np.array([each == "R" for each in action], "?"),
        (ticks[0].copy(), ticks[1].copy()),
        (size[0].copy(), size[1].copy()),
    )
