"""Rows to a Parquet file through DuckDB: same rows, same bytes, nothing held whole."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final, TypeAlias

import duckdb
import polars as pl
import pyarrow as pa

from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.rows import Rows, ahead
from lake_assets.lake.contract import OrderWatch, check_rows, in_order, with_closed_sets
from lake_assets.lake.durability import unwritable
from lake_assets.lake.groups import fixed_groups
from lake_assets.lake.literals import sql_text
from lake_assets.lake.row_groups import write_grouped

ROW_GROUP: Final = 122_880
"""Rows of a row group: sixty of DuckDB's vectors. Batches are cut to it before they reach DuckDB,
whose group boundaries otherwise follow the batches it is given (lake/test_writer.py)."""

Source: TypeAlias = (
    Rows | pl.DataFrame | pl.LazyFrame | pa.RecordBatchReader | duckdb.DuckDBPyRelation
)

_THREADS: Final = "SELECT current_setting('threads'), current_setting('async_threads')"
_COPY: Final = """
COPY checked_rows TO $target (
    FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE $rows,
    PARQUET_VERSION v2, WRITE_BLOOM_FILTER false, USE_TMP_FILE false,
    DICTIONARY_SIZE_LIMIT 16
)"""
# A dictionary pays for columns of a few words. For the others differences are as small (2 M book
# records: 38.1 MB against 36.6 without the limit) and take 1.7 s of one core instead of 2.4.


def write_rows(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, source: Source, target: Path
) -> int:
    """Check, order and write rows; returns how many.

    Raises:
        ContractError: rows break the schema.
        UnorderedInputError: a stream is not in the dataset's order.
        UnwritableLakeError: the disk refuses the file.
    """
    feed = _Feed(dataset, source)
    if dataset.row_groups_by:
        try:
            write_grouped(feed.schema, feed, dataset.row_groups_by, target)
        except OSError as error:
            if error is feed.failure:
                raise
            raise unwritable(target, str(error), error.errno) from error
        return feed.rows
    connection.execute("SET preserve_insertion_order = true")
    # Rows that must keep their order are written by one thread however many there are; with others
    # it took 2.9 s of that thread instead of 2.2 for 2 M book records, and held back 300 MB more.
    # And what is written by threads of DuckDB's own cannot be given up: 2.0.0 waits for them for
    # ever when rows stop with an error (lake/test_writer.py). Without them nothing is slower.
    threads = connection.execute(_THREADS).fetchall()[0]
    _set_threads(connection, 1, 0)
    reader = pa.RecordBatchReader.from_batches(feed.schema, feed)
    connection.register("checked_rows", reader)
    try:
        connection.execute(
            _COPY.replace("$target", sql_text(target)).replace("$rows", str(ROW_GROUP))
        )
    except duckdb.Error as error:
        # DuckDB keeps only the text of what stopped the stream; the cause says it better.
        if feed.failure is not None:
            raise feed.failure from None
        if isinstance(error, duckdb.IOException):
            raise unwritable(target, str(error)) from error
        raise
    finally:
        connection.unregister("checked_rows")
        _set_threads(connection, *threads)
    return feed.rows


def _set_threads(connection: duckdb.DuckDBPyConnection, working: int, writing: int) -> None:
    connection.execute("SET threads = ?", [working])
    connection.execute("SET async_threads = ?", [writing])


class _Feed:
    """Row groups on their way into DuckDB: counted, and with the error that stopped them kept."""

    def __init__(self, dataset: Dataset, source: Source) -> None:
        self._dataset = dataset
        self._source = source
        self.schema = pl.DataFrame(schema=dataset.stored_dtypes).to_arrow().schema
        self.rows = 0
        self.failure: BaseException | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            for group in ahead(self._checked()):
                self.rows += group.num_rows
                yield group
        except GeneratorExit:
            raise  # DuckDB stopped listening, and has its own reason
        except BaseException as failure:
            self.failure = failure
            raise

    def _checked(self) -> Iterator[pa.RecordBatch]:
        """Groups of checked rows; a frame is checked whole and sorted first."""
        rows = self._source.batches if isinstance(self._source, Rows) else self._source
        watch = OrderWatch(self._dataset)
        if isinstance(rows, pl.DataFrame):
            check_rows(self._dataset, rows)
            ordered = in_order(self._dataset, rows)
            watch.see(ordered)
            yield from self._stored(ordered)
            return
        reader = _reader(rows)
        # Other columns are refused before a row is asked for.
        no_rows = pl.DataFrame(reader.schema.empty_table())
        check_rows(self._dataset, with_closed_sets(self._dataset, no_rows))
        for group in fixed_groups(reader, ROW_GROUP):
            frame = with_closed_sets(self._dataset, pl.DataFrame(group))
            check_rows(self._dataset, frame)
            watch.see(frame)
            # Not by way of the frame, which has its own form of text.
            yield group.cast(self.schema)

    def _stored(self, frame: pl.DataFrame) -> Iterator[pa.RecordBatch]:
        """A frame in the types it is stored as, cut to row groups."""
        for group in frame.iter_slices(ROW_GROUP):
            stored = group.cast(self._dataset.stored_dtypes).to_arrow()
            yield from stored.cast(self.schema).combine_chunks().to_batches()


def _reader(
    rows: pl.LazyFrame | pa.RecordBatchReader | duckdb.DuckDBPyRelation,
) -> pa.RecordBatchReader:
    if isinstance(rows, duckdb.DuckDBPyRelation):
        return rows.to_arrow_reader(ROW_GROUP)
    if isinstance(rows, pa.RecordBatchReader):
        return rows
    frames = rows.collect_batches(chunk_size=ROW_GROUP, maintain_order=True, lazy=True)
    return pa.RecordBatchReader.from_batches(
        rows.collect_schema().to_frame().to_arrow().schema,
        (batch for frame in frames for batch in frame.to_arrow().to_batches()),
    )
