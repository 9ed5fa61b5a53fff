"""A lake to serve, made once, and a server of it."""

import shutil

import httpx
import pytest

from lake_assets.lake.lake import Lake
from lake_assets_tests.folders import filled_once
from lake_assets_tests.serving.servers import fill, serving


@pytest.fixture(scope="session")
def served_root(tmp_path_factory, built_once):
    """The lake's folder; nobody may change what is in it."""
    return filled_once(tmp_path_factory, "served", lambda folder: fill(folder, built_once.root))


@pytest.fixture(scope="session")
def served(served_root) -> Lake:
    """The lake."""
    return Lake(served_root)


@pytest.fixture(scope="session")
def client(served_root) -> httpx.Client:
    """A client of a server of it."""
    with serving(served_root) as found:
        yield found


@pytest.fixture
def own_root(served_root, tmp_path):
    """A copy of the lake that a test may change."""
    return shutil.copytree(served_root, tmp_path / "lake", copy_function=shutil.copy2)
