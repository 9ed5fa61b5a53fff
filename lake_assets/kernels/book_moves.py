"""What happened at each price between two book states: added, canceled, filled, hidden."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.book_states import BookStates
from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]

ADDED: Final = 0
CANCELED: Final = 1
FILLED: Final = 2
HIDDEN: Final = 3
MASKED: Final = 4
KINDS: Final = 5


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
        side: `ASK` or `BID` of `lake_assets.kernels.book_states`.
        low: outward tick of the first price.
        sums: (prices, 5) contracts added, canceled, filled, hidden; pairs masked.
        traded: (prices,) opposing volume of the pair at hand; all 0 between pairs.
    """

    side: int
    low: int
    sums: I8
    traded: I8


def room_for_moves(side: int, low: int, high: int) -> BookMoves:
    """Sums of 0 for the outward ticks from ``low`` to ``high``, both included."""
    prices = high - low + 1
    return BookMoves(side, low, np.zeros((prices, KINDS), np.int64), np.zeros(prices, np.int64))


@kernel
def account_pair(
    states: BookStates, row: int, opposing: Opposing, start: int, stop: int, moves: BookMoves
) -> None:
    """Add what happened from one state to the next at the prices visible in both.

    A price is visible up to the deepest one shown; a side with no level shows nothing. Prices
    visible in one of the two are masked. Volume that met no decrease was hidden.

    Args:
        states: the states.
        row: the later of the two; the earlier one is the row before.
        opposing: trades, of which places ``[start, stop)`` are the pair's.
        start: first of them.
        stop: one past the last of them.
        moves: sums so far, changed in place.

    Source:
        docs/features.md, "Barrier".
    """
    before, after = _deepest(states, row - 1, moves), _deepest(states, row, moves)
    reach, low, prices = min(before, after), moves.low, moves.traded.shape[0]
    for at in range(max(reach + 1 - low, 0), min(max(before, after) + 1 - low, prices)):
        moves.sums[at, MASKED] += 1
    for i in range(start, stop):
        at = opposing.ticks[i] - low
        if 0 <= at < prices and opposing.ticks[i] <= reach:
            moves.traded[at] += opposing.size[i]
    _compare(states, row, reach, moves)
    for i in range(start, stop):
        at = opposing.ticks[i] - low
        if 0 <= at < prices:
            moves.sums[at, HIDDEN] += moves.traded[at]
            moves.traded[at] = 0


@kernel
def _deepest(states: BookStates, row: int, moves: BookMoves) -> int:
    """Deepest outward tick shown; of an empty side, one short of every price of interest."""
    shown = states.shown[moves.side, row]
    if shown == 0:
        return moves.low - 1
    return max(int(states.ticks[moves.side, row, shown - 1]), moves.low - 1)


@kernel
def _compare(states: BookStates, row: int, reach: int, moves: BookMoves) -> None:
    """Merge two ladders up to ``reach``; a price only one of them shows has size 0 in the other."""
    side = moves.side
    before, after = states.shown[side, row - 1], states.shown[side, row]
    old_ticks, new_ticks = states.ticks[side, row - 1], states.ticks[side, row]
    old_size, new_size = states.size[side, row - 1], states.size[side, row]
    i = j = 0
    while i < before or j < after:
        if i < before and j < after and old_ticks[i] == new_ticks[j]:
            price, change = old_ticks[i], new_size[j] - old_size[i]
            i += 1
            j += 1
        elif j == after or (i < before and old_ticks[i] < new_ticks[j]):
            price, change = old_ticks[i], -old_size[i]
            i += 1
        else:
            price, change = new_ticks[j], new_size[j]
            j += 1
        if price > reach:
            break
        if change != 0:
            _move(int(price) - moves.low, int(change), moves)


@kernel
def _move(at: int, change: int, moves: BookMoves) -> None:
    """Book a change of size at a price: added, or as far as it was traded filled, or canceled."""
    if at < 0 or at >= moves.traded.shape[0]:
        return
    if change > 0:
        moves.sums[at, ADDED] += change
        return
    filled = min(-change, moves.traded[at])
    moves.traded[at] -= filled
    moves.sums[at, FILLED] += filled
    moves.sums[at, CANCELED] += -change - filled
