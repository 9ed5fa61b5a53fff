"""Pockets of quiet: stretches in which nothing much happened, holes of a few seconds joined."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.option_events import CHOP_POCKETS
from lake_assets.kernels.chop import measure_pockets
from lake_assets.kernels.runs import find_runs
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.event_parameters import ChopParams
from lake_assets.seconds.fear import FEARED, fear_active
from lake_assets.seconds.live_bursts import LIVED, event_ids, live_through
from lake_assets.seconds.quiet import QUIET, quiet_seconds
from lake_assets.seconds.readings import (
    floats,
    in_points,
    known,
    read_seconds,
    taken,
    whole,
)

_READ: Final = (*LIVED, *QUIET, *FEARED, "opt_vol_1s", "time_of_day")


def find_chop_pockets(
    option_state: pl.DataFrame | pl.LazyFrame,
    fear_spikes: pl.DataFrame,
    underlying: Underlying,
    session: Session,
    params: ChopParams,
) -> pl.DataFrame:
    """Find the pockets of a session in which no burst and no fear was on.

    Returns the rows of `gold/chop_pockets`. A pocket has ended once a hole is too long to join.

    Raises:
        ComputationRefusedError: the state does not have one row for each second of the session.
    """
    state = read_seconds(option_state, _READ, session)
    lived = live_through(state, underlying, params)
    fear = fear_active(state, fear_spikes)
    quiet = quiet_seconds(state, lived.in_burst, fear, params)
    spans = find_runs(quiet.active, params.pocket_max_hole_s)
    spans = spans[spans[:, 1] - spans[:, 0] >= params.pocket_min_s]
    first, last = spans[:, 0], spans[:, 1]
    ended, closes = last + params.pocket_max_hole_s + 1, state.height - 1
    measured = measure_pockets(
        floats(state, "rv_30s"),
        lived.spot,
        lived.seen,
        whole(state["opt_vol_1s"]),
        spans,
    )
    volume = np.where(measured.volume < 0, np.nan, measured.volume)
    reach = np.where(measured.spread < 0, np.nan, in_points(measured.spread, underlying))
    declared = CHOP_POCKETS.of(underlying.name).dtypes
    frame = pl.DataFrame(
        {
            "event_id": event_ids(state, underlying, "chop", first),
            "start_time": taken(state, "timestamp", first),
            "end_time": taken(state, "timestamp", last),
            "duration_s": pl.Series(last - first),
            "censored": pl.Series(ended > closes),
            "mean_rv_30s": known(measured.mean_rv),
            "range_points": known(reach),
            "opt_vol_lots": known(volume / underlying.lot_size_on(session.day)),
            "theta_rv": pl.Series(quiet.theta_rv[first]),
            "theta_vol": pl.Series(quiet.theta_vol[first]),
            "theta_spread": pl.Series(quiet.theta_spread[first]),
            "dte_bucket": taken(state, "dte_bucket", first),
            "time_of_day": taken(state, "time_of_day", first),
            "known_at": taken(state, "known_at", np.minimum(ended, closes)),
        }
    )
    return frame.select(declared.names()).cast(declared)
