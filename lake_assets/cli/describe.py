"""`lake describe`: the datasets, or the columns of one, as the catalog declares them."""

import argparse
from collections.abc import Iterator

from lake_assets.catalog import DATASETS, dataset_named
from lake_assets.catalog.dataset import Dataset
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.report import console, plain_table


def run(arguments: argparse.Namespace) -> ExitCode:
    """Print what was asked for."""
    if arguments.markdown:
        print("\n".join(datasets_page()))
    elif arguments.dataset:
        _print_columns(dataset_named(arguments.dataset))
    else:
        _print_datasets()
    return ExitCode.DONE


def _print_datasets() -> None:
    table = plain_table("dataset", "columns", "what", right=("columns",))
    for dataset in DATASETS:
        table.add_row("/".join(dataset.key), str(len(dataset.columns)), dataset.summary)
    console().print(table)
    console().print("`lake describe NAME` lists the columns of one.")


def _print_columns(dataset: Dataset) -> None:
    console().print(f"{'/'.join(dataset.key)}: {dataset.summary}")
    console().print(f"File: {dataset.path(dataset.partition_word)}")
    table = plain_table("column", "type", "unit", "meaning", "null", "role")
    for column in dataset.columns.values():
        dtype = str(column.dtype).split("(")[0]
        row = (column.name, dtype, column.unit or "", column.meaning, column.null or "never")
        table.add_row(*row, column.role.value)
    console().print(table)


def datasets_page() -> Iterator[str]:
    """docs/datasets.md, line by line."""
    yield "# Datasets"
    yield ""
    yield "Written from the catalog by `make docs`; a test compares."
    shown: set[tuple[str, str]] = set()
    for dataset in DATASETS:
        if (dataset.layer, dataset.table) not in shown:
            shown.add((dataset.layer, dataset.table))
            yield from _section(dataset)


def _section(dataset: Dataset) -> Iterator[str]:
    yield ""
    yield f"## {_of_any('/'.join(dataset.key), dataset)}"
    yield ""
    yield dataset.summary
    yield ""
    file = dataset.path(dataset.partition_word)
    yield f"File `{_of_any(file, dataset)}`, "
    yield f"sorted by {', '.join(f'`{name}`' for name in dataset.sort_by)}."
    yield ""
    yield "| Column | Type | Unit | Meaning | Null | Role |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for column in dataset.columns.values():
        dtype = str(column.dtype).split("(")[0]
        cells = (column.unit or "", column.meaning, column.null or "never", column.role.value)
        yield f"| `{column.name}` | {dtype} | {' | '.join(cells)} |"


def _of_any(text: str, dataset: Dataset) -> str:
    """The text with a word for the underlying: the page shows a table once, whoever it is of."""
    return text.replace(dataset.underlying, "<underlying>") if dataset.underlying else text
