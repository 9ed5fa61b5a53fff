"""The lake as tables of an in-memory DuckDB that can read it and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import duckdb
import polars as pl

from lake_assets.catalog.dataset import Dataset


def open_views(
    connect: Callable[[], duckdb.DuckDBPyConnection],
    root: Path,
    files: Mapping[Dataset, Sequence[Path]],
) -> duckdb.DuckDBPyConnection:
    """One view a dataset over its files, then locked: no other file, no setting, no extension."""
    connection = connect()
    for layer in sorted({dataset.layer for dataset in files}):
        connection.execute(f"CREATE SCHEMA {layer}")
    for dataset, paths in files.items():
        _create(connection, dataset, paths)
    folder = str(root.resolve()).replace("'", "''")
    connection.execute(f"SET allowed_directories = ['{folder}/']")
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
    return connection


def _create(connection: duckdb.DuckDBPyConnection, dataset: Dataset, paths: Sequence[Path]) -> None:
    name = f"{dataset.layer}.{dataset.name}"
    if not paths:
        columns = ", ".join(f'"{n}" {_sql_type(d)}' for n, d in dataset.stored_dtypes.items())
        connection.execute(f"CREATE TABLE {name} ({columns})")
        return
    listed = ", ".join("'" + str(path.resolve()).replace("'", "''") + "'" for path in paths)
    connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{listed}])")  # noqa: S608 - paths of manifests


def _sql_type(dtype: pl.DataType) -> str:
    return {
        pl.Int8: "TINYINT",
        pl.Int16: "SMALLINT",
        pl.Int32: "INTEGER",
        pl.Int64: "BIGINT",
        pl.UInt8: "UTINYINT",
        pl.Float64: "DOUBLE",
        pl.Boolean: "BOOLEAN",
        pl.Date: "DATE",
        pl.String: "VARCHAR",
    }[dtype.base_type()]
