"""What all sessions together say: labels of bursts, and how often and how large things are."""

from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Cut, Dataset, Layer
from lake_assets.catalog.family import MARKET_TRUTH
from lake_assets.catalog.schema import COUNT, LakeSchema, Role, column
from lake_assets.market.option_vocabulary import BurstLabel, Regime
from lake_assets.market.truth_vocabulary import (
    CiMethod,
    DteSlice,
    RegimeSlice,
    Statistic,
    Subject,
    TimeSlice,
)

_LOTS_PER_S: Final = "lots per s"
_SCORE: Final = "score"
_NO_PRIOR: Final = "no earlier session has a burst with both scores"
_NO_BOUND: Final = "too little was seen, or no interval is made of such a number"


class BurstLabelsSchema(LakeSchema):
    """Whether each burst was traded or ran through an empty book, as earlier sessions judge it."""

    event_id: pl.String = column("name of the burst", role=Role.PROVENANCE)
    regime_before: pl.Enum = column(
        "regime of the second before its start", enum=Regime, null="that second has none"
    )
    label: pl.Enum = column(
        "traded, through an empty book, both or neither",
        enum=BurstLabel,
        null="n_prior is below 20, or one of its scores is null",
    )
    tps_q30: pl.Float64 = column("0.3 quantile of tps", unit=_LOTS_PER_S, ge=0, null=_NO_PRIOR)
    tps_q70: pl.Float64 = column("0.7 quantile of tps", unit=_LOTS_PER_S, ge=0, null=_NO_PRIOR)
    vacuum_q30: pl.Float64 = column(
        "0.3 quantile of vacuum_score", unit=_SCORE, ge=0, null=_NO_PRIOR
    )
    vacuum_q70: pl.Float64 = column(
        "0.7 quantile of vacuum_score", unit=_SCORE, ge=0, null=_NO_PRIOR
    )
    n_prior: pl.Int64 = column(
        "bursts of earlier sessions with both scores: those of the quantiles", unit=COUNT, ge=0
    )


class TruthTablesSchema(LakeSchema):
    """How often what happened, how large and how long it was, slice by slice, over all sessions."""

    underlying: pl.String = column("whose options")
    dte_bucket: pl.Enum = column("days to expiry, in bands", enum=DteSlice)
    time_of_day: pl.Enum = column("part of the session", enum=TimeSlice)
    regime: pl.Enum = column("regime; of an event, the one before its start", enum=RegimeSlice)
    subject: pl.Enum = column("what the statistic is about", enum=Subject)
    measure: pl.String = column("which of its numbers")
    statistic: pl.Enum = column("what was made of them", enum=Statistic)
    value: pl.Float64 = column("the statistic", unit="as `unit` says", null="nothing was seen")
    unit: pl.String = column("unit of value and bounds")
    n: pl.Int64 = column("observations it is made of", unit=COUNT, ge=0)
    n_days: pl.Int32 = column("sessions they are of", unit=COUNT, ge=0)
    ci_low: pl.Float64 = column("lower bound, 95 %", unit="as `unit` says", null=_NO_BOUND)
    ci_high: pl.Float64 = column("upper bound, 95 %", unit="as `unit` says", null=_NO_BOUND)
    ci_method: pl.Enum = column("how the bounds were found", enum=CiMethod, null="there are none")
    low_sample: pl.Boolean = column("whether n is below 20")


BURST_LABELS: Final = Dataset(
    name="burst_labels",
    layer=Layer.GOLD,
    room=MARKET_TRUTH,
    schema=BurstLabelsSchema,
    sort_by=("event_id",),
    version="1",
    cut=Cut.WHOLE,
    fresh_within=None,
)
_KEYS: Final = (
    "underlying",
    "dte_bucket",
    "time_of_day",
    "regime",
    "subject",
    "measure",
    "statistic",
)
TRUTH_TABLES: Final = Dataset(
    name="truth_tables",
    layer=Layer.GOLD,
    room=MARKET_TRUTH,
    schema=TruthTablesSchema,
    sort_by=_KEYS,
    version="1",
    cut=Cut.WHOLE,
    fresh_within=None,
    nested_by=_KEYS,
)
