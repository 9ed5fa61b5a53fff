"""What several tests of Dagster's side share."""

import os

import pytest

from lake_assets_tests.orchestration.odd_days import OddDay, materialized


@pytest.fixture
def odd(request, tmp_path_factory) -> OddDay:
    """The odd day a test asks for; the workers of one run share its lake."""
    folder = tmp_path_factory.getbasetemp()
    return materialized(
        request.param, folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
    )
