"""Gold: joined, scored, labelled; the tables people train on."""

from collections.abc import Iterable, Sequence
from typing import Final, cast

import polars as pl

from lake_assets.catalog.dataset import Cut, Dataset, KnownAt, Layer
from lake_assets.catalog.schema import (
    COUNT,
    DOLLARS,
    NANOS,
    SECONDS,
    SHARE,
    Declared,
    LakeSchema,
    Role,
    column,
    declared_by,
)
from lake_assets.catalog.touch import (
    TOUCH_KNOWN,
    TOUCH_ORDER,
    BarrierSchema,
    FuelSchema,
    RunwaySchema,
    ScoreSchema,
    TapeSchema,
    TouchesSchema,
    TouchKeySchema,
)
from lake_assets.market.vocabulary import LabelReason, Outcome

_NOT_OK: Final = "label_reason is not OK"
_NEVER: Final = "not crossed within the horizon, or label_reason is not OK"
_LABEL: Final = Role.LABEL
_PLACE: Final = Role.PROVENANCE


class LabelsSchema(TouchKeySchema):
    """What price did after each touch, one row a touch; looks forward, as only labels may."""

    outcome: pl.Enum = column("what happened first", enum=Outcome, null=_NOT_OK, role=_LABEL)
    future_price_5min: pl.Float64 = column(
        "last trade within 5 minutes of the touch", unit=DOLLARS, null=_NOT_OK, role=_LABEL
    )
    excursion_max: pl.Float64 = column(
        "largest move beyond the level, signed by direction",
        unit=DOLLARS,
        null=_NOT_OK,
        role=_LABEL,
    )
    excursion_min: pl.Float64 = column(
        "smallest move beyond the level, signed by direction",
        unit=DOLLARS,
        null=_NOT_OK,
        role=_LABEL,
    )
    label_reason: pl.Enum = column("why there is a label, or none", enum=LabelReason, role=_LABEL)
    label_barrier_shifted: pl.Boolean = column(
        "whether the touch stood beyond a barrier, which moved", null=_NOT_OK, role=_LABEL
    )
    time_to_break_s: pl.Float64 = column(
        "first crossing of the break barrier", unit=SECONDS, null=_NEVER, role=_LABEL, gt=0
    )
    time_to_bounce_s: pl.Float64 = column(
        "first crossing of the bounce barrier", unit=SECONDS, null=_NEVER, role=_LABEL, gt=0
    )
    label_end_ns: pl.Int64 = column(
        "deciding trade, else the horizon's end", unit=NANOS, null=_NOT_OK, role=_LABEL
    )
    label_horizon_end_ns: pl.Int64 = column("when the label is known", unit=NANOS, role=_LABEL)
    avg_uniqueness: pl.Float64 = column(
        "mean share of its seconds that are its own",
        unit=SHARE,
        null=_NOT_OK,
        role=_LABEL,
        gt=0,
        le=1,
    )


SEED_COLUMNS: Final = tuple(
    """
    event_id ts_event_ns date symbol level_price level_kind level_id direction distance spot
    is_first_15m is_opening_range dist_to_sma_200 dist_to_sma_400 dist_to_vwap session_position
    barrier_state barrier_delta_liq barrier_replenishment_ratio barrier_added barrier_canceled
    barrier_filled wall_ratio depth_in_zone churn
    tape_imbalance tape_buy_vol tape_sell_vol tape_velocity tape_sweep_detected
    tape_sweep_direction tape_sweep_notional
    gamma_exposure fuel_effect fuel_net_dealer_gamma fuel_call_wall fuel_put_wall fuel_hvl
    fuel_call_gamma fuel_put_gamma
    break_score_raw break_score_smooth liquidity_score hedge_score tape_score signal confidence
    runway_direction runway_next_level_price runway_distance runway_quality
    outcome future_price_5min excursion_max excursion_min
    """.split()  # noqa: SIM905 - sixty names read best as lines of text
)
EXTRA_COLUMNS: Final = tuple(
    """
    minute_ns level_known_at_ns episode_id episode_seq is_first_of_episode is_entry front_symbol
    front_method conversion basis basis_age_s
    book_updates book_coverage_s barrier_hidden barrier_zone_prices barrier_masked_updates
    tape_price_slope tape_unknown_vol tape_trades
    fuel_volume fuel_gamma_share fuel_flow_z
    score_components confidence_liquidity confidence_tape confidence_hedge runway_next_level_kind
    label_reason label_barrier_shifted time_to_break_s time_to_bounce_s label_end_ns
    label_horizon_end_ns avg_uniqueness
    """.split()  # noqa: SIM905 - as above
)

ENGINES: Final = (TouchesSchema, BarrierSchema, TapeSchema, FuelSchema, ScoreSchema, RunwaySchema)


def _own(schema: type[LakeSchema]) -> list[str]:
    keys = declared_by(TouchKeySchema)
    return [name for name in declared_by(schema) if name not in keys]


class _SignalsProvenanceSchema(LakeSchema):
    """Columns of `signals` that no engine owns."""

    schema_version: pl.String = column("version of this table's declaration", role=_PLACE)
    params_hash: pl.String = column("hash of every parameter of the run", role=_PLACE)
    inputs_hash: pl.String = column("hash of the tables the row was made from", role=_PLACE)


class _FoldSchema(LakeSchema):
    """How a row may be used in walk-forward validation."""

    fold: pl.Int32 = column(
        "block of sessions the row belongs to, from 0",
        unit=COUNT,
        null="fewer sessions than blocks",
        role=_PLACE,
        ge=0,
    )
    fold_train_mask: pl.Int64 = column(
        "bit k set: the row may train for test block k",
        unit="bits",
        null="fewer sessions than blocks",
        role=_PLACE,
        ge=0,
    )


def _gather(
    summary: str, owners: Iterable[type[LakeSchema]], order: Sequence[str]
) -> type[LakeSchema]:
    """One schema from columns declared elsewhere, each keeping its meaning and checks."""
    fields: Declared = {}
    for owner in owners:
        fields |= declared_by(owner)
    types = {name: fields[name][0] for name in order}
    checks = {name: fields[name][1] for name in order}
    space = {"__doc__": summary, "__module__": __name__, "__annotations__": types, **checks}
    return cast("type[LakeSchema]", type("Gathered", (LakeSchema,), space))


_SIGNAL_COLUMNS: Final = (*SEED_COLUMNS, *EXTRA_COLUMNS, *_own(_SignalsProvenanceSchema))
_SIGNAL_OWNERS: Final = (*ENGINES, LabelsSchema, _SignalsProvenanceSchema)

LABELS: Final = Dataset(
    name="labels",
    layer=Layer.GOLD,
    schema=LabelsSchema,
    sort_by=TOUCH_ORDER,
    version="1",
    # how unique a label is depends on labels that begin before it ends, and on theirs
    known_at=KnownAt("label_horizon_end_ns", included=True, completed_later=("avg_uniqueness",)),
)
SIGNALS: Final = Dataset(
    name="signals",
    layer=Layer.GOLD,
    room="research",
    schema=_gather(
        "Every touch of a session with its features and labels, one row a touch.",
        _SIGNAL_OWNERS,
        _SIGNAL_COLUMNS,
    ),
    sort_by=("ts_event_ns", "level_kind", "level_price"),
    version="1",
    known_at=TOUCH_KNOWN,
)
SIGNALS_MULTI_DAY: Final = Dataset(
    name="signals_multi_day",
    layer=Layer.GOLD,
    room="research",
    schema=_gather(
        "Every touch of every materialized session, cut into walk-forward folds.",
        (*_SIGNAL_OWNERS, _FoldSchema),
        (*_SIGNAL_COLUMNS, *_own(_FoldSchema)),
    ),
    sort_by=("date", "ts_event_ns", "level_kind", "level_price"),
    version="1",
    cut=Cut.WHOLE,
    fresh_within=None,
)
