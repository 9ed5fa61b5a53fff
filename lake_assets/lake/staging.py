"""From rows to a checked, sorted, synced file that no reader looks at yet."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final
from uuid import uuid4

import duckdb
import polars as pl
import pyarrow as pa

from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.rows import Rows
from lake_assets.lake.contract import OrderWatch, check
from lake_assets.lake.durability import hash_file, make_folder, sync
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.manifest import Generation, Stamp
from lake_assets.market.vocabulary import Provenance

# The writer's cuts follow the batches it is given: with batches of one size, the bytes do not
# depend on threads or on how a source happened to chunk its rows (lake/test_staging.py).
BATCH_ROWS: Final = 65_536
ROW_GROUP_ROWS: Final = 131_072
Connect = Callable[[], duckdb.DuckDBPyConnection]


@dataclass(frozen=True, slots=True)
class Staged:
    """A partition's next generation, written beside the lake's readers."""

    dataset: Dataset
    partition: str
    path: Path
    generation: Generation


def write_staged(  # noqa: PLR0913 - what a partition is, fact by fact
    connect: Connect,
    path: Path,
    dataset: Dataset,
    partition: str,
    made: Rows | pl.DataFrame,
    *,
    fingerprint: Fingerprint,
    provenance: Provenance,
) -> Staged:
    """Check the rows against their schema and write them to ``path``, synced and hashed.

    Frames are put in the dataset's order; a stream must already be in it.

    Raises:
        ContractError: the rows break the schema.
        UnorderedInputError: a stream is not in the dataset's order.
    """
    rows = made if isinstance(made, Rows) else Rows(batches=made)
    make_folder(path.parent)
    try:
        count = _copy(connect, path, _reader(dataset, rows))
        sync(path)
        generation = Generation(
            rows=count,
            bytes=path.stat().st_size,
            sha256=hash_file(path),
            schema_hash=dataset.schema_hash,
            fingerprint=fingerprint,
            quality=dict(sorted(rows.quality.items())),
            provenance=provenance,
            created_by={p: version(p) for p in ("lake-assets", "duckdb", "polars", "pyarrow")},
            stamp=Stamp.of(path),
        )
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Staged(dataset, partition, path, generation)


def staging_name(dataset: Dataset, partition: str) -> str:
    """A name no reader's glob matches: another folder, no ``.parquet``."""
    stem = dataset.stem(partition).replace("/", "-")
    return f"{stem}.{os.getpid()}.{uuid4().hex[:8]}"


def _copy(connect: Connect, path: Path, rows: pa.RecordBatchReader) -> int:
    connection = connect()
    try:
        connection.register("staged_rows", rows)
        target = str(path).replace("'", "''")
        done = connection.execute(
            f"COPY (SELECT * FROM staged_rows) TO '{target}' (FORMAT parquet, COMPRESSION zstd, "  # noqa: S608 - our own path
            f"COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP_ROWS})"
        ).fetchone()
        return int(done[0]) if done else 0
    finally:
        connection.close()


def _reader(dataset: Dataset, rows: Rows) -> pa.RecordBatchReader:
    """The rows as stored: checked, in order, closed sets as text, batches of one size."""
    if isinstance(rows.batches, pl.DataFrame):
        checked = iter([check(dataset, _in_order(dataset, rows.batches))])
    else:
        checked = _checked(dataset, rows.batches)
    schema = dataset.empty().cast(dataset.stored_dtypes).to_arrow().schema
    return pa.RecordBatchReader.from_batches(schema, _even_batches(dataset, checked, schema))


def _in_order(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    missing = [name for name in dataset.sort_by if name not in frame.columns]
    return frame if missing else frame.sort(dataset.sort_by, maintain_order=True)


def _checked(dataset: Dataset, batches: pa.RecordBatchReader) -> Iterator[pl.DataFrame]:
    watch = OrderWatch(dataset)
    for batch in batches:
        frame = pl.from_arrow(batch)
        if not isinstance(frame, pl.DataFrame):
            raise TypeError(f"a record batch became a {type(frame).__name__}")
        yield watch.pass_on(check(dataset, _closed_sets(dataset, frame)))


def _closed_sets(dataset: Dataset, frame: pl.DataFrame) -> pl.DataFrame:
    """Text of the stream as the closed sets the catalog declares."""
    sets = [n for n, d in dataset.dtypes.items() if isinstance(d, pl.Enum) and n in frame.columns]
    return frame.with_columns(pl.col(name).cast(dataset.dtypes[name]) for name in sets)


def _even_batches(
    dataset: Dataset, frames: Iterator[pl.DataFrame], schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    held: list[pl.DataFrame] = []
    for frame in frames:
        held.append(frame)
        if sum(f.height for f in held) >= BATCH_ROWS:
            whole = pl.concat(held)
            cut = whole.height - whole.height % BATCH_ROWS
            yield from _record_batches(dataset, whole.head(cut), schema)
            held = [whole.tail(whole.height - cut)]
    if held:
        yield from _record_batches(dataset, pl.concat(held), schema)


def _record_batches(
    dataset: Dataset, frame: pl.DataFrame, schema: pa.Schema
) -> Iterator[pa.RecordBatch]:
    table = frame.cast(dataset.stored_dtypes).rechunk().to_arrow().cast(schema)
    yield from table.to_batches(max_chunksize=BATCH_ROWS)
