"""Falls that ended in fear: puts outran spot and books were pulled."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.option_events import FEAR_SPIKES
from lake_assets.kernels.bursts import LiveBursts, measure_moves
from lake_assets.kernels.fear import NEVER, CalmRule, FearTape, find_calm, largest_between
from lake_assets.kernels.quantiles import expanding_quantiles
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.bursts import rel_delta
from lake_assets.seconds.event_parameters import FearParams
from lake_assets.seconds.live_bursts import (
    LIVED,
    LivedBursts,
    bucket_places,
    event_ids,
    live_through,
)
from lake_assets.seconds.pinned_legs import PINNED, Moves, follow_legs
from lake_assets.seconds.readings import (
    B1,
    F8,
    I8,
    floats,
    known,
    read_seconds,
    taken,
    whole,
)

_PUT: Final = 1
_PEAK: Final = 2
_SLOTS: Final = ("_m2", "_m1", "", "_p1", "_p2")
_RATES: Final = tuple(
    f"{leg}_{rate}_rate_30s" for leg in ("ce", "pe") for rate in ("pull", "replenish")
)
_PUTS: Final = tuple(f"pe_{name}{slot}" for name in ("strike", "iv") for slot in _SLOTS)
FEARED: Final = ("timestamp", "known_at")
"""Columns of a state that fear is laid over."""

_READ: Final = (*FEARED, *LIVED, *PINNED, *_RATES, *_PUTS, "time_of_day")


def find_fear_spikes(
    option_state: pl.DataFrame | pl.LazyFrame,
    option_books: pl.DataFrame | pl.LazyFrame,
    underlying: Underlying,
    session: Session,
    params: FearParams,
) -> pl.DataFrame:
    """Judge each fall when its end is decided, and again whenever it is reopened and ends.

    Returns the rows of `gold/fear_spikes`, at most one a fall: its first success. Everything that
    decides is known by then; a reopened fall's later low says nothing of an earlier end.

    Raises:
        ComputationRefusedError: the state does not have one row for each second of the session.
    """
    state = read_seconds(option_state, _READ, session)
    lived = live_through(state, underlying, params)
    falls = _falls(lived.stretches)
    onset = falls.decided
    low = measure_moves(lived.spot, lived.seen, falls.start, onset, falls.direction)[0]
    pairs = follow_legs(Moves(falls.start, onset, low), state, option_books, underlying, params)
    put_move = pairs.mid[:, _PUT, _PEAK] - pairs.mid[:, _PUT, 0]
    share = rel_delta(put_move, lived.spot[low] - lived.spot[falls.start], underlying)
    theta_put = np.array(params.theta_put)[bucket_places(state)[falls.start]]
    rates = _pull_rates(state, falls.start, onset, params)
    afraid = (np.abs(share) >= theta_put) & (rates[0] >= rates[1])
    chosen = _first_of_each(falls.burst, afraid)
    calm = find_calm(
        _tape(state, lived),
        falls.start[chosen],
        onset[chosen],
        np.array(params.burst_k2)[bucket_places(state)[falls.start[chosen]]],
        CalmRule(params.calm_wait_s, params.calm_hold_s, params.fear_longest_s),
    )
    declared = FEAR_SPIKES.of(underlying.name).dtypes
    frame = pl.DataFrame(
        {
            "event_id": event_ids(state, underlying, "fear", onset[chosen]),
            "burst_id": lived.ids(state, underlying).gather(falls.burst[chosen]),
            **_decay(state, onset[chosen], calm, params),
            "pe_rel_delta_peak": known(share[chosen]),
            "theta_put": pl.Series(theta_put[chosen]),
            "pull_rate_max": known(rates[0][chosen]),
            "theta_pull": known(rates[1][chosen]),
            **_put(state, falls.start[chosen], low[chosen]),
            "dte_bucket": taken(state, "dte_bucket", onset[chosen]),
            "time_of_day": taken(state, "time_of_day", onset[chosen]),
        }
    )
    return frame.select(declared.names()).cast(declared)


def fear_active(option_state: pl.DataFrame, fear_spikes: pl.DataFrame) -> B1:
    """Seconds from an onset to its decay, or to where it was given up; both included."""
    active = np.zeros(option_state.height, np.bool_)
    onsets = option_state["timestamp"].search_sorted(fear_spikes["onset_time"])
    lasts = option_state["known_at"].search_sorted(fear_spikes["known_at"])
    for onset, last in zip(onsets.to_list(), lasts.to_list(), strict=True):
        active[onset : last + 1] = True
    return active


def _falls(stretches: LiveBursts) -> LiveBursts:
    down = stretches.direction < 0
    return LiveBursts(*(column[down] for column in stretches))


def _first_of_each(burst: I8, met: B1) -> I8:
    """Places at which it is met first in each burst."""
    places = np.flatnonzero(met)
    _, first = np.unique(burst[places], return_index=True)
    return places[first]


def _pull_rates(
    option_state: pl.DataFrame, start: I8, onset: I8, params: FearParams
) -> tuple[F8, F8]:
    """Largest pull rate of either right in each fall, and what it must reach; NaN if unknown."""
    rate = np.maximum(*(floats(option_state, f"{leg}_pull_rate_30s") for leg in ("ce", "pe")))
    before, place = np.unique(start, return_inverse=True)  # stretches of one fall share a start
    usual = expanding_quantiles(rate, ~np.isnan(rate), before, params.pull_rate_share)[place]
    return largest_between(rate, start, onset), np.maximum(params.pull_rate_floor_per_s, usual)


def _tape(option_state: pl.DataFrame, lived: LivedBursts) -> FearTape:
    def mean_of(rate: str) -> F8:
        both: F8 = (floats(option_state, f"ce_{rate}") + floats(option_state, f"pe_{rate}")) / 2
        return both

    return FearTape(
        spot=lived.spot,
        known=lived.known,
        rv_10=floats(option_state, "rv_10s"),
        rv_120=floats(option_state, "rv_120s"),
        pulls=mean_of("pull_rate_30s"),
        replenishes=mean_of("replenish_rate_30s"),
    )


def _decay(
    option_state: pl.DataFrame, onset: I8, calm: I8, params: FearParams
) -> dict[str, pl.Series]:
    """When fear was over; whether it was so soon is unknown if the session ended first."""
    last = option_state.height - 1
    reached = calm != NEVER
    took = pl.Series(calm - onset).set(pl.Series(~reached), None)
    unseen = pl.Series(~reached & (onset + params.exhausted_s > last))
    longest = np.minimum(onset + params.fear_longest_s, last)
    return {
        "onset_time": taken(option_state, "timestamp", onset),
        "decay_time": taken(option_state, "timestamp", calm),
        "decay_time_s": took,
        "censored": pl.Series(~reached),
        "exhausted_60s": (took <= params.exhausted_s).fill_null(value=False).set(unseen, None),
        "known_at": taken(option_state, "known_at", np.where(reached, calm, longest)),
    }


def _put(option_state: pl.DataFrame, start: I8, low: I8) -> dict[str, pl.Series]:
    """The pinned put, and how its volatility changed while a slot of the state held it."""
    strike = whole(taken(option_state, "pe_strike", start))
    expiry = whole(taken(option_state, "expiry", start).to_physical())
    change = _volatility(option_state, strike, expiry, low)
    change -= _volatility(option_state, strike, expiry, start)
    return {"pe_strike": pl.Series(strike), "pe_iv_change": known(change)}


def _volatility(option_state: pl.DataFrame, strike: I8, expiry: I8, places: I8) -> F8:
    """Volatility of a put in a second, from whichever slot holds it; NaN if none does."""
    found = np.full(places.size, np.nan)
    same_expiry = whole(option_state["expiry"].to_physical())[places] == expiry
    for slot in _SLOTS:
        here = whole(option_state[f"pe_strike{slot}"])[places] == strike
        values = floats(option_state, f"pe_iv{slot}")[places]
        found = np.where(here & same_expiry & np.isnan(found), values, found)
    return found
