"""What travels from a maker to the lake: rows, and what was counted while they were made."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

import polars as pl
import pyarrow as pa

T = TypeVar("T")
Frame: TypeAlias = pl.DataFrame | pl.LazyFrame
"""A table of which a function collects the columns it needs."""
Quality = dict[str, int | float | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows of one partition, in the sort order of their dataset.

    ``batches`` may be a stream: ``quality`` is then complete once the stream is exhausted. A
    stream may raise `LateRowError` where ``anew`` gives the same rows from the start, surely
    ordered.
    """

    batches: pl.DataFrame | pa.RecordBatchReader
    quality: Quality = field(default_factory=dict)
    anew: Callable[[], "Rows"] | None = None


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, none of them None, the next one made while the caller works on this one."""
    with ThreadPoolExecutor(1) as maker:
        coming = maker.submit(next, items, None)
        while (item := coming.result()) is not None:
            coming = maker.submit(next, items, None)
            yield item
