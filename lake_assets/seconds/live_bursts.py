"""Bursts as they are lived through: what is known of them in each second."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.bursts import (
    BurstLimits,
    BurstRule,
    BurstTape,
    LiveBursts,
    walk_bursts,
)
from lake_assets.market.option_vocabulary import DteBucket
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.event_parameters import BurstParams
from lake_assets.seconds.quotes import in_spot_units
from lake_assets.seconds.readings import B1, I8, UNKNOWN, flags, floats, whole

LIVED: Final = (
    "session_date",
    "spot_price",
    "spot_observed",
    "rv_10s",
    "rv_120s",
    "dte_bucket",
)
"""Columns of a state that bursts are found in and named by."""


@dataclass(frozen=True, slots=True)
class LivedBursts:
    """One session's bursts, stretch by stretch; a reopened burst has several.

    ``spot`` is in units of its last decimal; ``seen`` where it was observed, ``known`` where it is
    known, observed or carried. ``first`` is each burst's first stretch, ``last`` its last.
    """

    spot: I8
    seen: B1
    known: B1
    stretches: LiveBursts
    first: I8
    last: I8

    @property
    def in_burst(self) -> B1:
        """Seconds from a trigger to the one in which the end is decided, both included."""
        return self.burst >= 0

    @property
    def burst(self) -> I8:
        """Which burst each second is in, -1 for none."""
        found = np.full(self.spot.size, UNKNOWN)
        spans = zip(self.stretches.trigger, self.stretches.decided, strict=True)
        for burst, (trigger, decided) in zip(self.stretches.burst, spans, strict=True):
            found[trigger : decided + 1] = burst
        return found

    def ids(self, option_state: pl.DataFrame, underlying: Underlying) -> pl.Series:
        """Name of each burst, after the second of its first trigger."""
        return event_ids(option_state, underlying, "burst", self.stretches.trigger[self.first])


def live_through(
    option_state: pl.DataFrame, underlying: Underlying, params: BurstParams
) -> LivedBursts:
    """Walk a session's seconds; each stretch depends on nothing after the end's decision."""
    spot = whole(
        option_state.select(in_spot_units(pl.col("spot_price"), underlying)).to_series(), 0
    )
    known = option_state["spot_price"].is_not_null().to_numpy(writable=True)
    seen = flags(option_state, "spot_observed")
    tape = BurstTape(
        spot=spot,
        known=known,
        seen=seen,
        rv_10=floats(option_state, "rv_10s"),
        rv_120=floats(option_state, "rv_120s"),
        bucket=bucket_places(option_state),
    )
    stretches = walk_bursts(tape, burst_limits(underlying, params), _rule(params))
    edges = np.flatnonzero(np.diff(stretches.burst, prepend=UNKNOWN, append=stretches.burst.size))
    return LivedBursts(spot, seen, known, stretches, edges[:-1], edges[1:] - 1)


def bucket_places(option_state: pl.DataFrame) -> I8:
    """Place of each second's days to expiry in a table by bucket, -1 where unknown."""
    buckets = option_state["dte_bucket"].cast(pl.Enum(DteBucket)).to_physical()
    return buckets.cast(pl.Int64).fill_null(UNKNOWN).to_numpy(writable=True)


def burst_limits(underlying: Underlying, params: BurstParams) -> BurstLimits:
    """The thresholds in the kernel's units."""
    decimals = underlying.spot_decimals
    return BurstLimits(
        points=least_units(params.burst_points, decimals),
        step=least_units(params.burst_step_points, decimals),
        end=least_units(params.burst_end_points, decimals),
        k1=np.array(params.burst_k1),
        k2=np.array(params.burst_k2),
    )


def least_units(points: Sequence[float], decimals: int) -> I8:
    """The least whole units that reach each threshold, exactly as it is written.

    A whole number reaches a threshold exactly when it reaches this, and is below it otherwise.
    """
    exact = (Decimal(str(value)).scaleb(decimals) for value in points)
    return np.array([int(value.to_integral_value(ROUND_CEILING)) for value in exact], np.int64)


def event_ids(
    option_state: pl.DataFrame, underlying: Underlying, what: str, places: I8
) -> pl.Series:
    """Names of events: the underlying, the date, the kind, and the second of session."""
    day = option_state["session_date"][0]
    names = [f"{underlying.name}_{day}_{what}_{place:05d}" for place in places]
    return pl.Series("event_id", names, dtype=pl.String)


def _rule(params: BurstParams) -> BurstRule:
    return BurstRule(
        warm_up=params.burst_warm_up_s,
        lookback=params.burst_lookback_s,
        merge_gap=params.burst_merge_gap_s,
        max_duration=params.burst_max_duration_s,
    )
