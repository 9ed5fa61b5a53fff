"""Rows checked, ordered, written and synced where no reader looks."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb

from lake_assets.catalog.dataset import Dataset
from lake_assets.catalog.rows import Quality, Rows
from lake_assets.errors import LateRowError
from lake_assets.lake.durability import make_folder, refusal_named, sha256_of, sync_file
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.manifest import Generation, Stamp, creators
from lake_assets.lake.sealed import canonical
from lake_assets.lake.writer import Source, write_rows
from lake_assets.market.vocabulary import Provenance

Connect = Callable[[], duckdb.DuckDBPyConnection]


def in_memory() -> duckdb.DuckDBPyConnection:
    """DuckDB in memory; it fetches no extension."""
    return duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "memory_limit": "2GB",
        },
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A partition ready to be put in force; ``path`` is a Parquet file nobody reads yet."""

    dataset: Dataset
    partition: str
    path: Path
    generation: Generation

    def certified(self, certificate: Mapping[str, Any]) -> "Staged":
        """The same partition with what an audit showed of its rows."""
        canonical(certificate)  # what JSON cannot hold fails here
        return replace(self, generation=replace(self.generation, certificate=certificate))


def stage_rows(  # noqa: PLR0913 - a partition has many facts, each by name
    path: Path,
    dataset: Dataset,
    partition: str,
    source: Source,
    *,
    connect: Connect,
    fingerprint: Fingerprint,
    provenance: Provenance,
) -> Staged:
    """Write a partition's rows to a file of their own; on any failure the file is gone.

    Raises:
        UnwritableLakeError: the disk refuses it.
    """
    make_folder(path.parent)
    with ExitStack() as undo:
        undo.callback(_discard, path)
        with connect() as connection:
            source, rows = _written(connection, dataset, source, path)
        sync_file(path)
        with refusal_named(path), path.open("rb") as file:
            stamp = Stamp.of(os.fstat(file.fileno()))
            sha256 = sha256_of(file)
        generation = Generation(
            rows=rows,
            bytes=stamp.size,
            sha256=sha256,
            schema_hash=dataset.schema_hash,
            fingerprint=fingerprint,
            quality=_quality(source),
            provenance=provenance,
            vendor_condition=_condition(source),
            created_by=creators(),
            stamp=stamp,
            statistics=dataset.statistics.of(path) if dataset.statistics else None,
        )
        canonical([generation.quality, fingerprint.digest])  # what JSON cannot hold fails here
        undo.pop_all()
    return Staged(dataset=dataset, partition=partition, path=path, generation=generation)


def _discard(path: Path) -> None:
    """Take a draft away; if even that is refused, the next writer does."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


def _written(
    connection: duckdb.DuckDBPyConnection, dataset: Dataset, source: Source, path: Path
) -> tuple[Source, int]:
    """Write the rows, from the start again if their stream gave up; what was written, how many."""
    try:
        return source, write_rows(connection, dataset, source, path)
    except LateRowError:
        if not isinstance(source, Rows) or source.anew is None:
            raise
    again = source.anew()
    return again, write_rows(connection, dataset, again, path)


def _quality(source: Source) -> Quality:
    """What was counted on the way; complete only now, when the stream is exhausted."""
    return dict(source.quality) if isinstance(source, Rows) else {}


def _condition(source: Source) -> str | None:
    """What the vendor says of the day: available, degraded, pending, missing."""
    told = _quality(source).get("vendor_condition")
    return None if told is None else str(told)
