"""An asset per underlying: whose tables it reads, whose parameters it has, what it makes."""

import dagster as dg
import polars as pl
import pytest

from lake_assets.catalog import OPTION_BOOKS, dataset_named, datasets_named
from lake_assets.catalog.dataset import Cut, Dataset, Layer
from lake_assets.catalog.parameters import BookParams
from lake_assets.definitions import build_definitions
from lake_assets.errors import UnknownNameError
from lake_assets.market.underlyings import UNDERLYINGS, Underlying
from lake_assets.orchestration.io_manager import Sessions
from lake_assets.orchestration.parameters import LakeParams
from lake_assets.orchestration.recipe import Recipe
from lake_assets_tests.orchestration.lakes import TestLake
from lake_assets_tests.sources.packed_shards import put, row

DAY = "2025-08-01"
NIFTY, BANKNIFTY = (OPTION_BOOKS.of(name) for name in ("NIFTY", "BANKNIFTY"))


@pytest.fixture
def lake(tmp_path, monkeypatch):
    """A lake with the books of two underlyings, and nothing materialized."""
    for at, underlying in enumerate(("NIFTY", "BANKNIFTY")):
        rows = [row(second, volume=(at + 1) * second) for second in range(10)]
        put(tmp_path / "raw", rows, underlying=underlying)
    (tmp_path / "_dagster").mkdir()
    found = TestLake(tmp_path)
    found.forget_runs()
    monkeypatch.setenv("DAGSTER_HOME", found.environ["DAGSTER_HOME"])
    return found


def run(lake, *datasets, **options):
    """Materialize; outcome by dataset, as each is of its own underlying."""
    keys = [dg.AssetKey(dataset.key) for dataset in datasets]
    done = lake.run(DAY, select=keys, **options)
    assert done.error is None, done.error
    return {dataset_named(asset.key).name: asset.outcome for asset in done.assets}


def test_each_underlying_has_a_file_of_its_own(lake):
    assert run(lake, NIFTY, BANKNIFTY) == {
        "option_books_NIFTY": "built",
        "option_books_BANKNIFTY": "built",
    }
    assert set(lake.files()) == {
        "bronze/option_books/option_books_NIFTY_2025-08-01.parquet",
        "bronze/option_books/option_books_BANKNIFTY_2025-08-01.parquet",
    }
    volumes = [lake.lake.read(dataset, DAY)["vol_delta"].sum() for dataset in (NIFTY, BANKNIFTY)]
    assert volumes == [9, 18]
    assert lake.lake.verify() == []
    sql = lake.lake.open_sql().sql("SELECT DISTINCT underlying FROM bronze.option_books_NIFTY")
    assert sql.fetchall() == [("NIFTY",)]


def test_a_number_of_one_underlying_rebuilds_nothing_of_another(lake):
    run(lake, NIFTY, BANKNIFTY)
    own = {"underlyings": {"NIFTY": {"start_tolerance_s": 9}}}
    assert run(lake, NIFTY, BANKNIFTY, parameters=own) == {
        "option_books_NIFTY": "built",
        "option_books_BANKNIFTY": "reused",
    }


def test_new_raw_rows_of_one_underlying_rebuild_nothing_of_another(lake):
    run(lake, NIFTY, BANKNIFTY)
    put(lake.root / "raw", [row(100)], name="part-1", underlying="BANKNIFTY")
    assert run(lake, NIFTY, BANKNIFTY) == {
        "option_books_NIFTY": "reused",
        "option_books_BANKNIFTY": "built",
    }


def test_a_session_nobody_recorded_is_not_published(lake):
    day = "2025-08-04"
    done = lake.run(day, select=[dg.AssetKey(NIFTY.key)])
    assert "expected packed Parquet shards with the option books of NIFTY, found none" in done.error
    assert lake.lake.in_force(NIFTY, day) is None


def test_the_same_rows_are_the_same_bytes(lake, tmp_path):
    run(lake, NIFTY)
    first = lake.lake.in_force(NIFTY, DAY).sha256
    for path in (tmp_path / "raw").rglob("part-0.parquet"):
        rows = pl.read_parquet(path)
        put(tmp_path / "raw", rows.reverse().head(4), name="z", underlying=path.parent.name)
        put(tmp_path / "raw", rows.head(6), name="part-0", underlying=path.parent.name)
    run(lake, NIFTY)
    assert lake.lake.in_force(NIFTY, DAY).sha256 == first


# Recipes


def of_nifty(option_books: pl.LazyFrame, underlying: Underlying, params: BookParams):
    """An asset of an underlying."""


def of_all(option_books: dict[str, Sessions]):
    """An asset of all of them."""


STATE = Dataset(
    name="state_NIFTY",
    layer=Layer.SILVER,
    schema=NIFTY.schema,
    sort_by=NIFTY.sort_by,
    version="1",
    cut=NIFTY.calendar,
    underlying="NIFTY",
)
TRUTH = Dataset(
    name="truth",
    layer=Layer.GOLD,
    schema=NIFTY.schema,
    sort_by=NIFTY.sort_by,
    version="1",
    cut=Cut.WHOLE,
)


def test_an_argument_means_the_table_of_the_assets_own_underlying():
    recipe = Recipe.of(STATE, of_nifty)
    assert recipe.upstream() == [NIFTY]
    assert recipe.underlying == "underlying"
    assert recipe.chosen(LakeParams(start_tolerance_s=3)) == BookParams(start_tolerance_s=3)


def test_an_asset_of_no_underlying_reads_those_of_all():
    assert Recipe.of(TRUTH, of_all).upstream() == list(OPTION_BOOKS)


@pytest.mark.parametrize(
    ("dataset", "make", "told"),
    [
        (TRUTH, of_nifty, "annotate it dict"),
        (STATE, of_all, "annotate it as a frame"),
    ],
)
def test_an_annotation_that_cannot_be_read_is_refused_when_the_asset_is_made(dataset, make, told):
    with pytest.raises(UnknownNameError, match=told):
        Recipe.of(dataset, make)


def test_an_asset_of_no_underlying_is_given_none():
    def alone(underlying: Underlying):
        """No table has this underlying."""

    with pytest.raises(UnknownNameError, match="of no underlying"):
        Recipe.of(TRUTH, alone)


def test_a_name_may_be_the_datasets_or_its_assets():
    assert dataset_named("option_books_NIFTY") is dataset_named("bronze/NIFTY/option_books")
    assert datasets_named("option_books", "NIFTY") == (NIFTY,)
    with pytest.raises(UnknownNameError, match="there are NIFTY, BANKNIFTY, SPY"):
        OPTION_BOOKS.of("SENSEX")


def test_the_registry_may_grow_without_touching_a_schema():
    assert NIFTY.dtypes["underlying"] == pl.Enum(["NIFTY"])
    assert {d.underlying for d in OPTION_BOOKS} == set(UNDERLYINGS)


def test_jobs_hold_assets_of_one_exchange():
    repository = build_definitions({}).get_repository_def()
    for name, underlyings in (
        ("market_truth_nse", {"NIFTY", "BANKNIFTY"}),
        ("market_truth_new_york", {"SPY"}),
    ):
        selected = repository.get_job(name).asset_layer.executable_asset_keys
        assert {key.path[1] for key in selected} == underlyings
