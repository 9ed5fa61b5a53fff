"""The barrier before each touch, at it and at each second of the score's grid."""

import numpy as np
import pandas as pd

from benchmarks.pandas_pipeline.day import F8, I8, SECOND, TICK_UNITS, Book, Day, Side
from lake_assets.physics.parameters import SignalParams

MOVES = ("added", "canceled", "filled", "hidden", "masked")


class Ladder:
    """One side of the book with all that does not depend on a touch, worked out once."""

    def __init__(self, day: Day, sign: int, params: SignalParams) -> None:
        self.book: Book = day.book
        self.side: Side = day.book.sides[sign]
        self.params, self.sign = params, sign
        against = day.trades[day.trades.aggressor == sign]
        self.trade_ticks: I8 = sign * against.price_ticks.to_numpy().astype(np.int64)
        self.trade_size: I8 = against["size"].to_numpy()
        self.trade_state: I8 = _first_state_after(against, day.book)
        ns = day.book.ns
        stale = params.book_stale_s * SECOND
        spans = np.minimum(np.diff(ns, append=np.iinfo(np.int64).max), stale) / SECOND
        self.usual: F8 = self.side.size.sum(axis=1) / (self.side.deepest - self.side.best + 1)
        self.weight: F8 = np.concatenate([[0.0], np.cumsum(spans)])
        self.mass: F8 = np.concatenate([[0.0], np.cumsum(spans * self.usual)])

    def weighed(self, moment: int) -> tuple[float, float]:
        """Seconds the book spoke for, and mean depth times those, up to a moment."""
        last = int(np.searchsorted(self.book.ns, moment)) - 1
        if last < 0:
            return 0.0, 0.0
        span = min(moment - self.book.ns[last], self.params.book_stale_s * SECOND) / SECOND
        return self.weight[last] + span, self.mass[last] + span * self.usual[last]

    def before(self, at_ns: int, level_e: int, seconds: range) -> list[dict[str, float]]:
        """The windows that end so many seconds before a touch, each a row."""
        params, ns = self.params, self.book.ns
        reach = params.zone_ticks * TICK_UNITS
        first = -((reach - self.sign * level_e) // TICK_UNITS)
        count = int((self.sign * level_e + reach) // TICK_UNITS - first + 1)
        opens = at_ns - (seconds[0] + params.barrier_window_s) * SECOND
        start = max(0, int(np.searchsorted(ns, opens)) - 1)
        stop = int(np.searchsorted(ns, at_ns))
        zone = self._zone(start, stop, first, count)
        moves = self._moves(zone, start, stop, first)
        return [self._window(at_ns - back * SECOND, start, zone, moves, first) for back in seconds]

    def _zone(self, start: int, stop: int, first: int, count: int) -> I8:
        """(states, zone prices) sizes."""
        zone = np.zeros((stop - start, count), np.int64)
        for level in range(self.side.ticks.shape[1]):
            place = self.side.ticks[start:stop, level] - first
            inside = (place >= 0) & (place < count) & (self.side.size[start:stop, level] > 0)
            zone[inside, place[inside]] = self.side.size[start:stop, level][inside]
        return zone

    def _moves(self, zone: I8, start: int, stop: int, first: int) -> I8:
        """(states + 1, moves) sums over all pairs that end before each state."""
        count = zone.shape[1]
        visible = first + np.arange(count) <= self.side.deepest[start:stop, None]
        stretch = self.book.stretch[start:stop]
        unbroken = (stretch[1:] == stretch[:-1])[:, None]
        both = visible[1:] & visible[:-1] & unbroken
        traded = np.zeros((max(0, stop - start - 1), count), np.int64)
        low, high = np.searchsorted(self.trade_state, [start + 1, stop])
        place, pair = self.trade_ticks[low:high] - first, self.trade_state[low:high] - start - 1
        near = (place >= 0) & (place < count)
        np.add.at(traded, (pair[near], place[near]), self.trade_size[low:high][near])
        change, traded = np.where(both, np.diff(zone, axis=0), 0), np.where(both, traded, 0)
        removed = np.maximum(-change, 0)
        filled = np.minimum(removed, traded)
        each = (
            np.maximum(change, 0),
            removed - filled,
            filled,
            traded - filled,
            (visible[1:] ^ visible[:-1]) & unbroken,
        )
        sums = np.zeros((max(2, stop - start + 1), len(MOVES)), np.int64)
        for column, move in enumerate(each):
            sums[2 : stop - start + 1, column] = np.cumsum(move.sum(axis=1))
        return sums

    def _window(self, end_ns: int, start: int, zone: I8, moves: I8, first: int) -> dict[str, float]:
        params, ns = self.params, self.book.ns
        opens = end_ns - params.barrier_window_s * SECOND
        low, high = np.searchsorted(ns, [opens, end_ns])
        covered = self.weighed(end_ns)[0] - self.weighed(opens)[0]
        row = {"book_updates": float(high - low), "book_coverage_s": covered}
        if high - low < 2:  # noqa: PLR2004 - a pair is what is accounted
            return row
        row |= dict(zip(MOVES, (moves[high - start] - moves[low - start]).tolist(), strict=True))
        removed = row["canceled"] + row["filled"]
        row["delta"], row["churn"] = row["added"] - removed, row["added"] + removed
        row["ratio"] = row["added"] / removed if removed else np.nan
        return row | self._depth(end_ns, high - 1, zone[high - 1 - start], first)

    def _depth(self, end_ns: int, last: int, zone: I8, first: int) -> dict[str, float]:
        """What stands in the zone in the last state, and how much that is."""
        best, deepest = self.side.best[last], self.side.deepest[last]
        stale = end_ns - self.book.ns[last] > self.params.book_stale_s * SECOND
        if stale or first > deepest:
            return {}
        depth = float(zone.sum())
        prices = max(0, min(deepest, first + zone.size - 1) - max(best, first) + 1)
        opens = end_ns - self.params.wall_window_s * SECOND
        (w1, m1), (w0, m0) = self.weighed(end_ns), self.weighed(opens)
        known = w1 - w0 >= self.params.wall_min_weight_s and m1 > m0 and prices
        wall = depth * (w1 - w0) / ((m1 - m0) * prices) if known else np.nan
        return {"depth": depth, "wall_ratio": wall}


def measure_barrier(touches: pd.DataFrame, day: Day, params: SignalParams) -> pd.DataFrame:
    """A row for each touch and second of the grid, the farthest second first."""
    ladders = {sign: Ladder(day, sign, params) for sign in day.book.sides}
    seconds = range(params.score_grid_s, -1, -1)
    rows = [
        row
        for t, e, sign in zip(touches.ts_event_ns, touches.level_e, touches.sign, strict=True)
        for row in ladders[sign].before(t, e, seconds)
    ]
    found = pd.DataFrame(rows, columns=[*_COLUMNS])
    return found.assign(state=_state(found, params))


_COLUMNS = (
    "book_updates",
    "book_coverage_s",
    *MOVES,
    "delta",
    "churn",
    "ratio",
    "depth",
    "wall_ratio",
)


def _state(found: pd.DataFrame, params: SignalParams) -> np.ndarray:
    """The first rule that holds, None where nothing is known; a NaN meets no rule."""
    delta, filled, churn = found.delta, found.filled, found.churn
    ratio = found.ratio.where((churn > filled + found.canceled) | found.ratio.notna(), np.nan)
    ratio = ratio.mask((found.canceled + filled == 0) & (found.added > 0), np.inf)
    large = params.barrier_delta_contracts
    much = filled >= params.absorb_filled_contracts
    even = delta.abs() < params.balance_delta_contracts
    rules = {
        "VACUUM": (ratio < params.barrier_r_vacuum) & (delta < -large) & (found.canceled > filled),
        "WALL": (ratio > params.barrier_r_wall) & (delta > large),
        "CONSUMED": (delta < -large) & (filled >= found.canceled),
        "ABSORPTION": much & (delta >= 0),
        "WEAK": (found.depth < params.weak_depth_contracts)
        | (found.wall_ratio < params.weak_ratio),
        "BALANCED": much & even & (churn > params.balance_churn_contracts),
    }
    chosen = np.select([rule.to_numpy() for rule in rules.values()], list(rules), "NEUTRAL")
    chosen = np.where(chosen == "BALANCED", "ABSORPTION", chosen).astype(object)
    chosen[delta.isna().to_numpy()] = None
    return chosen


def _first_state_after(trades: pd.DataFrame, book: Book) -> I8:
    """Index of the first state whose (time, sequence) is not before each trade's."""
    ns = np.concatenate([trades.ts_event_ns.to_numpy(), book.ns])
    sequence = np.concatenate([trades.sequence.to_numpy(), book.sequence])
    is_state = np.concatenate([np.zeros(len(trades), bool), np.ones(book.ns.size, bool)])
    order = np.lexsort((is_state, sequence, ns))
    states_before = np.cumsum(is_state[order])
    return states_before[~is_state[order]]
