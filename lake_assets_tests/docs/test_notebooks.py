"""Every notebook runs from its first cell to its last on a lake of two simulated sessions."""

import shutil
from datetime import date
from pathlib import Path

import dagster as dg
import nbformat
import pytest
from nbclient import NotebookClient

from lake_assets.catalog import RETRIEVAL_TABLES
from lake_assets.market.sessions import session_on
from lake_assets.simulation.chains import ChainSimulation
from lake_assets.simulation.landed import simulate_landed
from lake_assets_tests.folders import filled_once
from lake_assets_tests.orchestration.lakes import DAYS, TestLake

FOLDER = Path(__file__).parents[2] / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))


@pytest.fixture(scope="session")
def two_sessions(tmp_path_factory, built_once) -> TestLake:
    def build(folder):
        shutil.copytree(built_once.root, folder / "lake", copy_function=shutil.copy2)
        lake = TestLake(folder / "lake")
        assert lake.run_at_home(DAYS[0]).error is None
        sessions = [session_on(date.fromisoformat(day)) for day in DAYS]
        simulate_landed(sessions, lake.root / "raw", ChainSimulation(symbols=("SPY",)))
        chains = [dg.AssetKey(d.key) for d in RETRIEVAL_TABLES if d.calendar is not None]
        for day in DAYS:
            assert lake.run_at_home(day, select=chains).error is None

    return TestLake(filled_once(tmp_path_factory, "two_sessions", build) / "lake")


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_end(path, two_sessions, monkeypatch):
    monkeypatch.setenv("LAKE_ROOT", str(two_sessions.root))
    notebook = nbformat.read(path, as_version=4)

    NotebookClient(notebook, timeout=180, resources={"metadata": {"path": str(FOLDER)}}).execute()

    said = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.outputs]
    assert len(said) >= 3


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_what_it_once_said(path):
    cells = [c for c in nbformat.read(path, as_version=4).cells if c.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in cells)
