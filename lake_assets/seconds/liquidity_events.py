"""What happened to the resting size of the two at-the-money options."""

from collections.abc import Iterator
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.option_events import LIQUIDITY_EVENTS
from lake_assets.kernels.runs import find_runs
from lake_assets.kernels.vacuums import VacuumRule, find_vacuums
from lake_assets.market.option_vocabulary import LiquidityEventType, OptionType
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.event_parameters import LiquidityParams
from lake_assets.seconds.live_bursts import LIVED, live_through
from lake_assets.seconds.option_leg import OptionLeg, leg_columns
from lake_assets.seconds.readings import I8, read_seconds, taken, whole

_SIDES: Final = {
    LiquidityEventType.BID_PULL: "bid",
    LiquidityEventType.ASK_PULL: "ask",
    LiquidityEventType.BID_REPLENISH: "bid",
    LiquidityEventType.ASK_REPLENISH: "ask",
}
_KEPT: Final = ("expiry", "dte_bucket", "time_of_day")
_OF_SECONDS: Final = ("timestamp", "known_at", *_KEPT)
_PULLS: Final = (LiquidityEventType.BID_PULL, LiquidityEventType.ASK_PULL)
_MEASURED: Final = {
    "second": pl.Int64,
    "last": pl.Int64,
    "known": pl.Int64,
    "in_vacuum": pl.Boolean,
    "magnitude": pl.Float64,
    "depth_before": pl.Int64,
    "depth_after": pl.Int64,
    "spread_before": pl.Float64,
    "spread_after": pl.Float64,
    "vol_delta": pl.Int64,
}


def find_liquidity_events(
    option_state: pl.DataFrame | pl.LazyFrame,
    underlying: Underlying,
    session: Session,
    params: LiquidityParams,
) -> pl.DataFrame:
    """List pulls, replenishes, collapses and flickers of both rights.

    Returns the rows of `gold/liquidity_events`, by time, calls before puts, and kind. Whether a
    pull belongs to a collapse shows a few seconds later, so every pull is known only then.

    Raises:
        ComputationRefusedError: the state does not have one row for each second of the session.
    """
    read = (*_OF_SECONDS, *LIVED, *leg_columns(underlying))
    state = read_seconds(option_state, read, session)
    rule = vacuum_rule(params, underlying.lot_size_on(session.day))
    legs = [OptionLeg(state, underlying, right) for right in OptionType]
    found = pl.concat([events for leg in legs for events in _events(leg, rule)])
    in_burst = live_through(state, underlying, params).in_burst
    declared = LIQUIDITY_EVENTS.of(underlying.name).dtypes
    return (
        found.with_columns(_of_seconds(found, state))
        .with_columns(_ids(underlying, session), in_burst=in_burst[found["second"].to_numpy()])
        .select(declared.names())
        .cast(declared)
        .sort("timestamp", "leg", "event_type")
    )


def vacuum_rule(params: LiquidityParams, lot_size: int) -> VacuumRule:
    """The parameters in the kernel's units."""
    return VacuumRule(
        lookback=params.vacuum_lookback_s,
        rest=params.vacuum_rest_s,
        fall_pct=params.vacuum_fall_pct,
        widen_pct=params.vacuum_widen_pct,
        volume=params.vacuum_max_lots * lot_size,
    )


def _events(leg: OptionLeg, rule: VacuumRule) -> Iterator[pl.DataFrame]:
    """Rows of each kind; ``second``, ``last`` and ``known`` are places."""
    vacuums = find_vacuums(leg.tape(), rule)
    emptied = np.zeros(leg.state.height, np.bool_)
    for second in vacuums[:, 0].tolist():
        emptied[second - rule.lookback : second + 1] = True
    for kind in _SIDES:
        places = np.flatnonzero(leg.met(kind))
        is_pull = kind in _PULLS
        yield _rows(
            leg,
            kind,
            second=places,
            last=places,
            known=places + (rule.lookback if is_pull else 0),
            in_vacuum=emptied[places] & is_pull,
            **_change(leg, kind, places),
        )
    yield _rows(leg, LiquidityEventType.VACUUM, **_collapses(leg, vacuums, rule))
    yield _rows(leg, LiquidityEventType.FLICKER, **_flickers(leg))


def _rows(leg: OptionLeg, kind: LiquidityEventType, **columns: object) -> pl.DataFrame:
    return pl.DataFrame(columns, schema_overrides=_MEASURED).with_columns(
        leg=pl.lit(leg.right.value, dtype=pl.Enum(OptionType)),
        event_type=pl.lit(kind.value, dtype=pl.Enum(LiquidityEventType)),
        strike=leg.at("strike", np.asarray(columns["second"])),
    )


def _change(leg: OptionLeg, kind: LiquidityEventType, places: I8) -> dict[str, object]:
    """What a pull or a replenish did to its side, against the second before."""
    depth = leg.depth(_SIDES[kind])
    before, after = depth[places - 1], depth[places]
    return {
        "magnitude": np.abs(after - before) / before,
        "depth_before": before,
        "depth_after": after,
        "spread_before": leg.at("spread", places - 1),
        "spread_after": leg.at("spread", places),
        "vol_delta": leg.at("vol_delta", places),
    }


def _collapses(leg: OptionLeg, vacuums: I8, rule: VacuumRule) -> dict[str, object]:
    """What was left of the fullest book, and how far the narrowest spread had opened."""
    places, fullest = vacuums[:, 0], vacuums[:, 1]
    resting = leg.resting()
    before, after = resting[fullest], resting[places]
    spreads = [
        leg.at("spread", places - lag).alias(str(lag)) for lag in range(1, rule.lookback + 1)
    ]
    traded = np.concatenate(([0], np.cumsum(whole(leg.column("vol_delta"), 0))))
    return {
        "second": places,
        "last": places,
        "known": places,
        "in_vacuum": np.zeros(places.size, np.bool_),
        "magnitude": (before - after) / before,
        "depth_before": before,
        "depth_after": after,
        "spread_before": pl.DataFrame(spreads).min_horizontal(),
        "spread_after": leg.at("spread", places),
        "vol_delta": traded[places + 1] - traded[fullest + 1],
    }


def _flickers(leg: OptionLeg) -> dict[str, object]:
    """Runs of flickering seconds; that one has ended shows in the second after."""
    runs = find_runs(leg.met("flicker_30s"), 0)
    first, last = runs[:, 0], runs[:, 1]
    volume = leg.column("vol_delta")
    parts = [volume[a : b + 1] for a, b in runs.tolist()]
    nothing = pl.Series([None] * first.size)
    return {
        "second": first,
        "last": last,
        "known": last + 1,
        "in_vacuum": np.zeros(first.size, np.bool_),
        "magnitude": nothing,
        "depth_before": nothing,
        "depth_after": nothing,
        "spread_before": leg.at("spread", first),
        "spread_after": leg.at("spread", last),
        "vol_delta": pl.Series([None if part.has_nulls() else part.sum() for part in parts]),
    }


def _of_seconds(found: pl.DataFrame, option_state: pl.DataFrame) -> list[pl.Series]:
    """What the state says of the first, the last and the deciding second of each event."""
    second, last, known = (found[name].to_numpy() for name in ("second", "last", "known"))
    decided = np.minimum(known, option_state.height - 1)
    return [
        taken(option_state, "timestamp", second),
        taken(option_state, "timestamp", last).alias("end_time"),
        pl.Series("duration_s", last - second),
        taken(option_state, "known_at", decided),
        *(taken(option_state, name, second) for name in _KEPT),
    ]


def _ids(underlying: Underlying, session: Session) -> pl.Expr:
    """Names of events: underlying, date, kind, leg and second of session."""
    second = pl.col("second").cast(pl.String).str.zfill(5)
    kind, leg = (pl.col(name).cast(pl.String) for name in ("event_type", "leg"))
    whose = pl.lit(f"{underlying.name}_{session.day}")
    return pl.concat_str(whose, kind, leg, second, separator="_").alias("event_id")
