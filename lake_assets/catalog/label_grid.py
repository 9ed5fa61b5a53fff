"""Gold: labels of every touch for several moves, horizons and anchors, in one long table."""

from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Dataset, KnownAt, Layer
from lake_assets.catalog.schema import DOLLARS, NANOS, Role, column
from lake_assets.catalog.touch import TOUCH_ORDER, TouchKeySchema
from lake_assets.market.vocabulary import Anchor, LabelReason, Outcome

_LABEL: Final = Role.LABEL
_PLACE: Final = Role.PROVENANCE


class LabelGridSchema(TouchKeySchema):
    """What price did after each touch, one row a touch, anchor, threshold and horizon."""

    anchor: pl.Enum = column("where barriers are measured from", enum=Anchor, role=_PLACE)
    threshold: pl.Float64 = column("move that decides", unit=DOLLARS, gt=0, role=_PLACE)
    horizon_min: pl.Int32 = column("how far the label looks", unit="min", gt=0, role=_PLACE)
    outcome: pl.Enum = column(
        "what happened first", enum=Outcome, null="label_reason is not OK", role=_LABEL
    )
    hit_ns: pl.Int64 = column(
        "time of the deciding trade",
        unit=NANOS,
        null="outcome is CHOP, or label_reason is not OK",
        gt=0,
        role=_LABEL,
    )
    label_reason: pl.Enum = column("why there is a label, or none", enum=LabelReason, role=_LABEL)
    label_horizon_end_ns: pl.Int64 = column("when the label is known", unit=NANOS, role=_LABEL)


LABEL_GRID: Final = Dataset(
    name="label_grid",
    layer=Layer.GOLD,
    schema=LabelGridSchema,
    sort_by=(*TOUCH_ORDER, "anchor", "threshold", "horizon_min"),
    version="1",
    known_at=KnownAt("label_horizon_end_ns", included=True),
)
