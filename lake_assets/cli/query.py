"""`lake sql`: one question to the whole lake."""

import argparse

import polars as pl

from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.place import open_lake
from lake_assets.cli.report import console
from lake_assets.lake.sql import select


def run(arguments: argparse.Namespace) -> ExitCode:
    """Print the answer as a table, CSV or JSON."""
    rows = select(open_lake().lake.open_sql(arguments.query), arguments.query).pl()
    if arguments.format == "csv":
        print(rows.write_csv(), end="")
    elif arguments.format == "json":
        print(rows.write_json())
    else:
        with pl.Config(tbl_rows=50, tbl_cols=-1, tbl_width_chars=console().width):
            console().print(str(rows))
    return ExitCode.DONE
