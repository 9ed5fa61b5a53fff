"""What price did after each touch: looks forward, as only labels may."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.gold import LABELS
from lake_assets.catalog.rows import Frame
from lake_assets.kernels.labels import I8, NEVER, Barriers, follow_paths
from lake_assets.market.price import (
    NANOS_PER_MINUTE,
    NANOS_PER_SECOND,
    UNITS_PER_DOLLAR,
    UNITS_PER_TICK,
)
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import Direction, LabelReason, Outcome, TouchHours
from lake_assets.physics.contract import front_trades
from lake_assets.physics.order import ordered_ns
from lake_assets.physics.parameters import LabelParams, LabelPathParams
from lake_assets.physics.rounding import dollars
from lake_assets.physics.uniqueness import average_uniqueness

_FUTURE_NS: Final = 5 * NANOS_PER_MINUTE  # of future_price_5min, whatever the horizon is
TOUCH_KEYS: Final = ("event_id", "ts_event_ns", "level_kind", "level_u")
_ALWAYS: Final = (*TOUCH_KEYS, "label_reason", "label_horizon_end_ns")
_VALUES: Final = tuple(
    name for name in LABELS.dtypes.names() if name not in (*_ALWAYS, "avg_uniqueness")
)


def label_touches(
    touches: pl.DataFrame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    session: Session,
    params: LabelParams,
) -> pl.DataFrame:
    """Tell what followed each touch until the horizon, trade by trade.

    Returns the rows of `gold/labels`, in the touches' order. A touch is labelled only if its
    horizon ends within the hours and no silence falls before that; else every value is null and
    ``label_reason`` says why. Built as of a moment, a label whose horizon ends at or after that
    moment is not known: `DATA_GAP`, the data end first. ``avg_uniqueness`` is then null as well
    on the labels which one of those may yet share a second with.
    """
    trades = path_trades(es_trades, front_contract)
    horizon_ns = params.label_horizon_min * NANOS_PER_MINUTE
    barriers = barriers_at_level(touches, params.label_threshold_u, params)
    moved = barriers.up - barriers.down > 2 * params.label_threshold_u
    labels = (
        touches.select(TOUCH_KEYS)
        .with_columns(follow(touches, trades, barriers, horizon_ns, params))
        .with_columns(
            label_barrier_shifted=pl.Series(moved), future_u=_future_price(touches, trades)
        )
        .with_columns(**_knowable(closes_of(session, params), params))
        .with_columns(outcome=outcome(), label_end_ns=_label_end())
        .with_columns(pl.when(pl.col("label_reason") == LabelReason.OK).then(pl.col(_VALUES)))
    )
    weight = average_uniqueness(labels, _unknown_from(labels, params))
    return labels.with_columns(weight).select(LABELS.dtypes.names())


def path_trades(es_trades: Frame, front_contract: pl.DataFrame) -> pl.DataFrame:
    """The front contract's trades, which paths are made of.

    Raises:
        UnorderedInputError: the trades go back in time.
    """
    trades = front_trades(es_trades, front_contract)
    ordered_ns(trades, "ts_event_ns", "es_trades")
    return trades


def beyond_level(touches: pl.DataFrame) -> tuple[I8, I8]:
    """Sign of each touch's direction, and how far beyond its level it stands, units of $0.0001."""
    sign = np.where(touches["direction"].to_numpy() == Direction.UP, 1, -1)
    ticks = touches["price_ticks"].to_numpy().astype(np.int64)
    return sign, sign * (UNITS_PER_TICK * ticks - touches["level_e"].to_numpy())


def barriers_at_level(touches: pl.DataFrame, threshold_u: int, params: LabelPathParams) -> Barriers:
    """Both barriers of each touch: the threshold from the level, or from a touch beyond it.

    The band of a touch is wider than the threshold. Unless the barrier a touch stands at or past
    moves on, the next print would decide, and the label would tell of the touch, not of what
    followed.
    """
    sign, start = beyond_level(touches)
    outside = (np.abs(start) >= threshold_u) & params.label_shift_outside
    return Barriers(
        level_e=touches["level_e"].to_numpy(writable=True),
        sign=sign,
        up=threshold_u + np.where(outside, np.maximum(start, 0), 0),
        down=-threshold_u + np.where(outside, np.minimum(start, 0), 0),
    )


def closes_of(session: Session, params: LabelPathParams) -> int:
    """Where labels are cut; a session without regular hours has no touch to cut there."""
    if session.rth is None or params.touch_hours == TouchHours.globex:
        return session.hours.closes
    return session.rth.closes


def follow(
    touches: pl.DataFrame,
    trades: pl.DataFrame,
    barriers: Barriers,
    horizon_ns: int,
    params: LabelPathParams,
) -> pl.DataFrame:
    """Crossings, extremes and silences of each path, whether or not they may be told."""
    paths = follow_paths(
        trades["ts_event_ns"].to_numpy(writable=True),
        trades["price_ticks"].to_numpy(writable=True),
        touches["ts_event_ns"].to_numpy(writable=True),
        barriers,
        horizon_ns,
        params.label_gap_s * NANOS_PER_SECOND,
    )
    walked = pl.Series(paths.trades) > 0
    break_ns = _taken(trades["ts_event_ns"], paths.break_at)
    bounce_ns = _taken(trades["ts_event_ns"], paths.bounce_at)
    return pl.DataFrame(
        {
            "label_horizon_end_ns": touches["ts_event_ns"] + horizon_ns,
            "break_at": paths.break_at,
            "bounce_at": paths.bounce_at,
            "break_ns": break_ns,
            "bounce_ns": bounce_ns,
            "time_to_break_s": _seconds(break_ns - touches["ts_event_ns"]),
            "time_to_bounce_s": _seconds(bounce_ns - touches["ts_event_ns"]),
            "excursion_max": paths.highest / UNITS_PER_DOLLAR,
            "excursion_min": paths.lowest / UNITS_PER_DOLLAR,
            "silent": paths.silent,
        }
    ).with_columns(pl.when(walked).then(pl.col("excursion_max", "excursion_min")))


def _taken(values: pl.Series, places: I8) -> pl.Series:
    """Values at places, null where there is none."""
    at = pl.Series(places, dtype=pl.Int64)
    return values.gather(at.set(at < 0, None))


def _seconds(nanos: pl.Series) -> pl.Series:
    """The floats nearest to whole nanoseconds; divided by a column, for `dollars`' reason."""
    return nanos / (nanos * 0 + NANOS_PER_SECOND)


def _future_price(touches: pl.DataFrame, trades: pl.DataFrame) -> pl.Series:
    """Price of the last trade by then; a trade stamped at the end still counts."""
    ends = touches["ts_event_ns"].to_numpy() + _FUTURE_NS
    last = np.searchsorted(trades["ts_event_ns"].to_numpy(), ends, side="right") - 1
    ticks = _taken(trades["price_ticks"].cast(pl.Int64), last)
    return ticks * UNITS_PER_TICK - touches["basis_u"]


def known_until(closes: int, params: LabelPathParams) -> int:
    """The last stamp the data reach; data as of a moment end before it."""
    return closes if params.as_of_ns is None else min(closes, params.as_of_ns - 1)


def label_reason(closes: int, params: LabelPathParams) -> pl.Expr:
    """What can be told at all: past the close nothing, and nothing the data do not reach."""
    horizon = pl.col("label_horizon_end_ns")
    reason = (
        pl.when(horizon > closes)
        .then(pl.lit(LabelReason.PAST_CLOSE))
        .when((horizon > known_until(closes, params)) | pl.col("silent"))
        .then(pl.lit(LabelReason.DATA_GAP))
        .otherwise(pl.lit(LabelReason.OK))
    )
    return reason.cast(pl.Enum(LabelReason))


def outcome() -> pl.Expr:
    """Which barrier was crossed first, by the places of the crossing trades."""
    broke, bounced = pl.col("break_at") != NEVER, pl.col("bounce_at") != NEVER
    first = ~bounced | (pl.col("break_at") < pl.col("bounce_at"))
    decided = (
        pl.when(broke & first)
        .then(pl.lit(Outcome.BREAK))
        .when(bounced)
        .then(pl.lit(Outcome.BOUNCE))
        .otherwise(pl.lit(Outcome.CHOP))
    )
    return decided.cast(pl.Enum(Outcome))


def _label_end() -> pl.Expr:
    """When the first trade beyond a barrier decided, else the horizon's end."""
    return pl.min_horizontal("break_ns", "bounce_ns", "label_horizon_end_ns")


def _knowable(closes: int, params: LabelParams) -> dict[str, pl.Expr]:
    """The reason, whether the label is still to come, and the price five minutes on."""
    known_to = known_until(closes, params)
    horizon, future = pl.col("label_horizon_end_ns"), pl.col("ts_event_ns") + _FUTURE_NS
    return {
        "label_reason": label_reason(closes, params),
        "pending": (horizon > known_to) & (horizon <= closes),
        "future_price_5min": pl.when(future <= known_to).then(dollars(pl.col("future_u"))),
    }


def _unknown_from(labels: pl.DataFrame, params: LabelParams) -> int | None:
    """First touch the future will label: one seen already, else one still to come."""
    if params.as_of_ns is None:
        return None
    pending: list[int] = labels.filter("pending")["ts_event_ns"].to_list()
    return min([params.as_of_ns, *pending])
