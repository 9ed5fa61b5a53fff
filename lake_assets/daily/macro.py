"""Macro series as one retrieval told them, with changes inside each vintage and never across."""

from typing import Final

import polars as pl

from lake_assets.catalog.macro import MACRO_SERIES
from lake_assets.catalog.rows import Quality, Rows
from lake_assets.market.macro_series import MacroRegistry
from lake_assets.market.macro_vocabulary import Frequency, MacroUnit

FILL_DAYS: Final = 10
_FRIDAY: Final = 5  # ISO weekday
_VINTAGE: Final = ["symbol", "series", "file"]
_PERCENT: Final = pl.lit(100.0)
_CHANGES: Final = {
    "daily": ({Frequency.DAILY}, None),
    "mom": ({Frequency.MONTHLY}, "1mo"),
    "yoy": ({Frequency.MONTHLY, Frequency.QUARTERLY}, "12mo"),
}
"""By change: which frequencies have it, and how far back it looks; None is one observation."""


def describe_series(macro_prints: pl.DataFrame, registry: MacroRegistry) -> Rows:
    """Name every known series of a retrieval date and tell how each observation changed.

    Returns the rows of `silver/macro_series`. Rows of one file are one vintage: a change compares
    two of its rows. Series nobody registered are quarantined by name. A date two files tell
    differently is quarantined in both.
    """
    known = list(registry.by_source)
    strangers = macro_prints.filter(~pl.col("series").is_in(known))
    quality: Quality = {
        "series": 0,
        "quarantined_unknown_series": strangers.height,
        "unknown_series": ", ".join(sorted(strangers["series"].unique())) or None,
    }
    named = _named(macro_prints.filter(pl.col("series").is_in(known)), registry)
    collapsed = _monthly_once(named)
    conflicting = pl.col("value").n_unique().over("symbol", "observation_date") > 1
    quality["quarantined_conflicting_files"] = collapsed.filter(conflicting).height
    changed = _changes(collapsed.filter(~conflicting).sort(*_VINTAGE, "observation_date"))
    rows = _each_once(_filled(changed))
    quality["duplicates_dropped"] = changed.height - rows.height
    quality["series"] = rows["symbol"].n_unique()
    wanted = MACRO_SERIES.dtypes
    return Rows(
        batches=rows.select(wanted.names()).cast(wanted).sort(MACRO_SERIES.sort_by),
        quality=quality,
    )


def _named(prints: pl.DataFrame, registry: MacroRegistry) -> pl.DataFrame:
    facts = [
        {
            "series": name,
            "symbol": fact.symbol,
            "name": fact.name,
            "asset_class": fact.asset_class,
            "unit": fact.unit.value,
            "frequency": fact.frequency.value,
            "is_rate": fact.is_rate,
            "publication_lag_days": fact.publication_lag_days,
        }
        for name, fact in registry.by_source.items()
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "series": pl.String,
        "symbol": pl.String,
        "name": pl.String,
        "asset_class": pl.String,
        "unit": pl.Enum(MacroUnit),
        "frequency": pl.Enum(Frequency),
        "is_rate": pl.Boolean,
        "publication_lag_days": pl.Int32,
    }
    return prints.join(pl.DataFrame(facts, schema=schema), on="series").with_columns(
        source_id=pl.col("series")
    )


def _monthly_once(rows: pl.DataFrame) -> pl.DataFrame:
    """Of a monthly series the first row of each month in its vintage, dated the month's first."""
    is_monthly = pl.col("frequency") == Frequency.MONTHLY.value
    month = pl.col("observation_date").dt.truncate("1mo")
    once = (
        rows.filter(is_monthly)
        .sort(*_VINTAGE, "observation_date")
        .with_columns(observation_date=month)
        .unique([*_VINTAGE, "observation_date"], keep="first", maintain_order=True)
    )
    return pl.concat([rows.filter(~is_monthly), once])


def _changes(rows: pl.DataFrame) -> pl.DataFrame:
    """With every change a row's frequency has, in percent or, of a rate, in points."""
    for name, (frequencies, back) in _CHANGES.items():
        before = f"{name}_before"
        rows = _with_before(rows, back, before)
        told = pl.col("frequency").is_in([f.value for f in frequencies])
        level = pl.col("value") - pl.col(before)
        share = pl.col("value") / pl.col(before) - pl.lit(1.0)
        percent = pl.when(pl.col(before) > 0).then(share * _PERCENT)
        rows = rows.with_columns(
            pl.when(told & ~pl.col("is_rate")).then(percent).alias(f"{name}_change_pct"),
            pl.when(told & pl.col("is_rate")).then(level).alias(f"{name}_change_level"),
        )
    return rows


def _with_before(rows: pl.DataFrame, back: str | None, name: str) -> pl.DataFrame:
    """With the value of the vintage's observation before, or of exactly so long before."""
    if back is None:
        return rows.with_columns(pl.col("value").shift(1).over(_VINTAGE).alias(name))
    then = rows.select(
        *_VINTAGE,
        pl.col("observation_date").dt.offset_by(back).alias("observation_date"),
        pl.col("value").alias(name),
        # a month's last days all lie on one day of a shorter month: the last of them is meant
    ).unique([*_VINTAGE, "observation_date"], keep="last", maintain_order=True)
    return rows.join(then, on=[*_VINTAGE, "observation_date"], how="left", maintain_order="left")


def _filled(rows: pl.DataFrame) -> pl.DataFrame:
    """With whether a daily vintage ends in ten or more weekdays of one value."""
    runs_on = (pl.col("value") == pl.col("value").last()).reverse().cum_prod().reverse()
    is_weekday = pl.col("observation_date").dt.weekday() <= _FRIDAY
    weekdays = (runs_on.cast(pl.Boolean) & is_weekday).sum().over(_VINTAGE)
    is_daily = pl.col("frequency") == Frequency.DAILY.value
    return rows.with_columns(suspected_fill=is_daily & (weekdays >= FILL_DAYS))


def _each_once(rows: pl.DataFrame) -> pl.DataFrame:
    """A date of a symbol once, of its longest vintage: that one saw the most before it."""
    length = pl.len().over(_VINTAGE)
    return (
        rows.with_columns(length=length)
        .sort("symbol", "observation_date", -pl.col("length").cast(pl.Int64), "file", "series")
        .unique(["symbol", "observation_date"], keep="first", maintain_order=True)
    )
