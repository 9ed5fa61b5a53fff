"""The published file of geopolitical risk, a workbook or a CSV file, with its retrieval date."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

import polars as pl
from python_calamine import CalamineError, CalamineWorkbook

from lake_assets.catalog.gpr import GPR_PRINTS
from lake_assets.catalog.rows import Rows
from lake_assets.errors import (
    ConflictingInputError,
    CorruptFileError,
    MissingInputError,
    RawInputError,
    WrongContentError,
)
from lake_assets.market.gpr import GPR_COLUMNS
from lake_assets.market.vocabulary import Provenance
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.landing import (
    LandedFile,
    day,
    fingerprints,
    is_no_number,
    landed_files,
    number,
    provenance_of,
    read_json,
    read_table,
)
from lake_assets.sources.screening import Tally

FOLDER: Final = "gpr"
RETRIEVED_ON: Final = "retrieved_on"
_SUFFIXES: Final = (".xls", ".xlsx", ".csv", ".csv.gz")
_LABELS: Final = {"var_name", "var_label"}
_MONTHS: Final = ("month", "date")
_NULLS: Final = frozenset({"", ".", "nan", "none", "na", "n/a"})


@dataclass(frozen=True, slots=True)
class Vintage:
    """One published file and the day it was retrieved; the file's own times prove nothing."""

    file: LandedFile
    retrieval_date: date
    provenance: Provenance

    @property
    def month(self) -> date:
        """First day of the month of the retrieval."""
        return self.retrieval_date.replace(day=1)


def read_gpr(inventory: Inventory, month: date) -> Rows:
    """Months of the last file retrieved in a month, in the order of Bronze.

    Raises:
        MissingInputError: none was, as far as anybody wrote down.
        ConflictingInputError: two different files were, on one day.
        RawInputError: the file cannot be read.
    """
    vintage = _last(inventory, month)
    tally = Tally({"provenance": str(vintage.provenance)})
    table = _lower(_table(vintage.file.path))
    when = next((name for name in _MONTHS if name in table.columns), None)
    if when is None or "gpr" not in table.columns:
        raise WrongContentError(
            vintage.file.path,
            expected=f"a column of months ({', '.join(_MONTHS)}) and one named GPR",
            found=", ".join(table.columns[:8]) or "no columns",
            remedy="land the file as its authors publish it",
        )
    strangers = sorted(set(table.columns) - set(GPR_COLUMNS) - _LABELS - {when})
    if strangers:
        tally.quality["unknown_columns"] = ", ".join(strangers)
    tally.add("rows_read", table.height)
    rows = _months(table, when, vintage, tally)
    return Rows(batches=rows.sort(GPR_PRINTS.sort_by), quality=dict(sorted(tally.quality.items())))


def gpr_fingerprints(inventory: Inventory, day_: date) -> list[tuple[str, str]]:
    """Name and SHA-256 of the file a month would be read from, and of what says when it came."""
    try:
        vintage = _last(inventory, day_.replace(day=1))
    except RawInputError:
        return []  # reading will say what is wrong
    said = _sidecar(vintage.file.path)
    return list(fingerprints([vintage.file, LandedFile(said, f"{vintage.file.name}.json")]))


def gpr_months(inventory: Inventory) -> list[date]:
    """First days of the months in which a file was retrieved, oldest first."""
    return sorted({vintage.month for vintage in _look(inventory)[0]})


def undated(inventory: Inventory) -> list[RawInputError]:
    """Why files are of no vintage: nobody says, in words that can be read, when they came."""
    return _look(inventory)[1]


def _sidecar(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _no_date(file: LandedFile) -> RawInputError:
    return MissingInputError(
        file.path,
        expected=f"the day it was retrieved, as {RETRIEVED_ON} in {_sidecar(file.path).name}",
        found="nothing",
        remedy=f'write {{"{RETRIEVED_ON}": "YYYY-MM-DD"}} into {_sidecar(file.path).name}',
    )


def _look(inventory: Inventory) -> tuple[list[Vintage], list[RawInputError]]:
    """Every file with its retrieval date, and the faults of those without."""
    kind = provenance_of(inventory.root / FOLDER)
    found: list[Vintage] = []
    faults: list[RawInputError] = []
    for file in landed_files(inventory.root, FOLDER, _SUFFIXES):
        try:
            found.append(Vintage(file, _retrieved_on(file), kind))
        except RawInputError as fault:
            faults.append(fault)
    return found, faults


def _retrieved_on(file: LandedFile) -> date:
    told = read_json(_sidecar(file.path)).get(RETRIEVED_ON)
    if told is None:
        raise _no_date(file)
    try:
        return date.fromisoformat(str(told))
    except ValueError as error:
        raise WrongContentError(
            _sidecar(file.path),
            expected=f"{RETRIEVED_ON} as YYYY-MM-DD",
            found=repr(told),
            remedy="mend it",
        ) from error


def _last(inventory: Inventory, month: date) -> Vintage:
    """The file retrieved last in a month."""
    vintages, unsaid = _look(inventory)
    found = [v for v in vintages if v.month == month]
    if not found:
        raise MissingInputError(
            inventory.root / FOLDER,
            expected=f"a file retrieved in {month:%Y-%m}",
            found=f"none; {len(unsaid)} files do not say when they were retrieved",
            remedy=f"land one, with {RETRIEVED_ON} in a JSON file beside it",
        )
    newest = max(v.retrieval_date for v in found)
    last = [v for v in found if v.retrieval_date == newest]
    if len({sha for _, sha in fingerprints([v.file for v in last])}) > 1:
        raise ConflictingInputError(
            last[0].file.path,
            expected=f"one file retrieved on {newest}",
            found=", ".join(v.file.name for v in last),
            remedy="keep the one that was retrieved later",
        )
    return last[0]


def _table(path: Path) -> pl.DataFrame:
    """The first sheet of a workbook, or a CSV file, as text."""
    if path.suffix.lower() not in {".xls", ".xlsx"}:
        return read_table(path)
    try:
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    except (CalamineError, OSError) as error:
        raise CorruptFileError(
            path, expected="a workbook", found=str(error), remedy="land the file again, whole"
        ) from error
    if not rows:
        return pl.DataFrame()
    names = [str(cell) for cell in rows[0]]
    return pl.DataFrame(
        {name: [_text(row[at]) for row in rows[1:]] for at, name in enumerate(names) if name},
        schema_overrides=dict.fromkeys((n for n in names if n), pl.String),
    )


def _text(cell: object) -> str | None:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return None if cell == "" else repr(cell) if isinstance(cell, float) else str(cell)


def _lower(table: pl.DataFrame) -> pl.DataFrame:
    return table.rename({name: name.strip().lower() for name in table.columns})


def _months(table: pl.DataFrame, when: str, vintage: Vintage, tally: Tally) -> pl.DataFrame:
    """Rows of a month; labels and blank rows are dropped, months told twice quarantined."""
    here = [name for name in GPR_COLUMNS if name in table.columns]
    broken = pl.any_horizontal(is_no_number(name, _NULLS) for name in here)
    told = table.with_columns(at=day(when).dt.truncate("1mo"), bad=broken).filter(
        pl.col("at").is_not_null()
    )
    tally.add("rows_without_month", table.height - told.height)
    for reason, bad in (
        ("bad_number", pl.col("bad")),
        ("from_the_future", pl.col("at") > vintage.retrieval_date),
    ):
        tally.quarantine(reason, told.filter(bad).height)
        told = told.filter(~bad)
    rows = told.select(
        date=pl.col("at"),
        vintage_month=pl.lit(f"{vintage.month:%Y-%m}"),
        retrieval_date=pl.lit(vintage.retrieval_date),
        **{
            name: number(name, _NULLS) if name in here else pl.lit(None, pl.Float64)
            for name in GPR_COLUMNS
        },
    ).cast(GPR_PRINTS.dtypes)
    once = rows.unique(maintain_order=True)
    tally.add("duplicates_dropped", rows.height - once.height)
    several = pl.len().over("date") > 1
    tally.quarantine("conflicting_duplicates", once.filter(several).height)
    return once.filter(~several)
