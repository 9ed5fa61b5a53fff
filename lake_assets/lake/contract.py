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
    if not _has_bounds_only(dataset):
        return None
    held = [pl.lit(value=True)]  # a schema may ask for types alone
    for name, declared in dataset.schema.to_schema().columns.items():
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


def _has_bounds_only(dataset: Dataset) -> bool:
    """Whether a rule of the schema holds for all rows if it holds for the extremes of columns."""
    declared = dataset.schema.to_schema()
    columns = declared.columns.values()
    unique = declared.unique or any(column.unique for column in columns)
    rules = [rule for column in columns for rule in column.checks]
    known = all(rule.name in _COMPARED and rule.ignore_na for rule in rules)
    return known and not unique and {rule.name for rule in declared.checks} == {_NUMBERS}


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


def in_order(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """Rows as the lake stores them; the frame itself where they are, since a sort is a copy."""
    rises = frame.select(pl.col(dataset.sort_by).to_physical()).select(
        _strictly_after(list(dataset.sort_by))
    )
    if rises.to_series()[1:].all():
        return frame
    return frame.sort(dataset.sort_by, maintain_order=True)


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
