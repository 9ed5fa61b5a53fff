"""Nothing enters the lake unchecked: schema, values, order."""

import operator
from collections.abc import Callable, Iterator, Mapping
from functools import cache, reduce
from itertools import groupby
from typing import Any, Final

import polars as pl
from pandera.config import ValidationDepth, config_context
from pandera.errors import SchemaError, SchemaErrors

from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import ContractError, UnorderedInputError

_EXAMPLES: Final = 5  # offending values a message shows per rule
_CHUNKS_AT_ONCE: Final = 64  # whose extremes are judged together
_COMPARED: Final[Mapping[str, Callable[[pl.Expr, Any], pl.Expr]]] = {
    "greater_than": operator.gt,
    "greater_than_or_equal_to": operator.ge,
    "less_than": operator.lt,
    "less_than_or_equal_to": operator.le,
}
_LEAST: Final = frozenset({"greater_than", "greater_than_or_equal_to"})
_NUMBERS: Final = "floats_are_numbers"


def check_rows(dataset: Dataset, frame: pl.DataFrame) -> None:
    """Check collected rows against their dataset's schema.

    pandera decides, and says what is wrong; rows are spared it where its verdict is certain. It
    takes 2 ms a column however few the rows: 0.5 s for the 223 of an option state.

    Raises:
        ContractError: naming each broken column and rule, with the first offending values.
    """
    if is_certain(dataset, frame):
        return
    # Spelled out, so that no environment variable of pandera's can turn the check off.
    with config_context(validation_enabled=True, validation_depth=ValidationDepth.SCHEMA_AND_DATA):
        try:
            dataset.schema.validate(frame, lazy=True)
        except (SchemaErrors, SchemaError) as error:
            raise ContractError(_sentence(dataset, error)) from None


def is_certain(dataset: Dataset, frame: pl.DataFrame) -> bool:
    """Whether rows keep a schema of bounds, by one look at all columns; False if in doubt."""
    kept = _kept(dataset)
    if kept is None or frame.schema != dataset.dtypes:
        return False
    # A column without a value has no extreme: there is nothing to break a bound.
    return bool(frame.lazy().select(kept).collect().select(pl.all_horizontal(pl.all())).item())


@cache
def _kept(dataset: Dataset) -> tuple[pl.Expr, ...] | None:
    """One truth for each rule of the schema; None if it has rules of other kinds."""
    if bounded_columns(dataset) is None:
        return None
    held: list[pl.Expr] = []
    for name, declared in dataset.schema.to_schema().columns.items():
        if not all(rule.ignore_na for rule in declared.checks):
            return None
        column = pl.col(name)
        if not declared.nullable:
            held.append(column.null_count() == 0)
        if dataset.dtypes[name].is_float():
            held.append(column.is_finite().all())
        for rule in declared.checks:
            (limit,) = rule.statistics.values()
            extreme = column.min() if rule.name in _LEAST else column.max()
            held.append(_COMPARED[rule.name](extreme, limit).fill_null(value=True))
    return tuple(each.alias(str(at)) for at, each in enumerate(held))


def with_closed_sets(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """Text and dictionary columns of a stream as the closed sets they are declared to be.

    Raises:
        ContractError: a value is outside its set.
    """
    for name, dtype in dataset.dtypes.items():
        if isinstance(dtype, pl.Enum) and name in frame.columns and frame[name].dtype != dtype:
            text = frame[name].cast(pl.String)
            strangers = text.filter(~text.is_in(dtype.categories.to_list())).unique().sort()
            if len(strangers):
                raise ContractError(
                    f"{'/'.join(dataset.key)}: column {name} must hold one of "
                    f"{', '.join(dtype.categories)}; found {_some(strangers.to_list())}"
                )
            frame = frame.with_columns(text.cast(dtype))
    return frame


class StreamCheck:
    """Checks the rows of a stream against their dataset's schema, at the cost of a few of them.

    A rule that bounds a column holds for all rows if it holds for the least and the greatest, a
    rule against nulls if it holds for a null there is. These extremes of every chunk are judged,
    many chunks at once. Where a schema has a rule of another kind every row is judged.
    """

    def __init__(self, dataset: Dataset, no_rows: pl.DataFrame) -> None:
        """Check the columns and types of the stream.

        Raises:
            ContractError: they are others than declared.
        """
        self._dataset = dataset
        self._bounded = bounded_columns(dataset)
        self._extremes: list[pl.DataFrame] = []
        check_rows(dataset, with_closed_sets(dataset, no_rows))

    def see(self, chunk: pl.DataFrame) -> None:
        """Check the next rows, now or with some of those to come.

        Raises:
            ContractError: these or earlier ones break the schema.
        """
        if self._bounded is None:
            check_rows(self._dataset, chunk)
            return
        self._extremes.append(_extremes(chunk, self._bounded))
        if len(self._extremes) >= _CHUNKS_AT_ONCE:
            self.settle()

    def settle(self) -> None:
        """Check what was seen and not yet checked.

        Raises:
            ContractError: rows seen break the schema.
        """
        if self._extremes:
            check_rows(self._dataset, pl.concat(self._extremes))
            self._extremes = []


def bounded_columns(dataset: Dataset) -> list[str] | None:
    """The columns with a least or a greatest value; None if there are rules of other kinds."""
    declared = dataset.schema.to_schema()
    rules = {name: {rule.name for rule in c.checks} for name, c in declared.columns.items()}
    bounds_only = all(names <= set(_COMPARED) for names in rules.values())
    unique = declared.unique or any(column.unique for column in declared.columns.values())
    if unique or not bounds_only or {rule.name for rule in declared.checks} != {_NUMBERS}:
        return None
    return [name for name, names in rules.items() if names]


def _extremes(chunk: pl.DataFrame, bounded: list[str]) -> pl.DataFrame:
    """Rows that break a rule if any row of the chunk does, each column for itself."""
    free = pl.exclude(bounded).first()
    floats = [name for name, dtype in chunk.schema.items() if dtype.is_float()]
    strange = pl.col(floats).filter(~pl.col(floats).is_finite()).first()
    rows: list[tuple[pl.Expr, ...]] = [
        (pl.col(bounded).min(), free),
        (pl.col(bounded).max(), free),
        (pl.when(pl.all().null_count() == 0).then(pl.all().first()),),
    ]
    if floats:
        rows.append((strange.fill_null(pl.col(floats).first()), pl.exclude(floats).first()))
    # In one piece: a slice of one row would keep the whole chunk in memory.
    return pl.concat([chunk.select(row).select(chunk.columns) for row in rows], rechunk=True)


class OrderWatch:
    """Sees that rows come in the strict order of their dataset, across chunks."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._keys = list(dataset.sort_by)
        self._last: pl.DataFrame | None = None

    def see(self, chunk: pl.DataFrame) -> None:
        """Check the next rows against each other and the ones before.

        Raises:
            UnorderedInputError: a row comes before its predecessor.
            ContractError: two rows tie, so that their order is nobody's decision.
        """
        keys = chunk.select(pl.col(self._keys).to_physical())
        if self._last is not None:
            keys = pl.concat([self._last, keys])
        rises = keys.select(_strictly_after(self._keys))[:, 0]
        if not rises[1:].all():
            raise self._fault(chunk, keys, rises)
        self._last = keys.tail(1)

    def _fault(
        self, chunk: pl.DataFrame, keys: pl.DataFrame, rises: pl.Series
    ) -> UnorderedInputError | ContractError:
        at = int((~rises[1:]).arg_max() or 0) + 1
        place = at - (keys.height - chunk.height)
        row = chunk.select(self._keys).row(place)
        what = f"{'/'.join(self._dataset.key)}: rows must rise strictly by {', '.join(self._keys)}"
        if keys.row(at) == keys.row(at - 1):
            return ContractError(f"{what}; two rows tie at {row}")
        return UnorderedInputError(f"{what}; {row} comes after a later row; sort the stream first")


def _strictly_after(keys: list[str]) -> pl.Expr:
    """Whether a row's key is after the row before it, lexicographically; a null key is not."""
    return reduce(
        lambda later, key: (
            (pl.col(key) > pl.col(key).shift()) | ((pl.col(key) == pl.col(key).shift()) & later)
        ),
        reversed(keys),
        pl.lit(value=False),
    ).fill_null(value=False)


def _sentence(dataset: Dataset, error: SchemaErrors | SchemaError) -> str:
    cases = error.failure_cases
    told = "; ".join(_rules(cases)) if isinstance(cases, pl.DataFrame) else str(error)
    return f"{'/'.join(dataset.key)}: {told}; correct the rows or the schema, nothing was written"


def _rules(cases: pl.DataFrame) -> Iterator[str]:
    """One clause for each broken rule, with its first values."""
    rows = cases.select("column", "check", "failure_case").rows()
    for (column, check), group in groupby(rows, key=lambda row: row[:2]):
        found = [case for _, _, case in group]
        yield f"column {column} breaks {check} : {_some(found)}"


def _some(values: list[object]) -> str:
    return ", ".join(str(value) for value in values[:_EXAMPLES])
