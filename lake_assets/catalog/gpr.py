"""The geopolitical risk index: the monthly file as published, and what each month says."""

from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Cut, Dataset, Layer
from lake_assets.catalog.schema import LakeSchema, column
from lake_assets.catalog.statistics import Statistics
from lake_assets.market.gpr import GPR_COLUMNS, gpr_unit

_POINTS: Final = "percent_points"
_ABSENT: Final = "the file has none for this month"
_NUMBERS: Final = {
    name: column(meaning, unit=gpr_unit(name), null=_ABSENT)
    for name, meaning in GPR_COLUMNS.items()
}


class _GprMonthSchema(LakeSchema):
    """The keys of a published month."""

    date: pl.Date = column("first day of the observed month")
    vintage_month: pl.String = column("month of the retrieval, as 2026-05")
    retrieval_date: pl.Date = column("day of the retrieval")


GprPrintsSchema: Final = type(
    "GprPrintsSchema",
    (_GprMonthSchema,),
    {
        "__doc__": "The published file of geopolitical risk, one row a month since 1900.",
        "__module__": __name__,
        "__annotations__": dict.fromkeys(GPR_COLUMNS, pl.Float64),
        **_NUMBERS,
    },
)


class _GprChangesSchema(_GprMonthSchema):
    """What Silver says of a month beyond the published numbers."""

    gpr_mom_pct: pl.Float64 = column(
        "gpr against the calendar month before", unit=_POINTS, null="no such month"
    )
    gpr_yoy_pct: pl.Float64 = column(
        "gpr against twelve months before", unit=_POINTS, null="no such month"
    )
    gpr_3m_ma: pl.Float64 = column(
        "mean of gpr over this month and the two before",
        unit="index_points",
        null="one of the three is missing",
    )
    gpr_percentile: pl.Float64 = column(
        "place of gpr among the months up to this one", unit="percentile_0_100", gt=0, le=100
    )
    gpr_percentile_full_sample: pl.Float64 = column(
        "place of gpr among all months of the vintage, later ones too",
        unit="percentile_0_100",
        gt=0,
        le=100,
    )


GprMonthlySchema: Final = type(
    "GprMonthlySchema",
    (_GprChangesSchema,),
    {
        "__doc__": "Geopolitical risk by month as one retrieval told it, one row a month.",
        "__module__": __name__,
        "__annotations__": dict.fromkeys(GPR_COLUMNS, pl.Float64),
        **_NUMBERS,
        "gpr": column(GPR_COLUMNS["gpr"], unit=gpr_unit("gpr"), gt=0),
    },
)

GPR_PRINTS: Final = Dataset(
    name="gpr_prints",
    layer=Layer.BRONZE,
    schema=GprPrintsSchema,
    sort_by=("date",),
    version="1",
    collection="gpr",
    cut=Cut.MONTH,
    fresh_within=None,
)
GPR_MONTHLY: Final = Dataset(
    name="gpr_monthly",
    layer=Layer.SILVER,
    schema=GprMonthlySchema,
    sort_by=("date",),
    version="1",
    collection="gpr",
    cut=Cut.MONTH,
    fresh_within=None,
    is_cited=True,
    statistics=Statistics(
        by="vintage_month",
        measures={
            "rows": pl.len(),
            "min_date": pl.col("date").min(),
            "max_date": pl.col("date").max(),
            "retrieval_date": pl.col("retrieval_date").max(),
        },
    ),
)
