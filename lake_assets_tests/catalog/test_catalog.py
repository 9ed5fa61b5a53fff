"""The catalog: each dataset one sentence, each number a unit, each null a meaning."""

import polars as pl
import pytest

from lake_assets.catalog import DATASETS, dataset_named
from lake_assets.catalog.dataset import WHOLE, Layer
from lake_assets.catalog.gold import EXTRA_COLUMNS, SEED_COLUMNS, SIGNALS
from lake_assets.catalog.schema import Role
from lake_assets.errors import UnknownNameError

NAMES = [dataset.name for dataset in DATASETS]
EVERY_COLUMN = [(d.name, c) for d in DATASETS for c in d.columns.values()]
DAY = "2025-12-17"


def test_names_are_unique():
    assert len(set(NAMES)) == len(NAMES)


@pytest.mark.parametrize("dataset", DATASETS, ids=NAMES)
def test_every_table_is_one_sentence(dataset):
    assert dataset.summary.endswith(".")
    assert dataset.summary.count(".") == 1


@pytest.mark.parametrize("dataset", DATASETS, ids=NAMES)
def test_columns_are_those_pandera_checks(dataset):
    checked = dataset.schema.to_schema().columns
    assert [*dataset.columns] == [*checked]
    for name, column in dataset.columns.items():
        assert column.dtype == checked[name].dtype.type
        assert repr(column.dtype) == repr(checked[name].dtype.type)
        assert column.meaning == checked[name].description
        assert column.unit == checked[name].metadata["unit"]
        assert column.role == checked[name].metadata["role"]
        assert (column.null is not None) == checked[name].nullable


@pytest.mark.parametrize(
    ("table", "column"), EVERY_COLUMN, ids=[f"{t}.{c.name}" for t, c in EVERY_COLUMN]
)
def test_every_number_has_a_unit_and_every_column_a_meaning(table, column):
    assert column.meaning, f"{table}.{column.name} says nothing"
    if column.dtype.is_numeric():
        assert column.unit, f"{table}.{column.name} has no unit"


@pytest.mark.parametrize("dataset", DATASETS, ids=NAMES)
def test_the_sort_key_is_made_of_columns_that_are_never_null(dataset):
    assert dataset.sort_by
    assert all(dataset.columns[name].null is None for name in dataset.sort_by)


@pytest.mark.parametrize("dataset", DATASETS, ids=NAMES)
def test_a_file_name_holds_layer_name_and_day(dataset):
    partition = DAY if dataset.calendar else WHOLE
    path = dataset.path(partition)
    assert path.startswith(f"{dataset.layer}/")
    name = path.rsplit("/", 1)[-1]
    assert name.startswith(dataset.file or dataset.table)
    assert dataset.underlying is None or f"_{dataset.underlying}_" in name
    assert (DAY in path) == (dataset.calendar is not None)


def test_no_two_datasets_share_a_file():
    paths = [d.path(DAY if d.calendar else WHOLE) for d in DATASETS]
    assert len(set(paths)) == len(paths)


def test_the_research_table_stands_where_people_look_for_it():
    assert SIGNALS.path(DAY) == "gold/research/signals_2025-12-17.parquet"
    assert dataset_named("signals_multi_day").path(WHOLE) == (
        "gold/research/signals_multi_day.parquet"
    )


def test_signals_hold_the_seed_columns_first():
    assert len(SEED_COLUMNS) == 55
    assert list(SIGNALS.columns)[: len(SEED_COLUMNS)] == list(SEED_COLUMNS)
    assert set(EXTRA_COLUMNS) < set(SIGNALS.columns)


def test_only_gold_holds_labels():
    looks_forward = [d.name for d in DATASETS if d.having(Role.LABEL)]
    assert looks_forward == ["labels", "label_grid", "signals", "signals_multi_day"]
    assert all(dataset_named(name).layer is Layer.GOLD for name in looks_forward)


def test_stored_types_hold_closed_sets_as_text():
    assert SIGNALS.dtypes["direction"] == pl.Enum(["UP", "DOWN"])
    assert SIGNALS.stored_dtypes["direction"] == pl.String()


def test_an_unknown_name_is_answered_with_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"no dataset is called 'tapes'; there are .*tape"):
        dataset_named("tapes")


def test_a_name_with_the_wrong_layer_is_unknown():
    assert dataset_named("silver/tape").name == "tape"
    with pytest.raises(UnknownNameError):
        dataset_named("gold/tape")
