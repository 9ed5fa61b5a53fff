"""The state of an underlying, from raw shards to its file."""

import dagster as dg
import pytest

from lake_assets.catalog import OPTION_BOOKS, OPTION_STATE

DAY = "2025-08-01"
BOOKS, STATE = OPTION_BOOKS.of("NIFTY"), OPTION_STATE.of("NIFTY")


@pytest.fixture
def lake(books_lake):
    return books_lake


def run(lake, **options):
    keys = [dg.AssetKey(dataset.key) for dataset in (BOOKS, STATE)]
    done = lake.run(DAY, select=keys, **options)
    assert done.error is None, done.error
    return [asset.outcome for asset in sorted(done.assets, key=lambda asset: asset.key)]


def test_a_day_is_built_whole_and_then_reused(lake):
    assert run(lake) == ["built", "built"]
    assert "silver/option_state/features_NIFTY_2025-08-01.parquet" in lake.files()

    found = lake.lake.read(STATE, DAY)

    assert found.height == 22_501
    assert found.schema == STATE.dtypes
    assert found["feed_alive"].sum() == 10
    assert run(lake) == ["reused", "reused"]


def test_a_number_of_the_state_rebuilds_the_state_alone(lake):
    run(lake)
    assert run(lake, parameters={"p_drop_pct": 50}) == ["reused", "built"]
