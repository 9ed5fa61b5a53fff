"""What a table says of the time before a cut, beside what its past alone says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.rows import Frame
from lake_assets.catalog.schema import Role
from lake_assets.errors import ContractError

_PAST: Final = "_from_the_past"
_CELLS: Final = 3_000_000  # compared at once: a long table twice is what an audit has no room for


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rows and cells that were compared, and a sentence for each thing that differs."""

    rows: int
    cells: int
    leaks: tuple[str, ...]


def compare(dataset: Dataset, published: Frame, rebuilt: pl.DataFrame, cut_ns: int) -> Comparison:
    """Compare the rows known at the cut: which there are, their order, and each cell to the bit.

    Label columns of a table of features are left to the table they come from. A row with other
    sort keys is another row.

    Raises:
        ContractError: the rebuilt table does not have the dataset's columns.
    """
    if rebuilt.schema != dataset.dtypes:
        raise ContractError(
            f"{dataset.name} rebuilt must have the columns {dict(dataset.dtypes)}, "
            f"not {dict(rebuilt.schema)}"
        )
    known, names = dataset.known_before(cut_ns), compared_columns(dataset)
    both = [rows.lazy().filter(known) for rows in (published, rebuilt)]
    few = max(_CELLS // max(len(rebuilt), 1), 1)
    rows, leaks = 0, list[str]()
    for at in range(0, len(names), few):
        there, past = (table.select(names[at : at + few]).collect() for table in both)
        rows = len(there)
        if not there.equals(past):
            leaks = list(_leaks(dataset, *(table.select(names).collect() for table in both)))
            break
    return Comparison(rows, rows * len(names), tuple(leaks))


def compared_columns(dataset: Dataset) -> list[str]:
    """Columns an audit answers for: labels only where a row is known when its label is."""
    at = dataset.known_at
    labels = set(dataset.having(Role.LABEL))
    if at is not None and at.column in labels:
        return list(dataset.columns)
    return [name for name in dataset.columns if name not in labels]


def _leaks(dataset: Dataset, there: pl.DataFrame, past: pl.DataFrame) -> Iterator[str]:
    keys = list(dataset.sort_by)
    odd = [
        *_only_in(dataset, there, past, "are published that the past alone does not give"),
        *_only_in(dataset, past, there, "would have been given by the past and are not published"),
    ]
    yield from odd
    if not odd and not there.select(keys).equals(past.select(keys)):
        yield f"{dataset.name}: the rows known at the cut come in another order"
    both = there.join(past, on=keys, how="inner", suffix=_PAST, maintain_order="left")
    for name in there.columns:
        if name not in keys:
            yield from _cells(dataset, both, name)


def _only_in(dataset: Dataset, here: pl.DataFrame, other: pl.DataFrame, what: str) -> list[str]:
    odd = here.join(other, on=list(dataset.sort_by), how="anti", maintain_order="left")
    if odd.is_empty():
        return []
    return [f"{dataset.name}: {len(odd)} rows {what}, first {_row(dataset, odd)}"]


def _cells(dataset: Dataset, both: pl.DataFrame, name: str) -> list[str]:
    """A sentence if the column's values differ, the first example in it."""
    mine, past = pl.col(name), pl.col(f"{name}{_PAST}")
    differ = mine.ne_missing(past)
    if dataset.known_at is not None and name in dataset.known_at.completed_later:
        differ &= past.is_not_null()
    odd = both.filter(differ)
    if odd.is_empty():
        return []
    values = odd.select(mine, past).row(0)
    said = f"{_row(dataset, odd)}: published {values[0]}, from the past alone {values[1]}"
    return [f"{dataset.name}.{name}: {len(odd)} of {len(both)} rows differ, first {said}"]


def _row(dataset: Dataset, rows: pl.DataFrame) -> str:
    first = rows.row(0, named=True)
    return ", ".join(f"{name}={first[name]}" for name in dataset.sort_by)
