"""Rows to a Parquet file through DuckDB: same rows, same bytes, nothing held whole."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, TypeAlias

import duckdb
import polars as pl
import pyarrow as pa

from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.rows import Rows
from lake_assets.lake.contract import OrderWatch, check_rows, with_closed_sets

ROW_GROUP: Final = 122_880
"""Rows of a row group: sixty of DuckDB's vectors. Batches are cut to it before they reach DuckDB,
whose group boundaries otherwise follow the batches it is given (lake/test_writer.py)."""

SLAB: Final = 4 * ROW_GROUP
"""Rows of a stream checked at once: pandera costs 35 ms for 73 columns however few the rows."""

Source: TypeAlias = (
    Rows | pl.DataFrame | pl.LazyFrame | pa.RecordBatchReader | duckdb.DuckDBPyRelation
)

_COPY: Final = """
COPY checked_rows TO $target (
    FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE $rows,
    PARQUET_VERSION v2, WRITE_BLOOM_FILTER false, USE_TMP_FILE false
)"""


def write_rows(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, source: Source, target: Path
) -> int:
    """Check, order and write rows; returns how many.

    Raises:
        ContractError: rows break the schema.
        UnorderedInputError: a stream is not in the dataset's order.
    """
    feed = _Feed(dataset, _checked(dataset, source))
    connection.execute("SET preserve_insertion_order = true")
    reader = pa.RecordBatchReader.from_batches(feed.schema, feed)
    connection.register("checked_rows", reader)
    try:
        connection.execute(
            _COPY.replace("$target", _quoted(target)).replace("$rows", str(ROW_GROUP))
        )
    except duckdb.Error:
        # DuckDB keeps only the text of what stopped the stream; the cause says it better.
        if feed.failure is not None:
            raise feed.failure from None
        raise
    finally:
        connection.unregister("checked_rows")
    return feed.rows


class _Feed:
    """Batches on their way into DuckDB: counted, and with the error that stopped them kept."""

    def __init__(self, dataset: Dataset, slabs: Iterator[pl.DataFrame]) -> None:
        self._stored = dataset.stored_dtypes
        self._slabs = slabs
        self.schema = pl.DataFrame(schema=self._stored).to_arrow().schema
        self.rows = 0
        self.failure: BaseException | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            for slab in self._slabs:
                self.rows += slab.height
                for group in slab.cast(self._stored).iter_slices(ROW_GROUP):
                    table = group.to_arrow().cast(self.schema).combine_chunks()
                    yield from table.to_batches()
        except GeneratorExit:
            raise  # DuckDB stopped listening, and has its own reason
        except BaseException as failure:
            self.failure = failure
            raise


def _checked(dataset: Dataset, source: Source) -> Iterator[pl.DataFrame]:
    """Slabs of `SLAB` rows, each checked; a frame is checked whole and sorted first."""
    rows = source.batches if isinstance(source, Rows) else source
    watch = OrderWatch(dataset)
    if isinstance(rows, pl.DataFrame):
        check_rows(dataset, rows)
        ordered = rows.sort(dataset.sort_by, maintain_order=True)
        watch.see(ordered)
        yield ordered
        return
    for slab in _slabs(with_closed_sets(dataset, frame) for frame in _frames(rows)):
        check_rows(dataset, slab)
        watch.see(slab)
        yield slab


def _frames(
    rows: pl.LazyFrame | pa.RecordBatchReader | duckdb.DuckDBPyRelation,
) -> Iterator[pl.DataFrame]:
    """The batches of a stream, after an empty one: a stream of no rows still has columns."""
    if isinstance(rows, pl.LazyFrame):
        yield rows.collect_schema().to_frame()
        yield from rows.collect_batches(chunk_size=ROW_GROUP, maintain_order=True, lazy=True)
        return
    if isinstance(rows, duckdb.DuckDBPyRelation):
        rows = rows.to_arrow_reader(ROW_GROUP)
    yield pl.DataFrame(rows.schema.empty_table())
    for batch in rows:
        yield pl.DataFrame(batch)


def _slabs(frames: Iterable[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """The same rows in slabs of exactly `SLAB` rows, the last one shorter."""
    waiting: list[pl.DataFrame] = []
    height, nothing_yet = 0, True
    for frame in frames:
        waiting.append(frame)
        height += frame.height
        while height >= SLAB:
            whole = pl.concat(waiting)
            yield whole.head(SLAB)
            waiting = [whole.slice(SLAB)]
            height -= SLAB
            nothing_yet = False
    if height or nothing_yet:
        yield pl.concat(waiting)


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
