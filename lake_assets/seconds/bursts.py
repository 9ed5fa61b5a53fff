"""Sudden displacements of the underlying, measured from where they began."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.option_events import BURSTS
from lake_assets.kernels.bursts import CLOSE, GAP, MAX_DURATION, QUIET, measure_moves
from lake_assets.kernels.legs import PairReadings
from lake_assets.market.option_vocabulary import BurstEnd
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.event_parameters import BurstParams
from lake_assets.seconds.live_bursts import (
    LIVED,
    LivedBursts,
    bucket_places,
    least_units,
    live_through,
)
from lake_assets.seconds.pinned_legs import PINNED, Moves, follow_legs
from lake_assets.seconds.readings import F8, I8, in_points, known, read_seconds, taken

_AT_START: Final = (
    "session_date",
    "dte_days",
    "dte_bucket",
    "time_of_day",
    "ce_strike",
    "pe_strike",
    "expiry",
)
_READ: Final = ("timestamp", "known_at", *_AT_START, *LIVED, *PINNED)
_LEGS: Final = ("ce", "pe")
_REASONS: Final = {
    QUIET: BurstEnd.QUIET,
    MAX_DURATION: BurstEnd.MAX_DURATION,
    GAP: BurstEnd.GAP,
    CLOSE: BurstEnd.CLOSE,
}
_END, _PEAK = 1, 2  # places of a leg's mids, after the start's
_SPREAD_SHARE: Final = 0.60
_DEPTH_SHARE: Final = 0.30
_MOVE_SHARE: Final = 0.10


def find_bursts(
    option_state: pl.DataFrame | pl.LazyFrame,
    option_books: pl.DataFrame | pl.LazyFrame,
    underlying: Underlying,
    session: Session,
    params: BurstParams,
) -> pl.DataFrame:
    """Find the bursts of a session and follow the options that were at the money at each start.

    Returns the rows of `gold/bursts`. A row is final at ``known_at``: a quiet end may be reopened
    by a trigger whose start falls into the merge gap, and which looks back that far.

    Raises:
        ComputationRefusedError: the state does not have one row for each second of the session.
    """
    state = read_seconds(option_state, _READ, session)
    lived = live_through(state, underlying, params)
    whole = _whole(lived)
    moves = Moves(whole.start, whole.end, whole.peak)
    pairs = follow_legs(moves, state, option_books, underlying, params)
    declared = BURSTS.of(underlying.name).dtypes
    frame = pl.DataFrame(
        {
            "event_id": lived.ids(state, underlying),
            **_times(whole, state, params),
            **_prices(whole, lived, state, underlying),
            "underlying": pl.Series([underlying.name] * whole.start.size, dtype=pl.String),
            **{name: taken(state, name, whole.start) for name in _AT_START},
            **_leg_moves(whole, pairs, lived, underlying),
            **_scores(
                whole,
                pairs,
                in_points(lived.spot[whole.end] - lived.spot[whole.start], underlying),
                np.array(params.burst_points)[bucket_places(state)[whole.start]],
                underlying.lot_size_on(session.day),
            ),
        }
    )
    return frame.select(declared.names()).cast(declared)


@dataclass(frozen=True, slots=True)
class _Whole:
    """Bursts with their reopenings, each (m,); times are places."""

    start: I8
    trigger: I8
    end: I8
    decided: I8
    direction: I8
    reason: I8
    merged: I8
    peak: I8
    high: I8
    low: I8


def _whole(lived: LivedBursts) -> _Whole:
    stretches, first, last = lived.stretches, lived.first, lived.last
    start, end = stretches.start[first], stretches.end[last]
    direction = stretches.direction[first]
    peak, high, low = measure_moves(lived.spot, lived.seen, start, end, direction)
    return _Whole(
        start=start,
        trigger=stretches.trigger[first],
        end=end,
        decided=stretches.decided[last],
        direction=direction,
        reason=stretches.reason[last],
        merged=last - first + 1,
        peak=peak,
        high=high,
        low=low,
    )


def _times(whole: _Whole, option_state: pl.DataFrame, params: BurstParams) -> dict[str, pl.Series]:
    """Moments and counts; a quiet end waits for the last trigger that could reopen it."""
    wait = params.burst_lookback_s + params.burst_merge_gap_s
    reopened = np.minimum(whole.end + wait, option_state.height - 1)
    final = np.where(whole.reason == QUIET, reopened, whole.decided)
    reasons = [_REASONS[reason] for reason in whole.reason.tolist()]
    return {
        "start_time": taken(option_state, "timestamp", whole.start),
        "trigger_time": taken(option_state, "timestamp", whole.trigger),
        "end_time": taken(option_state, "timestamp", whole.end),
        "peak_time": taken(option_state, "timestamp", whole.peak),
        "known_at": taken(option_state, "known_at", final),
        "duration_s": pl.Series(whole.end - whole.start),
        "direction": pl.Series(whole.direction),
        "merged_count": pl.Series(whole.merged),
        "end_reason": pl.Series(reasons, dtype=pl.Enum(BurstEnd)),
        "censored": pl.Series(whole.reason == CLOSE),
    }


def _prices(
    whole: _Whole, lived: LivedBursts, option_state: pl.DataFrame, underlying: Underlying
) -> dict[str, pl.Series]:
    """Prices as they were, and distances counted in whole units, so that a threshold is kept."""
    spot = lived.spot
    return {
        "size_points": pl.Series(in_points(spot[whole.high] - spot[whole.low], underlying)),
        "peak_points": pl.Series(
            in_points(np.abs(spot[whole.peak] - spot[whole.start]), underlying)
        ),
        "net_points": pl.Series(in_points(spot[whole.end] - spot[whole.start], underlying)),
        "start_price": taken(option_state, "spot_price", whole.start),
        "end_price": taken(option_state, "spot_price", whole.end),
        "max_price": taken(option_state, "spot_price", whole.high),
        "min_price": taken(option_state, "spot_price", whole.low),
    }


def _leg_moves(
    whole: _Whole, pairs: PairReadings, lived: LivedBursts, underlying: Underlying
) -> dict[str, pl.Series]:
    """What each pinned option did to the end and to the peak, and as a share of spot's move."""
    found: dict[str, pl.Series] = {}
    for at, suffix, until in ((_END, "", whole.end), (_PEAK, "_peak", whole.peak)):
        moved = lived.spot[until] - lived.spot[whole.start]
        for leg, name in enumerate(_LEGS):
            move = pairs.mid[:, leg, at] - pairs.mid[:, leg, 0]
            found[f"{name}_move{suffix}"] = known(move)
            found[f"{name}_rel_delta{suffix}"] = known(rel_delta(move, moved, underlying))
    return found


def rel_delta(move: F8, moved: I8, underlying: Underlying) -> F8:
    """An option's move as a share of spot's, NaN where spot moved too little to divide by.

    Args:
        move: (m,) points.
        moved: (m,) units of spot's last decimal.
        underlying: how little is too little.
    """
    (least,) = least_units((underlying.rel_delta_min_move,), underlying.spot_decimals)
    divisor = np.where(np.abs(moved) >= least, in_points(moved, underlying), np.nan)
    share: F8 = move / divisor
    return share


def _scores(
    whole: _Whole, pairs: PairReadings, net: F8, least: F8, lot_size: int
) -> dict[str, pl.Series]:
    """Trading, spread and depth of the pair, and how much of the move was an empty book."""
    lots = pairs.volume / lot_size
    score = (
        _SPREAD_SHARE * pairs.widening
        + _DEPTH_SHARE * pairs.thinning
        + _MOVE_SHARE * (np.abs(net) / least) / (1 + lots)
    )
    return {
        "opt_vol_lots": known(lots),
        "tps": known(lots / (whole.end - whole.start)),
        "spread_increase_ratio": known(pairs.widening),
        "depth_drop_ratio": known(pairs.thinning),
        "vacuum_score": known(score),
    }
