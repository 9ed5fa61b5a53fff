"""Servers on loopback, and the lake most of them serve."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import dagster as dg
import httpx

from lake_assets.catalog import BURST_LABELS, FAMILIES, TRUTH_TABLES
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import Calendar, session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.serving.limits import Limits
from lake_assets.serving.listening import open_socket, server_of
from lake_assets.serving.settings import Settings
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets_tests.orchestration.lakes import TestLake
from lake_assets_tests.sources.packed_shards import put

DAY = "2025-12-17"
QUIET = "2025-12-18"  # recorded, and nothing was quoted
UNMADE = "2025-12-16"  # a session of which nothing is materialized
NIFTY = "NIFTY"
MANY = Limits(requests_per_s=1e6, burst=10**6)  # a test asks as fast as it can


def fill(folder: Path, built: Path) -> None:
    """A lake with a session of touches, and of NIFTY a day full of events and one of none."""
    shutil.copytree(built, folder, dirs_exist_ok=True)
    session = session_on(date.fromisoformat(DAY), Calendar.NSE)
    simulate_option_books(session, underlying_named(NIFTY), folder / "raw", OptionBookParams())
    empty = put(folder / "raw", [], underlying=NIFTY, day=date.fromisoformat(QUIET))
    empty.with_name("metadata.json").write_text('{"simulated": true}')
    lake = TestLake(folder)
    lake.forget_runs()
    tables = [dg.AssetKey(family.of(NIFTY).key) for family in FAMILIES]
    for day in (DAY, QUIET):
        assert lake.run_at_home(day, select=tables).error is None
    aggregates = [dg.AssetKey(dataset.key) for dataset in (BURST_LABELS, TRUTH_TABLES)]
    assert lake.run_at_home(None, select=aggregates).error is None


@contextmanager
def serving(root: Path, **settings) -> Iterator[httpx.Client]:
    """A client of a server of a lake, which ends with it; ``settings`` are those of `Settings`."""
    chosen = Settings(**{"port": 0, "limits": MANY, **settings})
    with open_socket(chosen) as opened:
        server = server_of(Lake(root), chosen)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [opened]})
        thread.start()
        host, port = opened.getsockname()[:2]
        try:
            with httpx.Client(base_url=f"http://{host}:{port}", timeout=30) as client:
                yield client
        finally:
            server.should_exit = True
            thread.join()
