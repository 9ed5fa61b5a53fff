"""Macro series: observations as they were retrieved, with changes inside each vintage."""

from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Cut, Dataset, Layer
from lake_assets.catalog.schema import LakeSchema, Role, column
from lake_assets.catalog.statistics import Statistics
from lake_assets.market.macro_vocabulary import Frequency, MacroLayout, MacroUnit

_PLACE: Final = Role.PROVENANCE
_UNIT: Final = "as `unit` says"
_POINTS: Final = "percent_points"


def _no_change(frequency: str, kind: str) -> str:
    return f"not a {frequency} {kind} series, or nothing to compare with in the vintage"


class MacroPrintsSchema(LakeSchema):
    """Values of macro series as their files give them, one row a series and date."""

    observation_date: pl.Date = column("date the value is of, as the file has it")
    retrieval_date: pl.Date = column("date the file was retrieved")
    series: pl.String = column("series, as the file calls it")
    value: pl.Float64 = column("the value", unit="the series' own")
    layout: pl.Enum = column("layout of the file", enum=MacroLayout, role=_PLACE)
    file: pl.String = column("name of the file: rows of one file are one vintage", role=_PLACE)


class MacroSeriesSchema(LakeSchema):
    """What macro series said on each retrieval date, one row an observation."""

    observation_date: pl.Date = column("date the value is of; a month's is its first")
    retrieval_date: pl.Date = column("date it was retrieved")
    symbol: pl.String = column("the series' symbol, as ^GSPC")
    name: pl.String = column("the series in words")
    asset_class: pl.String = column("what kind of thing it measures")
    unit: pl.Enum = column("unit of value", enum=MacroUnit)
    frequency: pl.Enum = column("how often it is observed", enum=Frequency)
    is_rate: pl.Boolean = column("whether its changes are told in points, not percent")
    publication_lag_days: pl.Int32 = column(
        "days from an observation date to its publication, at most", unit="days", ge=0
    )
    source_id: pl.String = column("the series, as its file calls it", role=_PLACE)
    value: pl.Float64 = column("the value", unit=_UNIT)
    daily_change_pct: pl.Float64 = column(
        "against the observation before", unit=_POINTS, null=_no_change("Daily", "non-rate")
    )
    mom_change_pct: pl.Float64 = column(
        "against the calendar month before", unit=_POINTS, null=_no_change("Monthly", "non-rate")
    )
    yoy_change_pct: pl.Float64 = column(
        "against exactly twelve months before",
        unit=_POINTS,
        null=_no_change("Monthly or Quarterly", "non-rate"),
    )
    daily_change_level: pl.Float64 = column(
        "against the observation before", unit=_POINTS, null=_no_change("Daily", "rate")
    )
    mom_change_level: pl.Float64 = column(
        "against the calendar month before", unit=_POINTS, null=_no_change("Monthly", "rate")
    )
    yoy_change_level: pl.Float64 = column(
        "against exactly twelve months before",
        unit=_POINTS,
        null=_no_change("Monthly or Quarterly", "rate"),
    )
    suspected_fill: pl.Boolean = column(
        "whether the vintage of this Daily series ends in ten or more weekdays of one value"
    )


MACRO_PRINTS: Final = Dataset(
    name="macro_prints",
    layer=Layer.BRONZE,
    schema=MacroPrintsSchema,
    sort_by=("series", "observation_date", "file"),
    version="1",
    collection="macro",
    cut=Cut.DAY,
    fresh_within=None,
)
MACRO_SERIES: Final = Dataset(
    name="macro_series",
    layer=Layer.SILVER,
    schema=MacroSeriesSchema,
    sort_by=("symbol", "observation_date"),
    version="1",
    collection="macro",
    cut=Cut.DAY,
    fresh_within=None,
    is_cited=True,
    statistics=Statistics(
        by="symbol",
        measures={
            "rows": pl.len(),
            "min_observation_date": pl.col("observation_date").min(),
            "max_observation_date": pl.col("observation_date").max(),
        },
    ),
)
