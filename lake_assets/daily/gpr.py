"""What each month of geopolitical risk says, seen from the months up to it."""

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.catalog.gpr import GPR_MONTHLY
from lake_assets.catalog.rows import Rows
from lake_assets.market.gpr import GPR_FIRST_YEAR

F8 = npt.NDArray[np.float64]
_FIRST: Final = date(GPR_FIRST_YEAR, 1, 1)
_PERCENT: Final = pl.lit(100.0)


def describe_months(gpr_prints: pl.DataFrame) -> Rows:
    """Tell of every month of the recent index how it changed and where it stands.

    Returns the rows of `silver/gpr_monthly`, all of one vintage. The percentile of a month knows
    the months up to it; that of the full sample also the later ones.
    """
    kept = pl.col("gpr").is_not_null() & (pl.col("date") >= _FIRST)
    months = gpr_prints.filter(kept).sort("date")
    values = months["gpr"].to_numpy(writable=True)
    before = {back: _before(months, back) for back in (1, 2, 12)}
    three = before[2] + before[1] + pl.col("gpr")
    rows = months.with_columns(
        gpr_mom_pct=_change(before[1]),
        gpr_yoy_pct=_change(before[12]),
        gpr_3m_ma=three / (three * 0 + 3),
        gpr_percentile=pl.Series(_percentiles(values, whole=False), dtype=pl.Float64),
        gpr_percentile_full_sample=pl.Series(_percentiles(values, whole=True), dtype=pl.Float64),
    )
    wanted = GPR_MONTHLY.dtypes
    return Rows(
        batches=rows.select(wanted.names()).cast(wanted),
        quality={"months_without_gpr": gpr_prints.height - months.height},
    )


def _before(months: pl.DataFrame, back: int) -> pl.Expr:
    """The index exactly so many months before; null if the vintage lacks that month."""
    then = months.select(pl.col("date").dt.offset_by(f"{back}mo"), pl.col("gpr").alias("before"))
    return pl.lit(
        months.select("date").join(then, on="date", how="left", maintain_order="left")["before"]
    )


def _change(before: pl.Expr) -> pl.Expr:
    return pl.when(before > 0).then((pl.col("gpr") / before - pl.lit(1.0)) * _PERCENT)


def _percentiles(values: F8, *, whole: bool) -> F8:
    """100 x (less + (equal + 1) / 2) / n of each value among those up to it, or among all."""
    place = np.arange(len(values))
    seen = np.ones((len(values), len(values)), np.bool_) if whole else place <= place[:, None]
    less = ((values < values[:, None]) & seen).sum(axis=1)
    equal = ((values == values[:, None]) & seen).sum(axis=1)
    among: F8 = 100.0 * (less + (equal + 1) / 2) / seen.sum(axis=1)
    return among
