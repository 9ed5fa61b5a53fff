"""What every room's tests share: real market data where it is given, and hypothesis' profile."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from lake_assets_tests.folders import filled_once
from lake_assets_tests.gateway.certificate import make_certificate
from lake_assets_tests.gateway.server import Gateway, serving
from lake_assets_tests.gateway.shop import Shop
from lake_assets_tests.gateway.stock import Stocked, stock_of
from lake_assets_tests.lake.machines import Machine, bucket
from lake_assets_tests.lake.object_server import ObjectServer, running
from lake_assets_tests.orchestration.lakes import TestLake, built, lake_at, simulate_raw
from lake_assets_tests.promises.tally import promise, pytest_terminal_summary

__all__ = ["promise", "pytest_terminal_summary"]  # of every room's tests

# No deadline: the first call of a kernel compiles, and a deadline would measure that.
# Derandomized: a failure in CI is the same failure at a desk. `make soak` tries 500.
settings.register_profile(
    "lake",
    deadline=None,
    derandomize=True,
    max_examples=int(os.environ.get("LAKE_EXAMPLES", "30")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("lake")


# A worker makes millions of objects while it collects, and none of them goes before it ends.
gc.disable()


def pytest_collection_finish():
    """Let the garbage collector in again, and have it leave alone what was collected."""
    gc.freeze()
    gc.enable()


# They start servers and whole runs of Dagster: begun last, the other workers would wait for them.
SLOWEST = ("test_backfill_by_graphql.py", "test_processes.py")


def pytest_collection_modifyitems(items):
    """Begin with what takes longest."""
    items.sort(key=lambda item: item.path.name not in SLOWEST)


@pytest.fixture(scope="session")
def market_data() -> Path:
    """Folder of real market data, named by LAKE_TEST_DATA; nothing of it is in the repository."""
    named = os.environ.get("LAKE_TEST_DATA")
    if not named or not Path(named).is_dir():
        pytest.skip("REAL MARKET DATA ABSENT: set LAKE_TEST_DATA to run this test")
    return Path(named)


@pytest.fixture(scope="session")
def simulated_raw(tmp_path_factory) -> Path:
    """Vendor files of two small simulated sessions, made once."""
    return filled_once(tmp_path_factory, "simulated", simulate_raw)


@pytest.fixture
def empty_lake(tmp_path, simulated_raw, monkeypatch) -> TestLake:
    """A lake with raw files and nothing materialized; Dagster's history is its own."""
    lake = lake_at(tmp_path / "lake", simulated_raw)
    monkeypatch.setenv("DAGSTER_HOME", lake.environ["DAGSTER_HOME"])
    return lake


@pytest.fixture(scope="session")
def built_once(tmp_path_factory, simulated_raw) -> TestLake:
    """A lake with one session materialized, to be copied, never changed."""

    def build(folder):
        run = lake_at(folder / "lake", simulated_raw).run_at_home()
        (folder / "built.txt").write_text("\n".join(sorted(built(run))))

    return TestLake(filled_once(tmp_path_factory, "built", build) / "lake")


@pytest.fixture
def built_lake(tmp_path, built_once, monkeypatch) -> TestLake:
    """A copy of the materialized lake that a test may change."""
    shutil.copytree(built_once.root, tmp_path / "lake", copy_function=shutil.copy2)
    lake = TestLake(tmp_path / "lake")
    monkeypatch.setenv("DAGSTER_HOME", lake.environ["DAGSTER_HOME"])
    return lake


@pytest.fixture(scope="session")
def object_server():
    """An S3-compatible server of this machine alone."""
    with running() as server:
        yield server


@pytest.fixture(scope="session")
def lake_bucket(object_server: ObjectServer) -> str:
    """The URL of a bucket for lakes."""
    return bucket(object_server.address)


@pytest.fixture
def machines(object_server: ObjectServer, lake_bucket, tmp_path, monkeypatch):
    """Makes machines of one new lake in the object store, each with a mirror of its own."""
    for name, value in {**object_server.environ, "LAKE_FRESH_S": "0"}.items():
        monkeypatch.setenv(name, value)
    object_server.spoil()
    url = f"{lake_bucket}/{tmp_path.name}"
    return lambda name: Machine(url, tmp_path / name)


@pytest.fixture(scope="session")
def stock(simulated_raw) -> list[Stocked]:
    """The simulated sessions' files, as the vendor sells them."""
    return stock_of(simulated_raw)


@pytest.fixture(scope="session")
def certificate(tmp_path_factory) -> Path:
    """What the gateway shows to whoever connects."""
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def gateway(stock, certificate, monkeypatch) -> Iterator[Gateway]:
    """The vendor on this machine, for one test."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    with serving(stock, certificate) as opened:
        yield opened


@pytest.fixture
def shop(gateway, tmp_path) -> Shop:
    """An empty raw folder that buys from the gateway."""
    return Shop(gateway, tmp_path / "raw")
