"""The defending side of the book before a moment: what was added, canceled and filled."""

from typing import Final, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from lake_assets.kernels.book_moves import (
    KINDS,
    BookMoves,
    Opposing,
    account_pairs,
    room_for_moves,
)
from lake_assets.kernels.book_states import ASK, BID, BookStates, span_of, usual_of
from lake_assets.kernels.compile import kernel

I8: TypeAlias = npt.NDArray[np.int64]

_END: Final = 0
_OPENS: Final = 1
_WALL_OPENS: Final = 2
_NEVER_NS: Final = 2**62
_NO_RUN: Final = -2


class BarrierRule(NamedTuple):
    """Lengths, all in ns.

    Attributes:
        window_ns: window of the accounting.
        wall_window_ns: window of the usual depth.
        stale_ns: how long a state speaks at most.
    """

    window_ns: int
    wall_window_ns: int
    stale_ns: int


class Marks(NamedTuple):
    """Moments at which running sums are read, in time order, each (3m,).

    Attributes:
        ns: the moment.
        query: the window it belongs to.
        kind: its end, its opening, or the opening of its usual depth's window.
    """

    ns: I8
    query: I8
    kind: I8


class BarrierSums(NamedTuple):
    """One value a window.

    Attributes:
        moves: (m, 5) contracts added, canceled, filled, hidden; combinations masked.
        updates: (m,) states in the window.
        covered_ns: (m,) window covered by a state of two sides.
        weight_ns: (m,) the same of the usual depth's window.
        usual: (m,) its sum of time times contracts a price, ns times contracts, without
            ``usual_part``.
        usual_part: (m,) the rest of it, in 2**-32.
        depth: (m,) contracts of the zone in the last state.
        zone_prices: (m,) zone prices from best to deepest shown in it.
        has_depth: (m,) whether that state is fresh and sees into the zone; both are 0 if not.
    """

    moves: I8
    updates: I8
    covered_ns: I8
    weight_ns: I8
    usual: I8
    usual_part: I8
    depth: I8
    zone_prices: I8
    has_depth: npt.NDArray[np.bool_]


class BarrierWalk(NamedTuple):
    """Everything a walk along one side's states needs and fills.

    Attributes:
        side: `ASK` or `BID` of `lake_assets.kernels.book_states`.
        opposing: (n,) trades against that side.
        first: (m,) innermost outward tick of each window's zone.
        last: (m,) outermost, not below ``first``.
        marks: (3m,) when to read.
        stale_ns: how long a state speaks at most.
        moves: running sums a price.
        sums: (m,) the answers.
    """

    side: int
    opposing: Opposing
    first: I8
    last: I8
    marks: Marks
    stale_ns: int
    moves: BookMoves
    sums: BarrierSums


def start_walk(
    side: int, opposing: Opposing, end_ns: I8, first: I8, last: I8, rule: BarrierRule
) -> BarrierWalk:
    """Prepare a walk for ``m`` windows in any order, at least one, each ``[end - window, end)``.

    Sums of a price only grow, so a window's are those at its end less those at its opening:
    one pass over the states serves any number of windows, whatever their zones.
    """
    count = end_ns.shape[0]
    return BarrierWalk(
        side=side,
        opposing=opposing,
        first=first,
        last=last,
        marks=_marks(end_ns, rule),
        stale_ns=rule.stale_ns,
        moves=room_for_moves(int(first.min()), int(last.max())),
        sums=_no_sums(count),
    )


def _no_sums(count: int) -> BarrierSums:
    moves, has_depth = np.zeros((count, KINDS), np.int64), np.zeros(count, np.bool_)
    updates, covered, weight, usual, part, depth, prices = np.zeros((7, count), np.int64)
    return BarrierSums(moves, updates, covered, weight, usual, part, depth, prices, has_depth)


def _marks(end_ns: I8, rule: BarrierRule) -> Marks:
    opens, wall_opens = end_ns - rule.window_ns, end_ns - rule.wall_window_ns
    ns = np.concatenate((end_ns, opens, wall_opens))
    order = np.argsort(ns, kind="stable")
    count = end_ns.shape[0]
    return Marks(
        ns=ns[order],
        query=np.tile(np.arange(count), 3)[order],
        kind=np.repeat(np.array([_END, _OPENS, _WALL_OPENS]), count)[order],
    )


def walk_states(states: BookStates, kept: int, walk: BarrierWalk) -> None:
    """Walk from row 0 to row ``kept``, reading sums at each mark passed on the way.

    A state, like a trade, stamped at a mark comes after it: windows are half open. A pair's
    trades have keys after the earlier state's and at or before the later one's.

    Args:
        states: rows 0 to ``kept``; a pair across a break moves nothing.
        kept: last row that is filled.
        walk: sums so far, changed in place.

    Source:
        docs/features.md, "Barrier".
    """
    mark = int(np.searchsorted(walk.marks.ns, states.ns[0], side="right"))
    trade = int(np.searchsorted(walk.opposing.ns, states.ns[0], side="left"))
    opposing = walk.opposing
    after = _trades_after(states.ns, states.sequence, kept, opposing.ns, opposing.sequence, trade)
    _walk(states, kept, walk, after, mark)


def end_walk(states: BookStates, walk: BarrierWalk) -> None:
    """Read the sums at the marks after row 0, the last state there is; row 1 is overwritten."""
    states.ns[1], states.run[1] = _NEVER_NS, _NO_RUN
    walk_states(states, 1, walk)


@kernel
def _trades_after(
    ns: I8, sequence: I8, kept: int, trade_ns: I8, trade_sequence: I8, trade: int
) -> I8:
    """Place of the first trade after each state's key, (kept + 1,); none is before ``trade``."""
    after = np.zeros(kept + 1, np.int64)
    for row in range(kept + 1):
        while trade < trade_ns.shape[0] and (
            trade_ns[trade] < ns[row]
            or (trade_ns[trade] == ns[row] and trade_sequence[trade] <= sequence[row])
        ):
            trade += 1
        after[row] = trade
    return after


@kernel
def _walk(states: BookStates, kept: int, walk: BarrierWalk, after: I8, mark: int) -> None:
    """Walk from mark to mark, from the first one after row 0."""
    ns, marks_ns, hits, moves = states.ns, walk.marks.ns, walk.opposing, walk.moves
    ticks, size = states.ticks[walk.side], states.size[walk.side]
    shown, run, first = states.shown[walk.side], states.run, 1
    while first <= kept:
        while mark < marks_ns.shape[0] and marks_ns[mark] <= ns[first]:
            _read_sums(states, first - 1, walk, mark)
            mark += 1
        stop = first + 1
        while stop <= kept and (mark == marks_ns.shape[0] or ns[stop] < marks_ns[mark]):
            stop += 1
        account_pairs(
            ticks,
            size,
            shown,
            run,
            after,
            first,
            stop,
            hits.ticks,
            hits.size,
            moves.low,
            moves.sums,
            moves.traded,
        )
        first = stop


@kernel
def _read_sums(states: BookStates, row: int, walk: BarrierWalk, mark: int) -> None:
    """Add the running sums to a window at its end, subtract them at an opening."""
    sums, query, kind = walk.sums, walk.marks.query[mark], walk.marks.kind[mark]
    sign = 1 if kind == _END else -1
    asks, bids, until_ns = states.shown[ASK, row], states.shown[BID, row], walk.marks.ns[mark]
    span = span_of(asks, bids, until_ns - states.ns[row], walk.stale_ns)
    covered = sign * (states.covered_ns[row] + span)
    if kind != _WALL_OPENS:
        sums.updates[query] += sign * states.seen[row]
        sums.covered_ns[query] += covered
        low, running = walk.moves.low, walk.moves.sums
        for at in range(walk.first[query] - low, walk.last[query] - low + 1):
            for move in range(running.shape[1]):
                sums.moves[query, move] += sign * running[at, move]
    if kind != _OPENS:
        shown, ticks = states.shown[walk.side, row], states.ticks[walk.side, row]
        total = states.size[walk.side, row, :shown].sum()
        whole, part = usual_of(span, total, 1 + ticks[shown - 1] - ticks[0])
        sums.weight_ns[query] += covered
        sums.usual[query] += sign * (states.usual[walk.side, row] + whole)
        sums.usual_part[query] += sign * (states.usual_part[walk.side, row] + part)
    if kind == _END:
        _read_depth(states, row, walk, query, until_ns)


@kernel
def _read_depth(states: BookStates, row: int, walk: BarrierWalk, query: int, end_ns: int) -> None:
    """What the last state before the end shows in the zone, if it is fresh and sees into it."""
    ticks, size = states.ticks[walk.side, row], states.size[walk.side, row]
    shown, first, last = states.shown[walk.side, row], walk.first[query], walk.last[query]
    if shown == 0 or end_ns - states.ns[row] > walk.stale_ns or first > ticks[shown - 1]:
        return
    sums = walk.sums
    sums.has_depth[query] = True
    inner, outer = max(first, np.int64(ticks[0])), min(last, np.int64(ticks[shown - 1]))
    sums.zone_prices[query] = max(outer - inner + 1, 0)
    for level in range(shown):
        if first <= ticks[level] <= last:
            sums.depth[query] += size[level]
