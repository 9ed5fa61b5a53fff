"""Files people land under a folder of their own: which there are, and what is said beside them."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import Final

import polars as pl

from lake_assets.errors import CorruptFileError, MixedProvenanceError
from lake_assets.market.vocabulary import Provenance
from lake_assets.sources.batch_support import says_simulated

JSON_SUFFIX: Final = ".json"
TABLE_SUFFIXES: Final = (".csv", ".csv.gz", ".parquet")


@dataclass(frozen=True, slots=True)
class LandedFile:
    """One landed file; ``name`` is its path relative to the raw folder."""

    path: Path
    name: str

    @property
    def stem(self) -> str:
        """The file's name up to its first suffix."""
        return self.path.name.split(".csv", 1)[0].removesuffix(".parquet")


def landed_files(raw_root: Path, folder: str, suffixes: Collection[str]) -> list[LandedFile]:
    """Files of a folder below the raw folder with one of the suffixes, by name."""
    there = raw_root / folder
    if not there.is_dir():
        return []
    return [
        LandedFile(path, path.relative_to(raw_root).as_posix())
        for path in sorted(there.iterdir())
        if path.name[0] != "." and path.name.lower().endswith(tuple(suffixes)) and path.is_file()
    ]


def fingerprints(files: Collection[LandedFile]) -> Iterator[tuple[str, str]]:
    """Name and SHA-256 of each file."""
    for file in files:
        with file.path.open("rb") as stream:
            yield file.name, file_digest(stream, "sha256").hexdigest()


def dated_folders(raw_root: Path, folder: str) -> list[date]:
    """Dates that have a folder of their own below a folder, oldest first."""
    there = raw_root / folder
    found = [] if not there.is_dir() else [p for p in there.iterdir() if p.is_dir()]
    dates = []
    for path in found:
        try:
            dates.append(date.fromisoformat(path.name))
        except ValueError:
            continue
    return sorted(dates)


def provenance_of(folder: Path) -> Provenance:
    """What the ``metadata.json`` of a folder says of its files; vendor's, if nothing."""
    return Provenance.SIMULATED if says_simulated(folder) else Provenance.VENDOR


def one_provenance(kinds: Collection[Provenance], what: str) -> Provenance:
    """The provenance all share.

    Raises:
        MixedProvenanceError: they do not.
    """
    if len(set(kinds)) > 1:
        raise MixedProvenanceError(
            f"{what} would mix simulated and vendor files; keep them under different raw folders"
        )
    return next(iter(kinds), Provenance.VENDOR)


def read_json(path: Path) -> dict[str, object]:
    """An object from a JSON file; nothing if there is no file.

    Raises:
        CorruptFileError: the file is there and holds no JSON object.
    """
    if not path.exists():
        return {}
    try:
        told = json.loads(path.read_bytes())
    except ValueError as error:
        raise _unreadable(path, "a JSON object", str(error)) from error
    if not isinstance(told, dict):
        raise _unreadable(path, "a JSON object", type(told).__name__)
    return told


def read_table(path: Path) -> pl.DataFrame:
    """A CSV file's columns as text, or a Parquet file's as they are.

    Raises:
        CorruptFileError: the file is neither.
    """
    try:
        if path.suffix.lower() == ".parquet":
            return pl.read_parquet(path.read_bytes())
        return pl.read_csv(path.read_bytes(), infer_schema=False, truncate_ragged_lines=False)
    except pl.exceptions.NoDataError:
        return pl.DataFrame()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise _unreadable(path, "a table", str(error).splitlines()[0]) from error


def number(column: str, nulls: Collection[str] = ()) -> pl.Expr:
    """A column of text or numbers as Float64; what is no finite number is null."""
    text = pl.col(column).cast(pl.String, strict=False).str.strip_chars()
    known = pl.when(~text.str.to_lowercase().is_in(list(nulls))).then(text)
    value = known.cast(pl.Float64, strict=False)
    return pl.when(value.is_finite()).then(value)


def is_no_number(column: str, nulls: Collection[str]) -> pl.Expr:
    """Whether a cell says something that is no number, and no word for nothing either."""
    text = pl.col(column).cast(pl.String, strict=False).str.strip_chars()
    said = text.is_not_null() & ~text.str.to_lowercase().is_in(list(nulls))
    return said & text.cast(pl.Float64, strict=False).is_null()


def day(column: str) -> pl.Expr:
    """A column of dates, moments or text as dates; ISO, compact or US text. Null if none."""
    text = pl.col(column).cast(pl.String, strict=False).str.strip_chars()
    iso = text.str.slice(0, 10)
    return pl.coalesce(
        iso.str.to_date("%Y-%m-%d", strict=False),
        text.str.to_date("%Y%m%d", strict=False),
        text.str.to_date("%m/%d/%Y", strict=False),
    )


def _unreadable(path: Path, expected: str, found: str) -> CorruptFileError:
    return CorruptFileError(
        path, expected=expected, found=found, remedy="land the file again, whole"
    )
