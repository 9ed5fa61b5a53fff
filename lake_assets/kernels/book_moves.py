"""What happened at each price between two book states: added, canceled, filled, hidden."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]
I4: TypeAlias = npt.NDArray[np.int32]

ADDED: Final = 0
CANCELED: Final = 1
FILLED: Final = 2
HIDDEN: Final = 3
MASKED: Final = 4
KINDS: Final = 5
_FAR: Final = 2**40


class Opposing(NamedTuple):
    """Trades that hit one side of one contract's book, in total order, each (n,).

    Attributes:
        ns: event time, ns since epoch UTC, non-decreasing.
        sequence: venue sequence number, non-decreasing within a time.
        ticks: outward ticks, as the states'.
        size: contracts.
    """

    ns: I8
    sequence: I8
    ticks: I8
    size: I8


class BookMoves(NamedTuple):
    """Running sums at each price of interest on one side.

    Attributes:
        low: outward tick of the first price.
        sums: (prices, 5) contracts added, canceled, filled, hidden; pairs masked.
        traded: (prices,) opposing volume of the pair at hand; all 0 between pairs.
    """

    low: int
    sums: I8
    traded: I8


def room_for_moves(low: int, high: int) -> BookMoves:
    """Sums of 0 for the outward ticks from ``low`` to ``high``, both included."""
    prices = high - low + 1
    return BookMoves(low, np.zeros((prices, KINDS), np.int64), np.zeros(prices, np.int64))


@kernel
def account_pairs(  # noqa: C901, PLR0912 - a call that hands on arrays costs 30 ns, a pair 40
    ticks: I4,
    size: I8,
    shown: I8,
    run: I8,
    first_trade: I8,
    first: int,
    stop: int,
    traded_ticks: I8,
    traded_size: I8,
    low: int,
    sums: I8,
    traded: I8,
) -> None:
    """Add what happened up to each state of ``[first, stop)`` at prices visible in it and before.

    A price is visible up to the deepest one shown; a side with no level shows nothing. Prices
    visible in one of the two are masked. Volume that met no decrease was hidden. States of two
    runs are not compared.

    Args:
        ticks: (rows, depth) outward ticks of the side's states.
        size: (rows, depth) contracts.
        shown: (rows,) levels that exist.
        run: (rows,) breaks of the book so far.
        first_trade: (rows,) place of the first trade after each state.
        first: first row that is the later state of a pair, at least 1.
        stop: one past the last.
        traded_ticks: (n,) outward ticks of the side's `Opposing` trades.
        traded_size: (n,) contracts.
        low: `BookMoves.low`.
        sums: `BookMoves.sums`, changed in place.
        traded: `BookMoves.traded`.

    Source:
        docs/features.md, "Barrier".
    """
    prices = traded.shape[0]
    for row in range(first, stop):
        if run[row] != run[row - 1]:
            continue
        before, after = shown[row - 1], shown[row]
        # an empty side reaches one short of every price of interest
        old_end = max(ticks[row - 1, before - 1], low - 1) if before else low - 1
        new_end = max(ticks[row, after - 1], low - 1) if after else low - 1
        reach = min(old_end, new_end)
        for at in range(reach + 1 - low, min(max(old_end, new_end) + 1 - low, prices)):
            sums[at, MASKED] += 1
        for i in range(first_trade[row - 1], first_trade[row]):
            at = traded_ticks[i] - low
            if 0 <= at < prices and traded_ticks[i] <= reach:
                traded[at] += traded_size[i]
        i, same = 0, min(before, after)
        while i < same and ticks[row - 1, i] == ticks[row, i] and size[row - 1, i] == size[row, i]:
            i += 1
        j = i
        while i < before or j < after:
            old = ticks[row - 1, i] if i < before else _FAR
            new = ticks[row, j] if j < after else _FAR
            price, change = min(old, new), 0
            if new == price:
                change += size[row, j]
                j += 1
            if old == price:
                change -= size[row - 1, i]
                i += 1
            if price > reach:
                break
            at = price - low
            if change == 0 or at < 0 or at >= prices:
                continue
            filled = min(max(-change, 0), traded[at])
            traded[at] -= filled
            sums[at, ADDED] += max(change, 0)
            sums[at, FILLED] += filled
            sums[at, CANCELED] += max(-change, 0) - filled
        for each in range(first_trade[row - 1], first_trade[row]):
            at = traded_ticks[each] - low
            if 0 <= at < prices:
                sums[at, HIDDEN] += traded[at]
                traded[at] = 0
