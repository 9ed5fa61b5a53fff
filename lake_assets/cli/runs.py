"""`lake runs`: the journal of the lake, as a person asks for it."""

import argparse
from typing import Final

import polars as pl

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake
from lake_assets.cli.report import console, plain_table
from lake_assets.lake.journal import FAILED, Journal
from lake_assets.lake.staging import in_memory

_SHOWN: Final = ("started_at", "dataset", "partition", "outcome", "seconds", "rows", "why")
_NUMBERS: Final = (
    "seconds",
    "rows",
    "built",
    "reused",
    "failed",
    "median_s",
    "slowest_s",
    "peak_memory_mb",
)
_UNCHANGED: Final = ("reused", "adopted", "kept_stale")


def run(arguments: argparse.Namespace) -> ExitCode:
    """Print the newest requests, or what those of each dataset took."""
    found = Journal(open_lake().lake.root).relation(in_memory()).pl()
    if arguments.failed:
        found = found.filter(outcome=FAILED)
    rows = by_dataset(found) if arguments.by_dataset else found.tail(arguments.last)
    if arguments.json:
        print(rows.write_json())
    elif rows.is_empty():
        console().print("The journal holds no such request; `lake backfill` writes one each.")
    else:
        _show(rows if arguments.by_dataset else rows.select(_SHOWN))
    return ExitCode.DONE


def by_dataset(entries: pl.DataFrame) -> pl.DataFrame:
    """Of each dataset how many partitions were built, not built and failed, and what it took."""
    built = pl.col("outcome") == "built"
    return (
        entries.group_by("dataset")
        .agg(
            built.sum().alias("built"),
            pl.col("outcome").is_in(_UNCHANGED).sum().alias("reused"),
            (pl.col("outcome") == FAILED).sum().alias("failed"),
            pl.col("seconds").filter(built).median().round(3).alias("median_s"),
            pl.col("seconds").filter(built).max().alias("slowest_s"),
            pl.col("peak_memory_mb").max(),
        )
        .sort("dataset")
    )


def _show(rows: pl.DataFrame) -> None:
    table = plain_table(*rows.columns, right=_NUMBERS)
    for row in rows.iter_rows():
        table.add_row(*(_cell(value) for value in row))
    console().print(table)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:,}" if isinstance(value, int) else str(value)
