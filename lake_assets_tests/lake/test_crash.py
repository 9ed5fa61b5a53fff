"""Whole-old or whole-new, at whichever step the writer dies."""

import shutil

import pytest

from lake_assets.catalog import LEVELS
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake import writers
from lake_assets_tests.lake.tables import DAY, publish


def generation_read(lake, reader):
    """The one generation a read shows; its rows must be exactly that generation's."""
    if reader == "polars":
        frame = lake.read(LEVELS, DAY)
    else:
        frame = lake.relation(LEVELS, DAY).pl().cast({"kind": LEVELS.dtypes["kind"]})
        frame = frame.cast({"scale": LEVELS.dtypes["scale"]})
    generation = frame["level_e"][0]
    assert frame.equals(writers.rows_of(generation))
    return generation


def damage(lake):
    return [f for f in lake.verify() if f.kind != "leftover"]


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    """How many steps on the disk a publish takes over an old generation, and into nothing."""
    return {old: count_steps(tmp_path_factory.mktemp("count"), old) for old in (True, False)}


def count_steps(root, old):
    if old:
        publish(Lake(root), LEVELS, writers.rows_of(1))
    process, pipe = writers.start(writers.publish_and_die, root, 0)
    process.join()
    return pipe.recv()


@pytest.mark.parametrize("old", [True, False], ids=["over an old one", "the first one"])
def test_death_at_any_step_leaves_old_or_new(tmp_path, steps, old):
    assert steps[old] >= 6
    for step in range(1, steps[old] + 1):
        root = tmp_path / str(step)
        lake = Lake(root)
        if old:
            publish(lake, LEVELS, writers.rows_of(1))
        process, _ = writers.start(writers.publish_and_die, root, step)
        process.join()
        assert process.exitcode == 9, f"step {step} was not reached"
        assert damage(lake) == [], f"step {step}"
        allowed = [1, 2] if old else [None, 2]
        there = generation_read(lake, "duckdb") if lake.partitions(LEVELS) else None
        assert there in allowed, f"step {step}"
        assert lake.partitions(LEVELS) == ([DAY] if lake.in_force(LEVELS, DAY) else [])
        publish(lake, LEVELS, writers.rows_of(3))
        assert generation_read(lake, "polars") == 3
        assert lake.verify() == [], f"step {step}"
        shutil.rmtree(root)
