"""The operator's document is followed line by line.

In every run on a lake of one session that is built already; with ``LAKE_DOCS=full``, as `make soak`
has it, from an empty folder, so that the document's own sessions are simulated and built.
"""

import ast
import os
import shutil
from pathlib import Path

import pytest
import yaml

import lake_assets.errors
from lake_assets.catalog import DATASETS
from lake_assets.lake import log
from lake_assets.lake.lake import Lake
from lake_assets_tests.docs.commands import Newcomer, blocks
from lake_assets_tests.orchestration.lakes import DAY, DAYS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "operations.md").read_text()
WORKFLOW = yaml.safe_load((ROOT / "docs" / "ci" / "github-actions.yml").read_text())
FOLLOWED = (
    "From a fresh clone",
    "Backfill a year",
    "Every day",
    "New code, new parameters",
    "Moving, copying, backing up",
    "Disk",
    "How the lake runs: journal and log",
)
FULL = os.environ.get("LAKE_DOCS") == "full"
# They need the network or minutes; other tests run what they run.
ELSEWHERE = ("make ", "export PATH=", "git pull", "dagster asset materialize")
SKIPPED = ELSEWHERE if FULL else (*ELSEWHERE, "lake simulate", ".venv/bin/lake simulate")


@pytest.fixture
def newcomer(tmp_path, built_once, monkeypatch):
    """Somebody in a fresh clone, or in one whose newest session is there and built."""
    if not FULL:
        lake = tmp_path / "data" / "lake"
        shutil.copytree(built_once.root, lake, copy_function=shutil.copy2)
        shutil.rmtree(lake / "_dagster")
        for folder in (lake / "raw").glob(f"*{DAYS[0].replace('-', '')}*"):
            shutil.rmtree(folder)
    for name in ("LAKE_ROOT", "LAKE_RAW", "DAGSTER_HOME", "LAKE_LOG", "LAKE_LOG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    yield Newcomer(tmp_path, {})
    log.set_up({})


def test_every_line_of_the_document_works(newcomer, capsys):
    typed = 0
    for heading in FOLLOWED:
        for line in blocks(TEXT, heading):
            if not line.startswith(SKIPPED):
                assert newcomer.types(line) == 0, (heading, line, capsys.readouterr())
                typed += 1
    assert typed > 20
    said = capsys.readouterr().out
    assert "nothing was computed" in said
    assert "is intact" in said
    lake = Lake(newcomer.folder / "data" / "lake")
    assert lake.verify() == []
    assert (newcomer.folder / "data/lake/_logs/lake.jsonl").read_text().count("\n") >= 1


def steps():
    """Commands of the example workflow, as they stand."""
    (job,) = WORKFLOW["jobs"].values()
    return [step["run"] for step in job["steps"] if "run" in step]


def test_the_example_workflow_builds_then_keeps_what_the_cache_brings_back(
    newcomer, tmp_path_factory, monkeypatch, capsys
):
    (job,) = WORKFLOW["jobs"].values()
    monkeypatch.setenv("SESSION", DAY)
    environ = {name: value for name, value in job["env"].items() if name != "SESSION"}
    newcomer.environ = environ
    for line in steps():
        if not line.startswith(SKIPPED):
            assert newcomer.types(line) == 0, (line, capsys.readouterr())
    first = Lake(newcomer.folder / "data/lake")
    kept = {d: first.partitions(d) for d in DATASETS}
    assert any(kept.values())

    # another machine: the folder comes back with other inodes, and Dagster knows nothing
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    shutil.copytree(newcomer.folder / "data", elsewhere / "data")
    shutil.rmtree(elsewhere / "data/lake/_dagster")
    monkeypatch.chdir(elsewhere)
    again = Newcomer(elsewhere, environ)
    capsys.readouterr()
    for line in steps():
        if not line.startswith(SKIPPED):
            assert again.types(line) == 0, (line, capsys.readouterr())
    assert "nothing was computed" in capsys.readouterr().out


def test_the_workflow_keeps_the_lake_the_environment_and_the_kernels():
    (job,) = WORKFLOW["jobs"].values()
    caches = [step["with"]["path"] for step in job["steps"] if "cache" in step.get("uses", "")]
    assert caches == [".venv", "~/.cache/lake_assets", "data/lake"]


def test_every_error_has_a_row_that_says_what_to_do():
    tree = ast.parse(Path(lake_assets.errors.__file__).read_text())
    names = {node.name for node in tree.body if isinstance(node, ast.ClassDef)}
    rows = [line for line in TEXT.splitlines() if line.startswith("| `") and "Error" in line]
    told = {name.strip(" `") for row in rows for name in row.split("|")[1].split(",")}
    assert names <= told, f"docs/operations.md does not say what to do of {sorted(names - told)}"


def test_every_exit_code_is_told():
    for code in ("0", "1", "2", "3"):
        assert f"\n| {code} | " in TEXT
