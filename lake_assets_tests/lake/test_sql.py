"""SQL sees the whole lake and nothing else."""

import os

import duckdb
import pytest

from lake_assets.catalog import DATASETS, LEVELS
from lake_assets.errors import DamagedPartitionError, UnknownNameError
from lake_assets.lake.lake import Lake
from lake_assets.lake.sql import select
from lake_assets_tests.lake.tables import DAY, levels, publish


@pytest.fixture
def lake(tmp_path):
    lake = Lake(tmp_path / "the lake's")
    publish(lake, LEVELS, levels(1))
    publish(lake, LEVELS, levels(2), "2025-12-16")
    return lake


def test_every_dataset_is_a_view_with_its_partition(lake):
    connection = lake.open_sql()
    for dataset in DATASETS:
        view = connection.table(f"{dataset.layer}.{dataset.name}")
        assert view.columns == ["partition", *dataset.dtypes]
        assert dataset is LEVELS or view.fetchall() == []
    rows = connection.sql("SELECT partition, sum(level_e) FROM levels GROUP BY 1 ORDER BY 1")
    assert rows.fetchall() == [("2025-12-16", 6), (DAY, 3)]


def test_a_view_reads_the_generation_in_force(lake):
    connection = lake.open_sql()
    publish(lake, LEVELS, levels(9, rows=1))
    (lake.root / "silver/levels/stray.parquet").write_bytes(b"not the lake's")
    rows = connection.sql("SELECT level_e FROM silver.levels WHERE partition = '2025-12-17'")
    assert rows.fetchall() == [(9,)]


def test_a_damaged_file_is_named_before_any_answer(lake):
    (lake.root / LEVELS.path(DAY)).write_bytes(b"x")
    with pytest.raises(DamagedPartitionError, match=DAY):
        lake.open_sql()


FORBIDDEN = [
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM glob('{folder}/*')",
    "SELECT * FROM '{secret}'",
    "COPY (SELECT 1) TO '{folder}/out.csv'",
    "COPY (SELECT 1) TO '{inside}/silver/levels/out.parquet'",
    "COPY (SELECT 1) TO '{inside}/{levels}'",
    "ATTACH '{folder}/x.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET threads = 1",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_nothing_but_the_lake_can_be_touched(lake, tmp_path, statement):
    (tmp_path / "secret").write_text("s")
    text = statement.format(
        secret=tmp_path / "secret",
        folder=tmp_path,
        inside=str(lake.root).replace("'", "''"),
        levels=LEVELS.path(DAY),
    )
    with pytest.raises(duckdb.Error):
        lake.open_sql().execute(text)
    assert lake.verify() == []
    assert sorted(os.listdir(tmp_path)) == ["secret", "the lake's"]  # noqa: PTH208 - names only


@pytest.mark.parametrize(
    "question",
    ["", "SELEC 1", "SELECT 1; SELECT 2", "COPY levels TO 'x.csv'", "DROP VIEW silver.levels"],
)
def test_only_one_select_is_a_question(lake, question):
    with pytest.raises(UnknownNameError):
        select(lake.open_sql(), question)


def test_a_question_has_an_answer(lake):
    assert select(lake.open_sql(), "SELECT count(*) FROM levels").fetchall() == [(6,)]
