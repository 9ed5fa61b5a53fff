"""P7: what a session does not hold is null, never a zero somebody could take for a measurement.

A session is made again without one of its inputs: a zero counts as invented where the whole
session said another number, or none, of the same row, unless the column's declaration makes zero
an end of its scale, as of a score from 0 to 100, or of a share, which tells how much was known.
And it is made without random stretches of its inputs: sums of what was seen and ages may then be
zero, but what the whole session could not say less of it may not say either.
LAKE_PROOF_GAPS sets how often the latter; 40 is the full run.
"""

import random

import polars as pl
import pytest

from lake_assets.orchestration.rebuild import bronze_of
from lake_assets_tests.orchestration.audits import RECIPES, rebuild_of
from lake_assets_tests.orchestration.lakes import DAY
from lake_assets_tests.promises.tally import full_count

GAPS = full_count("LAKE_PROOF_GAPS", 1)
SCALES = {"share", "0-100"}
SECOND = 1_000_000_000
# Nothing added to what was removed is a measured zero; the whole session may have removed nothing.
MEASURED = {
    "barrier_replenishment_ratio": (pl.col("barrier_added") == 0)
    & (pl.col("barrier_canceled") + pl.col("barrier_filled") > 0)
}
BRONZE = {dataset.name: dataset for dataset in bronze_of(RECIPES)}
DATASETS = {recipe.dataset.name: recipe.dataset for recipe in RECIPES}


@pytest.fixture(scope="module")
def session(built_once):
    """How the session is made again, its Bronze, and its tables."""
    rebuild = rebuild_of(built_once.lake, DAY)
    bronze = {name: built_once.lake.read(d, DAY) for name, d in BRONZE.items()}
    return rebuild, bronze, made(rebuild, bronze)


def made(rebuild, bronze):
    held = {name: rows.lazy() for name, rows in bronze.items()}
    return rebuild.from_bronze(held, rebuild.session.hours.closes).tables


def is_scale(column):
    """Whether zero is the lower end of a column's scale."""
    floors = [rule.statistics.get("min_value") for rule in column.checks]
    return column.metadata["unit"] in SCALES and 0 in floors


def invented(dataset, rows, whole, *, from_null):
    """Columns with zeros that the whole session does not say, how many, and cells compared."""
    declared = dataset.schema.to_schema().columns
    columns = [
        name
        for name, column in declared.items()
        if column.nullable
        and dataset.dtypes[name].is_numeric()
        and name not in dataset.sort_by
        and (from_null or not is_scale(column))
    ]
    if not columns:
        return {}, 0
    keys = list(dataset.sort_by)
    measured = {f"{name} measured": pl.lit(value=False) for name in columns}
    if from_null:
        measured |= {f"{name} measured": MEASURED[name] for name in columns if name in MEASURED}
    both = rows.select(*keys, *columns, **measured).join(
        whole.select(*keys, *columns), on=keys, how="inner", suffix=" whole"
    )
    said = {name: pl.col(f"{name} whole") for name in columns}
    found = both.select(
        (
            (pl.col(name) == 0)
            & (was.is_null() if from_null else was.ne_missing(0))
            & ~pl.col(f"{name} measured")
        )
        .sum()
        .alias(name)
        for name, was in said.items()
    )
    zeros = {name: n for name, n in found.row(0, named=True).items() if n}
    return zeros, both.height * len(columns)


def with_gaps(bronze, draw):
    """Six stretches of up to twenty minutes left out of each input, each input its own."""
    held = {}
    for name, rows in bronze.items():
        first, last = rows["ts_event_ns"].min(), rows["ts_event_ns"].max()
        starts = [draw.randrange(first, last) for _ in range(6)]
        gaps = [(start, start + draw.randrange(60, 1_200) * SECOND) for start in starts]
        gone = pl.any_horizontal(pl.col("ts_event_ns").is_between(*gap) for gap in gaps)
        held[name] = rows.filter(~gone)
    return held


def compare(counts, session, held, *, from_null):
    rebuild, _, whole = session
    for name, rows in made(rebuild, held).items():
        zeros, cells = invented(DATASETS[name], rows, whole[name], from_null=from_null)
        counts["cells compared"] += cells
        assert not zeros, f"{name}: {zeros}"


@pytest.mark.parametrize("gone", ["es_mbp10", "spy_options"])
def test_without_an_input_nothing_is_zero(session, promise, gone):
    held = session[1] | {gone: session[1][gone].clear()}
    with promise("P7") as counts:
        compare(counts, session, held, from_null=False)
        counts["inputs left out"] += 1


def test_stretches_left_out_are_not_zero(session, promise):
    draw = random.Random(7)  # noqa: S311 - moments, not secrets
    with promise("P7") as counts:
        for _ in range(GAPS):
            compare(counts, session, with_gaps(session[1], draw), from_null=True)
            counts["sessions with gaps"] += 1
