"""Whether rows are what their dataset declares."""

import polars as pl
from pandera.errors import SchemaError, SchemaErrors

from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import ContractError, UnorderedInputError


def check(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """The frame, if it keeps the dataset's schema.

    Raises:
        ContractError: it does not; the message lists each broken rule with a first example.
    """
    try:
        dataset.schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        raise ContractError(_sentence(dataset, errors)) from errors
    except (SchemaError, pl.exceptions.PolarsError) as error:
        raise ContractError(f"{dataset.name} breaks its schema: {error}") from error
    return frame


def _sentence(dataset: Dataset, errors: SchemaErrors) -> str:
    cases = errors.failure_cases
    lines = []
    for (column, rule), those in cases.group_by("column", "check", maintain_order=True):
        example = str(those["failure_case"][0])[:80]
        lines.append(f"{column}: {rule} is broken {those.height} times, first by {example}")
    return f"{dataset.name} breaks its schema; nothing was published\n  " + "\n  ".join(lines)


class OrderWatch:
    """Passes a stream's batches on while they are in the dataset's order."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._last: pl.DataFrame | None = None

    def pass_on(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The same frame.

        Raises:
            UnorderedInputError: a row comes before one already passed on, or equals it in key.
        """
        keys = frame.select(self._dataset.sort_by)
        seam = keys if self._last is None else pl.concat([self._last, keys])
        if not _increases(seam):
            raise UnorderedInputError(
                f"{self._dataset.name}: rows must arrive in the order of "
                f"{', '.join(self._dataset.sort_by)}, each key once; sort them before the lake"
            )
        self._last = keys.tail(1) if keys.height else self._last
        return frame


def _increases(keys: pl.DataFrame) -> bool:
    """Whether each row is lexicographically after the one before it."""
    after = pl.lit(value=False)
    for name in reversed(keys.columns):
        now, before = pl.col(name), pl.col(name).shift(1)
        after = (now > before) | ((now == before) & after)
    return bool(keys.select(after.fill_null(value=True).all()).item())
