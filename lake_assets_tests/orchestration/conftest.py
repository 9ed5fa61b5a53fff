"""What several tests of Dagster's side share."""

import pytest

from lake_assets_tests.orchestration.evening import SCHEMAS, evening_lake
from lake_assets_tests.orchestration.lakes import TestLake
from lake_assets_tests.orchestration.odd_days import OddDay, materialized


@pytest.fixture
def odd(request, tmp_path_factory) -> OddDay:
    """The odd day a test asks for."""
    return materialized(request.param, tmp_path_factory)


@pytest.fixture(scope="session")
def evening(market_data, tmp_path_factory) -> dict[str, TestLake]:
    """A real evening of ES over all Globex hours, by the kind of file it was made from."""
    return {kind: evening_lake(kind, market_data, tmp_path_factory) for kind in SCHEMAS}
