"""A partition's file a batch at a time: row groups of the interval, one after the other."""

import os
from collections.abc import Iterator, Sequence
from io import BufferedReader
from weakref import finalize

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.stream import BATCH_ROWS, RowStream
from lake_assets.market.sessions import Interval


class _OpenFile:
    """A descriptor of its own, which stays one file whatever is published under its name."""

    def __init__(self, dataset: Dataset, file: BufferedReader) -> None:
        self._sets = {n: d for n, d in dataset.dtypes.items() if isinstance(d, pl.Enum)}
        self._descriptor = os.dup(file.fileno())
        finalize(self, os.close, self._descriptor)

    def read(self, columns: Sequence[str], span: Interval) -> Iterator[pl.DataFrame]:
        sets = pl.Schema({n: kind for n, kind in self._sets.items() if n in columns})
        with pa.OSFile(f"/dev/fd/{self._descriptor}") as source:
            # buffered ahead, every row group that was read would be held until the last one is
            file = pq.ParquetFile(source, pre_buffer=False)
            groups = [g for g in range(file.num_row_groups) if _reaches(file, g, span)]
            for batch in file.iter_batches(BATCH_ROWS, row_groups=groups, columns=list(columns)):
                rows = pl.DataFrame(batch)
                yield rows.cast(sets) if sets else rows


def stream_file(dataset: Dataset, file: BufferedReader) -> RowStream:
    """The rows of an open file."""
    return RowStream(_OpenFile(dataset, file).read)


def _reaches(file: pq.ParquetFile, group: int, span: Interval) -> bool:
    """Whether a row group may hold a row of the interval."""
    facts = file.metadata.row_group(group)
    at = file.schema_arrow.names.index("ts_event_ns")
    known = facts.column(at).statistics
    if known is None or not known.has_min_max:
        return True
    return bool(known.min < span.closes and known.max >= span.opens)
