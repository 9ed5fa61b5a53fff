"""Sessions to build, and the lake one process makes of them."""

import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from lake_assets.catalog import DATASETS
from lake_assets.catalog.dataset import Layer
from lake_assets.market.sessions import session_on, sessions_between
from lake_assets.orchestration.jobs import SIGNALS
from lake_assets.orchestration.resources import lake_from
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session
from lake_assets_tests.distributed.servers import program

PROGRAMS = ("postgres", "initdb", "redis-server")
COUNT = int(os.environ.get("LAKE_DISTRIBUTED_SESSIONS", "6"))
JOB = os.environ.get("LAKE_DISTRIBUTED_JOB", SIGNALS)  # or ingest, Bronze alone
TABLES = [
    d
    for d in DATASETS
    if d.calendar and d.group == d.layer and (JOB == SIGNALS or d.layer is Layer.BRONZE)
]
SMALL = SimulationParams(seed=7, book_records=50_000)
REPOSITORY = Path(__file__).parents[2]


def pytest_collection_modifyitems(items):
    """Every test of this folder is of several processes."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.distributed)


@dataclass(frozen=True)
class Sessions:
    """Sessions with raw files, and a process that materializes them alone, one after the other."""

    days: list[str]
    raw: Path
    alone: Path
    process: subprocess.Popen[bytes]

    def environ(self, root: str | Path) -> dict[str, str]:
        """What names a lake of these sessions."""
        return {
            "LAKE_ROOT": str(root),
            "LAKE_RAW": str(self.raw),
            "PYTHONPATH": str(REPOSITORY),
        }

    @property
    def manifests(self) -> list[str]:
        """What the manifest of each partition is called in a lake."""
        return [f"_manifests/{d.stem(day)}.json" for d in TABLES for day in self.days]

    def hashes(self, environ: dict[str, str] | None = None) -> dict[str, str]:
        """SHA-256 of every partition of a lake; of the lone process's, once it has finished."""
        if environ is None:
            assert self.process.wait(timeout=60 * len(self.days) + 300) == 0
            environ = self.environ(self.alone)
        lake = lake_from(environ).lake
        found = {(d, day): lake.in_force(d, day) for d in TABLES for day in self.days}
        assert None not in found.values()
        return {d.path(day): made.sha256 for (d, day), made in found.items() if made}


@pytest.fixture(scope="session")
def sessions(tmp_path_factory):
    """The sessions before Christmas 2025, as many as LAKE_DISTRIBUTED_SESSIONS says."""
    if missing := [name for name in PROGRAMS if program(name) is None]:
        pytest.skip(f"{', '.join(missing)} ABSENT: `make test-distributed` installs them")
    folder = tmp_path_factory.mktemp("sessions")
    found = sessions_between(date(2025, 1, 1), date(2025, 12, 17))[-COUNT:]
    for session in found:
        simulate_session(session_on(session.day), folder / "raw", SMALL)
    days = [session.day.isoformat() for session in found]
    command = [sys.executable, "-m", "lake_assets.cli.main"]
    with (folder / "alone.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "backfill", "--job", JOB, f"{days[0]}..{days[-1]}"],
            env={
                **os.environ,
                "LAKE_ROOT": str(folder / "alone"),
                "LAKE_RAW": str(folder / "raw"),
                "DAGSTER_HOME": str(folder / "home"),
                "PYTHONPATH": str(REPOSITORY),
            },
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        yield Sessions(days, folder / "raw", folder / "alone", process)
    finally:
        process.kill()
        process.wait()
