"""The barrier at a touch, or a moment before it: how the defending side of the book stood."""

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from lake_assets.catalog.bronze import BOOK_DEPTH
from lake_assets.catalog.rows import Frame
from lake_assets.catalog.stream import RowStream
from lake_assets.catalog.touch import BARRIER
from lake_assets.kernels.barrier import (
    BarrierRule,
    BarrierSums,
    BarrierWalk,
    end_walk,
    start_walk,
    walk_states,
)
from lake_assets.kernels.book_moves import ADDED, CANCELED, FILLED, HIDDEN, MASKED, Opposing
from lake_assets.kernels.book_states import (
    ASK,
    BID,
    PART_UNITS,
    SIGNS,
    carry_last,
    keep_states,
    room_for_states,
)
from lake_assets.market.price import NANOS_PER_SECOND, UNITS_PER_TICK
from lake_assets.market.sessions import Interval, Nanos
from lake_assets.market.vocabulary import Direction
from lake_assets.physics.barrier_state import barrier_state
from lake_assets.physics.book_records import read_book
from lake_assets.physics.contract import front_trades
from lake_assets.physics.order import I8, ordered_ns
from lake_assets.physics.parameters import BarrierParams

_KEYS: Final = ("event_id", "ts_event_ns", "level_kind", "level_u")
_MEASURED: Final = [name for name in BARRIER.dtypes.names() if name not in _KEYS]
_SIDES: Final = {Direction.UP: ASK, Direction.DOWN: BID}
# 16,384 states are 5 MB, which the last cache holds: keeping and walking them took 220 ns a
# record where 65,536 at a time took 310.
_BATCH_STATES: Final = 16_384
_COUNTS: Final = ("book_updates", "book_coverage_s")


class BarrierWindows(NamedTuple):
    """Where and when the book is asked, each (m,), in any order.

    Attributes:
        end_ns: ends of the windows, ns since epoch UTC; a touch, or any moment before it.
        level_e: level in ES scale, units of $0.0001.
        side: `ASK` or `BID`, the side that defends.
    """

    end_ns: I8
    level_e: I8
    side: I8


def measure_barrier(
    touches: pl.DataFrame,
    es_mbp10: RowStream,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    params: BarrierParams,
) -> pl.DataFrame:
    """Give each touch what the side it ran into did in the window before it.

    A touch here may be the same touch at a moment before it. Returns the columns of
    `silver/barrier`, in the touches' order. With fewer than two book
    states in a window all is null but the counts that say so.
    """
    measured = barrier_at(barrier_windows(touches), es_mbp10, es_trades, front_contract, params)
    return touches.select(_KEYS).hstack(measured)


def barrier_windows(touches: pl.DataFrame) -> BarrierWindows:
    """The windows that end at the touches."""
    side = touches["direction"].replace_strict(_SIDES, return_dtype=pl.Int64)
    return BarrierWindows(
        end_ns=touches["ts_event_ns"].to_numpy(writable=True),
        level_e=touches["level_e"].to_numpy(writable=True),
        side=side.to_numpy(writable=True),
    )


def barrier_at(
    windows: BarrierWindows,
    es_mbp10: RowStream,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    params: BarrierParams,
) -> pl.DataFrame:
    """What `measure_barrier` measures, without the touches' keys, for any windows.

    The book is read once, however many windows there are.
    """
    if not windows.end_ns.size:
        return BARRIER.empty().select(_MEASURED)
    trades, rule = front_trades(es_trades, front_contract), barrier_rule(params)
    ordered_ns(trades, "ts_event_ns", "es_trades")
    places = {side: np.flatnonzero(windows.side == side) for side in (ASK, BID)}
    walks = {
        side: _start(side, windows, place, trades, params)
        for side, place in places.items()
        if place.size
    }
    states = room_for_states(_BATCH_STATES, BOOK_DEPTH)
    span = _span(windows.end_ns, rule)
    for records in read_book(es_mbp10, front_contract, span):
        for first in range(0, records.ns.size, _BATCH_STATES):
            kept = keep_states(records, rule.stale_ns, states, first)
            for walk in walks.values():
                walk_states(states, kept, walk)
            carry_last(states, kept)
    for walk in walks.values():
        end_walk(states, walk)
    dressed = [
        dress_barrier(walk.sums, params).with_columns(place=places[side])
        for side, walk in walks.items()
    ]
    return pl.concat(dressed).sort("place").select(_MEASURED)


def barrier_rule(params: BarrierParams) -> BarrierRule:
    """The parameters' lengths in ns."""
    return BarrierRule(
        window_ns=params.barrier_window_s * NANOS_PER_SECOND,
        wall_window_ns=params.wall_window_s * NANOS_PER_SECOND,
        stale_ns=params.book_stale_s * NANOS_PER_SECOND,
    )


def _span(end_ns: I8, rule: BarrierRule) -> Interval:
    longest = max(rule.window_ns, rule.wall_window_ns)
    return Interval(Nanos(int(end_ns.min()) - longest), Nanos(int(end_ns.max())))


def _start(
    side: int, windows: BarrierWindows, place: I8, trades: pl.DataFrame, params: BarrierParams
) -> BarrierWalk:
    """A walk for the windows at ``place``; prices are turned outward, so both sides ascend."""
    sign = SIGNS[side]
    against = trades.filter(pl.col("aggressor") == sign)
    opposing = Opposing(
        ns=against["ts_event_ns"].to_numpy(writable=True),
        sequence=against["sequence"].to_numpy(writable=True),
        ticks=sign * against["price_ticks"].to_numpy().astype(np.int64),
        size=against["size"].to_numpy(writable=True),
    )
    outward, reach = sign * windows.level_e[place], params.zone_ticks * UNITS_PER_TICK
    first, last = -((reach - outward) // UNITS_PER_TICK), (outward + reach) // UNITS_PER_TICK
    return start_walk(side, opposing, windows.end_ns[place], first, last, barrier_rule(params))


def dress_barrier(sums: BarrierSums, params: BarrierParams) -> pl.DataFrame:
    """Turn sums into the measured columns: ratios, nulls and the state."""
    known = pl.Series(sums.updates) >= 2  # noqa: PLR2004 - a pair is what is accounted
    moves = pl.DataFrame(
        {
            "barrier_added": sums.moves[:, ADDED],
            "barrier_canceled": sums.moves[:, CANCELED],
            "barrier_filled": sums.moves[:, FILLED],
            "barrier_hidden": sums.moves[:, HIDDEN],
            "barrier_masked_updates": sums.moves[:, MASKED],
            "book_updates": sums.updates,
            "book_coverage_s": sums.covered_ns / NANOS_PER_SECOND,
        }
    )
    seen = pl.Series(sums.has_depth)
    added, removed = pl.col("barrier_added"), pl.col("barrier_canceled") + pl.col("barrier_filled")
    measured = moves.with_columns(
        barrier_delta_liq=(added - removed).cast(pl.Float64),
        barrier_replenishment_ratio=pl.when(removed > 0).then(added / removed),
        churn=(added + removed).cast(pl.Float64),
        depth_in_zone=pl.when(seen).then(pl.Series(sums.depth)),
        barrier_zone_prices=pl.when(seen).then(pl.Series(sums.zone_prices)),
        wall_ratio=_wall_ratio(sums, params),
    ).with_columns(pl.when(known).then(pl.all().exclude(_COUNTS)))
    return measured.with_columns(barrier_state=barrier_state(params)).select(_MEASURED)


def _wall_ratio(sums: BarrierSums, params: BarrierParams) -> pl.Expr:
    """Depth over the usual depth of as many prices; the rests add up before they are rounded."""
    whole = sums.usual + (sums.usual_part // PART_UNITS)
    rest = sums.usual_part % PART_UNITS / PART_UNITS
    usual = (whole + rest) * sums.zone_prices
    enough = sums.weight_ns >= params.wall_min_weight_s * NANOS_PER_SECOND
    meant = pl.Series(sums.has_depth & enough & (usual > 0))
    return pl.when(meant).then(pl.Series(sums.depth * sums.weight_ns) / pl.Series(usual))
