"""What price did after each touch, asked for several moves, horizons and anchors."""

from collections.abc import Iterator
from itertools import product

import polars as pl

from lake_assets.catalog.label_grid import LABEL_GRID
from lake_assets.catalog.rows import Frame
from lake_assets.kernels.labels import Barriers
from lake_assets.market.price import NANOS_PER_MINUTE
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import Anchor, LabelReason
from lake_assets.physics.labels import (
    TOUCH_KEYS,
    barriers_at_level,
    beyond_level,
    closes_of,
    follow,
    label_reason,
    outcome,
    path_trades,
)
from lake_assets.physics.parameters import LabelGridParams, LabelPathParams
from lake_assets.physics.rounding import dollars


def label_touches_by_grid(
    touches: pl.DataFrame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    session: Session,
    params: LabelGridParams,
) -> pl.DataFrame:
    """Tell what followed each touch, once for every anchor, threshold and horizon.

    Returns the rows of `gold/label_grid`, in its order. Each horizon has its own reason: a late
    touch has a label for a short one and none for a long one. ``hit_ns`` is null on a CHOP.
    """
    trades = path_trades(es_trades, front_contract)
    told = pl.col("label_reason") == LabelReason.OK
    return (
        pl.concat(_cells(touches, trades, params))
        .with_columns(
            threshold=dollars(pl.col("threshold_u")),
            label_reason=label_reason(closes_of(session, params), params),
            outcome=outcome(),
            hit_ns=pl.min_horizontal("break_ns", "bounce_ns"),
        )
        .with_columns(pl.when(told).then(pl.col("outcome", "hit_ns")))
        .select(LABEL_GRID.dtypes.names())
        .sort(LABEL_GRID.sort_by, maintain_order=True)
    )


def _cells(
    touches: pl.DataFrame, trades: pl.DataFrame, params: LabelGridParams
) -> Iterator[pl.DataFrame]:
    """What followed each touch, a frame for each anchor, threshold and horizon."""
    for anchor, threshold_u in product(Anchor, params.grid_thresholds_u):
        barriers = barriers_from(anchor, touches, threshold_u, params)
        for minutes in params.grid_horizons_min:
            yield touches.select(TOUCH_KEYS).with_columns(
                follow(touches, trades, barriers, minutes * NANOS_PER_MINUTE, params),
                anchor=pl.lit(anchor, pl.Enum(Anchor)),
                threshold_u=pl.lit(threshold_u),
                horizon_min=pl.lit(minutes, pl.Int32),
            )


def barriers_from(
    anchor: Anchor, touches: pl.DataFrame, threshold_u: int, params: LabelPathParams
) -> Barriers:
    """Both barriers of each touch, from the level or from the touching price.

    From the touching price they are symmetric, so the outcome does not tell how far from the level
    the touch was.
    """
    if anchor is Anchor.LEVEL:
        return barriers_at_level(touches, threshold_u, params)
    sign, start = beyond_level(touches)
    level_e = touches["level_e"].to_numpy(writable=True)
    return Barriers(level_e, sign, up=start + threshold_u, down=start - threshold_u)
