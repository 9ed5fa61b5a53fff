"""Row groups that begin where a column's value changes: a reader of one value reads no other.

DuckDB's COPY fills its groups to a count of rows whatever batches it is handed, and has no setting
that ends one earlier (lake/test_row_groups.py); these files are written by pyarrow.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq


def write_grouped(
    schema: pa.Schema, batches: Iterable[pa.RecordBatch], by: str, target: Path
) -> None:
    """Write ordered batches, each value of ``by`` in a row group of its own."""
    with pq.ParquetWriter(target, schema, compression="zstd", compression_level=1) as writer:
        for group in _groups(batches, by):
            writer.write_table(group, row_group_size=max(group.num_rows, 1))


def _groups(batches: Iterable[pa.RecordBatch], by: str) -> Iterator[pa.Table]:
    held: list[pa.RecordBatch] = []
    for batch in batches:
        for run in _runs(batch, by):
            if held and held[0].column(by)[0] != run.column(by)[0]:
                yield pa.Table.from_batches(held)
                held = []
            held.append(run)
    if held:
        yield pa.Table.from_batches(held)


def _runs(batch: pa.RecordBatch, by: str) -> Iterator[pa.RecordBatch]:
    """The batch, cut wherever the value changes."""
    lengths = pc.run_end_encode(batch.column(by)).run_ends.to_pylist() if batch.num_rows else []
    start = 0
    for end in lengths:
        yield batch.slice(start, end - start)
        start = end
