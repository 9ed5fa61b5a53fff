"""Macro files as they were retrieved: wide, long or price history, one row a series and date."""

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from lake_assets.catalog.macro import MACRO_PRINTS
from lake_assets.catalog.rows import Rows
from lake_assets.errors import MissingInputError, WrongContentError
from lake_assets.market.macro_vocabulary import MacroLayout
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.landing import (
    JSON_SUFFIX,
    TABLE_SUFFIXES,
    LandedFile,
    dated_folders,
    day,
    fingerprints,
    is_no_number,
    landed_files,
    number,
    provenance_of,
    read_table,
)
from lake_assets.sources.screening import Tally

FOLDER: Final = "macro"
NULLS: Final = frozenset({"", ".", "nan", "none", "null", "na", "n/a", "#n/a"})
_DATES: Final = ("DATE", "observation_date", "Date", "date")
_SERIES: Final = ("symbol", "series_id")
_PRICES: Final = {"Date", "Open", "High", "Low", "Close"}


def read_macro(inventory: Inventory, retrieval_date: date) -> Rows:
    """Observations of every file retrieved on a date, in the order of Bronze.

    Nothing and ``.`` are no observations. One dated after its retrieval is quarantined.

    Raises:
        MissingInputError: nothing was retrieved on that date.
        RawInputError: a file is damaged or of no known layout.
    """
    files = macro_files(inventory.root, retrieval_date)
    if not files:
        raise MissingInputError(
            inventory.root,
            expected=f"macro files retrieved on {retrieval_date}",
            found=f"nothing in {FOLDER}/{retrieval_date}",
            remedy=f"land them there, or name a date that has a folder in {FOLDER}",
        )
    folder = inventory.root / FOLDER / retrieval_date.isoformat()
    tally = Tally({"provenance": str(provenance_of(folder))})
    parts = [_file(file, retrieval_date, tally) for file in files]
    rows = pl.concat([MACRO_PRINTS.empty(), *parts])
    return Rows(
        batches=rows.sort(MACRO_PRINTS.sort_by), quality=dict(sorted(tally.quality.items()))
    )


def macro_files(raw_root: Path, retrieval_date: date) -> list[LandedFile]:
    """Tables retrieved on a date, by name."""
    return landed_files(raw_root, f"{FOLDER}/{retrieval_date}", TABLE_SUFFIXES)


def macro_fingerprints(inventory: Inventory, day_: date) -> list[tuple[str, str]]:
    """Name and SHA-256 of every file of a retrieval date."""
    landed = macro_files(inventory.root, day_)
    said = landed_files(inventory.root, f"{FOLDER}/{day_}", (JSON_SUFFIX,)) if landed else []
    return list(fingerprints([*landed, *said]))


def macro_days(inventory: Inventory) -> list[date]:
    """Dates on which macro files were retrieved, oldest first."""
    dates = dated_folders(inventory.root, FOLDER)
    return [each for each in dates if macro_files(inventory.root, each)]


def layout_of(path: Path, columns: list[str]) -> MacroLayout:
    """How a header lays its observations out.

    Raises:
        WrongContentError: in no way the lake knows.
    """
    header = set(columns)
    dated = not header.isdisjoint(_DATES)
    if dated and "value" in header and not header.isdisjoint(_SERIES):
        return MacroLayout.LONG
    if header >= _PRICES:
        return MacroLayout.PRICE_HISTORY
    if dated and len(header) > 1:
        return MacroLayout.WIDE
    raise WrongContentError(
        path,
        expected=f"a column of dates ({', '.join(_DATES)}) and series beside it",
        found=", ".join(columns) or "no columns",
        remedy="name the columns so, or move the file out of the folder",
    )


def _file(file: LandedFile, retrieval_date: date, tally: Tally) -> pl.DataFrame:
    table = read_table(file.path)
    layout = layout_of(file.path, table.columns)
    told = _LAYOUTS[layout](table, file).with_columns(
        observation_date=day("when"),
        value=number("said", NULLS),
        bad=is_no_number("said", NULLS),
    )
    tally.add("rows_read", told.height)
    for reason, bad in (
        ("bad_number", pl.col("bad")),
        ("bad_date", pl.col("observation_date").is_null() & pl.col("value").is_not_null()),
        ("from_the_future", pl.col("observation_date") > retrieval_date),
    ):
        held = bad.fill_null(value=False)
        tally.quarantine(reason, told.filter(held).height)
        told = told.filter(~held)
    seen = told.filter(pl.col("value").is_not_null(), pl.col("observation_date").is_not_null())
    tally.add("missing_values", told.height - seen.height)
    rows = seen.select(
        "observation_date",
        retrieval_date=pl.lit(retrieval_date),
        series=pl.col("series"),
        value=pl.col("value"),
        layout=pl.lit(layout.value),
        file=pl.lit(file.path.name),
    ).cast(MACRO_PRINTS.dtypes)
    return _each_once(rows, tally)


def _each_once(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Each date of a series once; what a file says twice and differently is no value at all."""
    once = rows.unique(maintain_order=True)
    tally.add("duplicates_dropped", rows.height - once.height)
    several = pl.len().over("series", "observation_date") > 1
    tally.quarantine("conflicting_duplicates", once.filter(several).height)
    return once.filter(~several)


def _wide(table: pl.DataFrame, _: LandedFile) -> pl.DataFrame:
    when = _dates_of(table)
    return table.select(
        pl.col(when).cast(pl.String).alias("when"), pl.exclude(when).cast(pl.String)
    ).unpivot(index="when", variable_name="series", value_name="said")


def _long(table: pl.DataFrame, _: LandedFile) -> pl.DataFrame:
    name = next(n for n in _SERIES if n in table.columns)
    return table.select(
        when=pl.col(_dates_of(table)).cast(pl.String),
        series=pl.col(name).cast(pl.String).str.strip_chars(),
        said=pl.col("value").cast(pl.String),
    ).filter(pl.col("series").is_not_null())


def _price_history(table: pl.DataFrame, file: LandedFile) -> pl.DataFrame:
    return table.select(
        when=pl.col("Date").cast(pl.String),
        series=pl.lit(file.stem),
        said=pl.col("Close").cast(pl.String),
    )


def _dates_of(table: pl.DataFrame) -> str:
    return next(name for name in _DATES if name in table.columns)


_LAYOUTS: Final[Mapping[MacroLayout, Callable[[pl.DataFrame, LandedFile], pl.DataFrame]]] = {
    MacroLayout.WIDE: _wide,
    MacroLayout.LONG: _long,
    MacroLayout.PRICE_HISTORY: _price_history,
}
