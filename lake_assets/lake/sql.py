"""The whole lake as SQL views, on a connection that can open nothing else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from lake_assets.catalog import DATASETS
from lake_assets.catalog.dataset import Dataset, Layer
from lake_assets.errors import UnknownNameError
from lake_assets.lake.journal import Journal
from lake_assets.lake.literals import sql_text


@dataclass(frozen=True, slots=True)
class View:
    """A dataset and the files of its partitions."""

    dataset: Dataset
    files: Mapping[str, Path]


def open_views(
    connection: duckdb.DuckDBPyConnection, view_of: Callable[[Dataset], View], root: Path
) -> duckdb.DuckDBPyConnection:
    """One view per dataset and one of the journal of ``root``; then the connection is locked down.

    A view is its dataset's columns after ``partition``, over an explicit list of files; the
    journal's is ``operations.runs``.
    """
    views, journal = [view_of(dataset) for dataset in DATASETS], Journal(root)
    for layer in Layer:
        connection.execute(f"CREATE SCHEMA {layer}")
    for view in views:
        _create(connection, view)
    connection.execute("CREATE SCHEMA operations")
    connection.execute(f"CREATE VIEW operations.runs AS {journal.query()}")
    connection.execute("SET search_path = 'bronze,silver,gold,operations'")
    files = [*(path for view in views for path in view.files.values()), *journal.files()]
    _lock_down(connection, [str(path) for path in files])
    return connection


def select(connection: duckdb.DuckDBPyConnection, question: str) -> duckdb.DuckDBPyRelation:
    """The answer to exactly one SELECT: COPY and ATTACH would write, several would hide one.

    Raises:
        UnknownNameError: it is anything else, or DuckDB cannot answer it.
    """
    try:
        statements = connection.extract_statements(question)
        if [s.type for s in statements] != [duckdb.StatementType.SELECT]:
            raise UnknownNameError("expected one SELECT; the lake answers and changes nothing")
        return connection.sql(statements[0])
    except duckdb.Error as error:
        raise UnknownNameError(f"the query cannot be answered: {error}") from error


def named_in(connection: duckdb.DuckDBPyConnection, question: str) -> list[Dataset]:
    """Datasets a question reads; none if it is no question, which `select` says."""
    try:
        names = connection.get_table_names(question)
    except duckdb.Error:
        return []
    words = {name.lower() for name in names}
    return [dataset for dataset in DATASETS if dataset.name.lower() in words]


def _create(connection: duckdb.DuckDBPyConnection, view: View) -> None:
    name = f"{view.dataset.layer}.{view.dataset.name}"
    if view.files:
        parts = (
            # A view takes no parameters; both values are quoted, neither comes from a caller.
            f"SELECT {sql_text(p)} AS partition, * FROM read_parquet({sql_text(path)})"  # noqa: S608 - as above
            for p, path in view.files.items()
        )
        connection.execute(f"CREATE VIEW {name} AS {' UNION ALL BY NAME '.join(parts)}")
        return
    empty = view.dataset.empty().cast(view.dataset.stored_dtypes).to_arrow()
    connection.register("no_rows", empty)
    connection.execute(f"CREATE TABLE {name} AS FROM (SELECT '' AS partition, * FROM no_rows)")  # noqa: S608 - a declared name
    connection.unregister("no_rows")


def _lock_down(connection: duckdb.DuckDBPyConnection, files: list[str]) -> None:
    listed = ", ".join(sql_text(file) for file in files)
    connection.execute(f"SET allowed_paths = [{listed}]")
    for setting in (
        "autoinstall_known_extensions = false",
        "autoload_known_extensions = false",
        "allow_community_extensions = false",
        "python_enable_replacements = false",
        "enable_external_access = false",
        "lock_configuration = true",
    ):
        connection.execute(f"SET {setting}")
