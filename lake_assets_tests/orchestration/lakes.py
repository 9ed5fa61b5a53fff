"""A small simulated lake for the tests of Dagster's side."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg
import pytest

from lake_assets.definitions import build_definitions, lake_assets
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import session_on
from lake_assets.orchestration.recipe import is_of_touches
from lake_assets.orchestration.runs import SETTINGS, SessionRun, run_partition
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session

DAYS = ("2025-12-16", "2025-12-17")
DAY = DAYS[-1]
DAILY = [a.definition.key for a in lake_assets() if is_of_touches(a.recipe)]


@dataclass(frozen=True)
class TestLake:
    """A lake's folder, and the environment that names it."""

    __test__ = False
    root: Path

    @property
    def environ(self) -> dict[str, str]:
        """Variables that name this lake and its run history."""
        return {"LAKE_ROOT": str(self.root), "DAGSTER_HOME": str(self.root / "_dagster")}

    @property
    def lake(self) -> Lake:
        """The lake itself."""
        return Lake(self.root)

    def forget_runs(self) -> None:
        """Give the lake a Dagster instance that has seen nothing, and tells nobody anything."""
        home = self.root / "_dagster"
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir()
        for name, content in _new_history().items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_bytes(content)

    def run(self, day=DAY, *, select=None, force="", parameters=None, **environ) -> SessionRun:
        """Materialize in this process; DAGSTER_HOME must already be this lake's."""
        config = {"resources": {"parameters": {"config": parameters or {}}}}
        definitions = build_definitions({**self.environ, **environ})
        return run_partition(
            definitions, day, select=select or DAILY, force=force, run_config=config
        )

    def run_at_home(self, day=DAY, **options) -> SessionRun:
        """As `run`, with this lake's run history for as long as it takes."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("DAGSTER_HOME", self.environ["DAGSTER_HOME"])
            return self.run(day, **options)

    def start(self, *words: str, output=subprocess.PIPE, **environ: str) -> subprocess.Popen[str]:
        """Start a process of this lake, in its folder."""
        return subprocess.Popen(
            [sys.executable, "-m", *words],
            cwd=self.root,
            env={**os.environ, **self.environ, **environ},
            stdout=output,
            stderr=subprocess.STDOUT if output is not subprocess.PIPE else subprocess.PIPE,
            text=True,
        )

    def files(self) -> dict[str, tuple[int, int]]:
        """Inode and change time of every partition: equal means not written again."""
        found = {}
        for layer in ("bronze", "silver", "gold"):
            for path in sorted((self.root / layer).rglob("*.parquet")):
                stat = path.stat()
                found[path.relative_to(self.root).as_posix()] = (stat.st_ino, stat.st_mtime_ns)
        return found


@cache
def _new_history() -> dict[str, bytes]:
    """Files of a Dagster instance that has seen nothing: its tables take a second to make."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        home = Path(folder)
        (home / "dagster.yaml").write_text(SETTINGS)
        patch.setenv("DAGSTER_HOME", folder)
        with dg.DagsterInstance.get():
            pass
        files = (path for path in home.rglob("*") if path.is_file())
        return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def outcomes(run: SessionRun) -> dict[str, str]:
    """Outcome of each asset by the dataset's name."""
    assert run.error is None, run.error
    return {asset.key.split("/")[-1]: asset.outcome for asset in run.assets}


def built(run: SessionRun) -> set[str]:
    """Datasets a run computed."""
    return {name for name, outcome in outcomes(run).items() if outcome == "built"}


def simulate_raw(folder: Path) -> Path:
    """Two small sessions as vendor files."""
    for day in DAYS:
        session = session_on(date.fromisoformat(day))
        simulate_session(session, folder, SimulationParams(seed=7, book_records=50_000))
    return folder


def lake_at(root: Path, raw: Path) -> TestLake:
    """A lake with raw files of its own, hard to confuse with anyone else's."""
    shutil.copytree(raw, root / "raw")
    lake = TestLake(root)
    lake.forget_runs()
    return lake
