"""What the words of a request name: a dataset, an underlying, a partition, columns, a moment.

Words are looked up in lists the catalog gives; none of them ever becomes part of a path or of SQL.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from difflib import get_close_matches
from typing import Final

import polars as pl

from lake_assets.catalog import DATASETS, FAMILIES
from lake_assets.catalog.dataset import WHOLE, Dataset
from lake_assets.catalog.schema import NANOS
from lake_assets.errors import UnknownNameError, UnknownSessionError
from lake_assets.market.price import NANOS_PER_MICRO
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import UNDERLYINGS

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NANOS: Final = re.compile(r"\d{1,19}", re.ASCII)
_SHOWN: Final = 40  # characters of a word that come back in a message
_NO_MORE: Final = 2**63  # ns, in the year 2262
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

TABLES: Final = {dataset.table: dataset for dataset in reversed(DATASETS)}
_FAMILIES: Final = {family.table: family for family in FAMILIES}


class UnknownWordError(UnknownNameError):
    """A word of a request that names nothing; ``nearest`` are names that look like it."""

    def __init__(self, what: str, word: str, known: Iterable[str]) -> None:
        names = list(known)
        self.nearest = get_close_matches(word, names, n=3, cutoff=0.5)
        hint = f"the nearest are {', '.join(self.nearest)}" if self.nearest else "none is near"
        super().__init__(f"no {what} is called {shown(word)}; {hint}")


def shown(word: str) -> str:
    """A caller's word as a message may repeat it: short, quoted, printable."""
    return repr(word[:_SHOWN]) + ("…" if len(word) > _SHOWN else "")


def dataset_of(table: str, underlying: str | None) -> Dataset:
    """The dataset of a table's name, and of an underlying where there is one of each.

    Raises:
        UnknownNameError: either is unknown, or the underlying is missing or one too many.
    """
    found = TABLES.get(table)
    if found is None:
        raise UnknownWordError("dataset", table, TABLES)
    family = _FAMILIES.get(table)
    if family is None:
        if underlying is not None:
            raise UnknownNameError(f"{table} is of no underlying; leave it out of the path")
        return found
    if underlying is None:
        names = ", ".join(UNDERLYINGS)
        raise UnknownNameError(f"{table} is of one underlying each; end the path in {names}")
    return family.of(underlying_of(underlying))


def underlying_of(name: str) -> str:
    """The name of a registered underlying; it is never guessed."""
    if name not in UNDERLYINGS:
        raise UnknownWordError("underlying", name, UNDERLYINGS)
    return name


def partition_of(dataset: Dataset, text: str) -> str:
    """The partition a date names, or ``all`` of an aggregate.

    Raises:
        UnknownSessionError: it is malformed, no session, or the dataset is not cut by session.
    """
    if dataset.calendar is None:
        if text != WHOLE:
            raise UnknownSessionError(
                f"{dataset.name} holds every session at once; write {WHOLE} for the date"
            )
        return WHOLE
    return dataset.partition(session_on(day_of(text), dataset.calendar).day)


def day_of(text: str) -> date:
    """A date as YYYY-MM-DD."""
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UnknownSessionError(f"{shown(text)} is no date; write YYYY-MM-DD")


def columns_of(known: Sequence[str], text: str | None) -> list[str]:
    """Columns named with commas between, as they were named; all of them if none is."""
    if text is None:
        return list(known)
    named = list(dict.fromkeys(text.split(",")))
    for name in named:
        if name not in known:
            raise UnknownWordError("column", name, known)
    return named


def nanos_of(text: str) -> int:
    """A moment in ns UTC: digits, or ISO 8601 with a zone.

    Raises:
        UnknownNameError: it is neither.
    """
    nanos = int(text) if _NANOS.fullmatch(text) else _iso_nanos(text)
    if nanos is None or not 0 <= nanos < _NO_MORE:
        raise UnknownNameError(
            f"{shown(text)} is no moment; write ns since 1970 UTC, or 2025-12-17T14:30:00Z"
        )
    return nanos


def _iso_nanos(text: str) -> int | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return (moment - _EPOCH) // timedelta(microseconds=1) * NANOS_PER_MICRO


def time_axis(dataset: Dataset) -> str | None:
    """The column by which a slice of time is cut; None if no row has a time."""
    named = [*dataset.sort_by, "timestamp"]
    return next((n for n in named if n in dataset.columns and is_time(dataset, n)), None)


def is_time(dataset: Dataset, name: str) -> bool:
    """Whether a column holds moments."""
    column = dataset.columns[name]
    return column.unit == NANOS or isinstance(column.dtype, pl.Datetime)


def as_nanos(dataset: Dataset, name: str) -> pl.Expr:
    """A column of moments as ns since the epoch."""
    if isinstance(dataset.columns[name].dtype, pl.Datetime):
        return pl.col(name).dt.epoch("us") * NANOS_PER_MICRO
    return pl.col(name)
