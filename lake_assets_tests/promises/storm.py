"""Processes that write and read one lake at the same time, the writers to be killed."""

import random
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import duckdb
import polars as pl

from lake_assets.catalog import LEVELS
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake import writers
from lake_assets_tests.lake.tables import DAY, MADE_FROM, SIMULATED

PARTITIONS = ("2025-12-16", DAY)
CLOSED_SETS = {name: LEVELS.dtypes[name] for name in ("kind", "scale")}
TOLD_EVERY = 25  # reads
rows_of = lru_cache(16)(writers.rows_of)


def one_database() -> Callable[[], duckdb.DuckDBPyConnection]:
    """Connections to one DuckDB: to start one takes ten times as long as to read with it."""
    return duckdb.connect(":memory:", config={"threads": 1}).cursor


def first_generations(lake: Lake) -> None:
    """Generation 1 of each partition."""
    for partition in PARTITIONS:
        publish_next(lake, partition, 1)


def publish_next(lake: Lake, partition: str, generation: int | None = None) -> None:
    """Publish the generation after the one in force."""
    with lake.lock(LEVELS, partition):
        number = generation or lake.read(LEVELS, partition)["level_e"][0] + 1
        rows = writers.rows_of(number)
        staged = lake.stage(LEVELS, partition, rows, fingerprint=MADE_FROM, provenance=SIMULATED)
        lake.commit(staged)


def publish_until_killed(pipe, root: Path, seed: int):
    """Publish generations of either partition."""
    lake, draw = Lake(root), random.Random(seed)  # noqa: S311 - moments, not secrets
    pipe.send("running")
    while True:
        publish_next(lake, draw.choice(PARTITIONS))


def read_until_told(pipe, root: Path, engine: str):
    """Read both partitions at once, again and again; tell how often, and what was wrong."""
    lake, newest, reads = Lake(root, connect=one_database()), dict.fromkeys(PARTITIONS, 0), 0
    while not pipe.poll():
        wrong = fault_of(read(lake, engine), newest)
        reads += 1
        if wrong or reads % TOLD_EVERY == 0:
            pipe.send((TOLD_EVERY if not wrong else reads % TOLD_EVERY, wrong))
    pipe.close()


def read(lake: Lake, engine: str) -> pl.DataFrame:
    """Both partitions, the older first."""
    if engine == "polars":
        return lake.read(LEVELS, PARTITIONS)
    return lake.relation(LEVELS, PARTITIONS).pl().cast(CLOSED_SETS)


def fault_of(rows: pl.DataFrame, newest: dict[str, int]) -> str | None:
    """Why rows are not one whole generation of each partition, none older than seen before."""
    seen = rows["level_e"].unique(maintain_order=True).to_list()
    generations = [seen[0], seen[-1]]
    whole = pl.concat([rows_of(generation) for generation in generations])
    if not rows.equals(whole):
        return f"torn, mixed or counted twice: {rows.height} rows of generations {seen}"
    for partition, generation in zip(PARTITIONS, generations, strict=True):
        if generation < newest[partition]:
            return f"{partition} went back from {newest[partition]} to {generation}"
        newest[partition] = generation
    return None
