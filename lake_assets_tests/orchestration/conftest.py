"""What several tests of Dagster's side share."""

import pytest

from lake_assets_tests.orchestration.evening import SCHEMAS, evening_lake
from lake_assets_tests.orchestration.lakes import TestLake
from lake_assets_tests.orchestration.odd_days import OddDay, materialized
from lake_assets_tests.sources.packed_shards import put, row


@pytest.fixture
def odd(request, tmp_path_factory) -> OddDay:
    """The odd day a test asks for."""
    return materialized(request.param, tmp_path_factory)


@pytest.fixture(scope="session")
def evening(market_data, tmp_path_factory) -> dict[str, TestLake]:
    """A real evening of ES over all Globex hours, by the kind of file it was made from."""
    return {kind: evening_lake(kind, market_data, tmp_path_factory) for kind in SCHEMAS}


@pytest.fixture
def books_lake(tmp_path, monkeypatch) -> TestLake:
    """A lake with ten seconds of one underlying's books, and nothing materialized."""
    put(tmp_path / "raw", [row(second, volume=second) for second in range(10)], underlying="NIFTY")
    found = TestLake(tmp_path)
    found.forget_runs()
    monkeypatch.setenv("DAGSTER_HOME", found.environ["DAGSTER_HOME"])
    return found
