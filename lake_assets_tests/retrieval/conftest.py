"""What tests of the whole tool share: one random lake to read, copies of it to change."""

import shutil
from datetime import UTC, datetime

import pytest

from lake_assets.lake.lake import Lake
from lake_assets.retrieval.tool import SilverTool
from lake_assets_tests.folders import filled_once
from lake_assets_tests.retrieval.market import random_market

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


def tool_over(lake, **environ):
    """The tool as a test asks it: a clock that stands still, settings of its own."""
    return SilverTool(lake, clock=lambda: NOW, environ=environ)


@pytest.fixture(scope="session")
def market():
    """Rows of eight sessions."""
    return random_market(11, sessions=8)


@pytest.fixture(scope="session")
def still_lake(tmp_path_factory, market):
    """The market's lake; nobody changes its Silver."""

    def fill(folder):
        market.publish(Lake(folder / "lake"))

    return Lake(filled_once(tmp_path_factory, "silver", fill) / "lake")


@pytest.fixture
def lake(tmp_path, still_lake):
    """A copy a test may change."""
    left = shutil.ignore_patterns("logs", "audit")  # a log of its own
    shutil.copytree(still_lake.root, tmp_path / "lake", copy_function=shutil.copy2, ignore=left)
    return Lake(tmp_path / "lake")


@pytest.fixture
def tool(lake):
    """The tool over a copy."""
    return tool_over(lake)
