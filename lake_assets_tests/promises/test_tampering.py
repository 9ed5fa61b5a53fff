"""P10: whatever is edited, deleted or added in a lake, `lake verify` names the file.

LAKE_PROOF_EDITS sets how often each is done to each of two lakes: 1,500 is the full run. One lake
holds a session of touches and a table with its JSON twin, the other what questions are answered
from: its audit log, and replaced files that were cited.

What nobody can find: a replaced file that no citation names (`lake tidy` removes those), and lines
cut from the end of the log's newest day before its head was kept apart.
"""

import os
import random
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from lake_assets.catalog import TRUTH_TABLES
from lake_assets.catalog.dataset import WHOLE
from lake_assets.cli.exit_code import ExitCode
from lake_assets.cli.main import main
from lake_assets.lake.lake import Lake
from lake_assets.retrieval.audit import AuditLog
from lake_assets.retrieval.keeping import tidy, uncited, verify_log
from lake_assets.retrieval.places import AUDIT_HEADS
from lake_assets.retrieval.tool import SilverTool
from lake_assets_tests.lake.tables import publish
from lake_assets_tests.promises.tally import full_count
from lake_assets_tests.retrieval import silver
from lake_assets_tests.retrieval.test_properties import everything

EDITS = full_count("LAKE_PROOF_EDITS", 12)
KEPT = ("bronze", "silver", "gold", "_manifests", "_replaced", "logs")
UNTOLD = {"_manifests/raw_files.json", "logs/Parquet_Query/audit.lock"}  # rewritten at leisure
NEWEST_HEAD = f"{AUDIT_HEADS}/2026-06-04.json"


@pytest.fixture(scope="module", params=["of a session", "of questions"])
def lake(request, tmp_path_factory):
    """A lake to tamper with; each test leaves it as it was."""
    root = tmp_path_factory.mktemp("lake") / "lake"
    if request.param == "of a session":
        built = request.getfixturevalue("built_once").root
        shutil.copytree(built, root, copy_function=shutil.copy2)
        publish(Lake(root), TRUTH_TABLES, TRUTH_TABLES.empty(), WHOLE)
    else:
        still = request.getfixturevalue("still_lake")
        left = shutil.ignore_patterns("logs", "audit")
        shutil.copytree(still.root, root, copy_function=shutil.copy2, ignore=left)
        ask_twice(Lake(root), request.getfixturevalue("market"))
    found = Lake(root)
    assert findings(found) == []
    return found


def ask_twice(lake, market):
    """Cite a file, replace it, ask again the next day; keep the log's head."""
    day = market.days[-1]
    for at in (3, 4):
        now = datetime(2026, 6, at, 12, tzinfo=UTC)
        tool = SilverTool(lake, clock=lambda now=now: now, environ={})
        tool.query(everything(day, metrics=("pcr_volume",), tickers=("SPY",)))
        rows = [row | {"volume": 1_000 + at} for row in market.options[day]]
        silver.publish_options(lake, day, rows)
    AuditLog(lake.root, lake.root / AUDIT_HEADS, lambda: now).publish_head()


def findings(lake):
    return [*lake.verify(), *verify_log(lake.root)]


def files_of(lake) -> list[Path]:
    found = [p for name in KEPT for p in sorted((lake.root / name).rglob("*")) if p.is_file()]
    return [p for p in found if p.relative_to(lake.root).as_posix() not in UNTOLD]


def named(lake):
    return {finding.path for finding in findings(lake)}


def test_an_edited_byte_is_found(lake, promise):
    files, draw = files_of(lake), random.Random(10)  # noqa: S311 - places, not secrets
    with promise("P10") as counts:
        for _ in range(EDITS):
            path = draw.choice([p for p in files if p.stat().st_size])
            whole, status = path.read_bytes(), path.stat()
            at = draw.randrange(len(whole))
            with path.open("r+b") as file:
                file.seek(at)
                file.write(bytes([whole[at] ^ draw.randrange(1, 256)]))
            if draw.random() < 0.5:
                os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
            found = findings(lake)
            path.write_bytes(whole)
            os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
            counts["edits"] += 1
            assert found, f"{path} at {at}"
            assert told_of(path, lake, found), f"{path} at {at}: {found}"
        assert findings(lake) == []


def told_of(path, lake, found):
    """Whether a finding names the file, or for a head of the log the file it is the head of."""
    name = path.relative_to(lake.root).as_posix()
    head = f"/{path.stem}/" if path.parent == lake.root / AUDIT_HEADS else name
    return any(name == each.path or head in each.path for each in found)


def test_a_deleted_file_is_found(lake, promise, tmp_path):
    removable = {kept.path for kept in uncited(lake.root, older_than_s=-60)}
    gone = [p for p in files_of(lake) if p not in removable]
    gone = [p for p in gone if p.relative_to(lake.root).as_posix() != NEWEST_HEAD]
    draw = random.Random(11)  # noqa: S311 - places, not secrets
    with promise("P10") as counts:
        for path in draw.sample(gone, min(EDITS, len(gone))):
            shutil.move(path, tmp_path / "aside")
            found = findings(lake)
            shutil.move(tmp_path / "aside", path)
            counts["deletions"] += 1
            assert found, path
        assert findings(lake) == []


def test_an_added_file_is_found(lake, promise):
    folders = sorted({path.parent for path in files_of(lake)} - {lake.root / "_manifests"})
    draw = random.Random(12)  # noqa: S311 - places, not secrets
    with promise("P10") as counts:
        for at in range(EDITS):
            suffix = draw.choice([".parquet", ".json", ".txt", ""])
            path = draw.choice(folders) / f"{draw.choice(['x', '.x', '2025-01-01'])}{at}{suffix}"
            path.write_bytes(draw.randbytes(draw.randrange(0, 40)))
            found = findings(lake)
            path.unlink()
            counts["additions"] += 1
            assert found, path
        assert findings(lake) == []


def test_a_swapped_pair_of_files_is_found(lake, promise, tmp_path):
    draw = random.Random(13)  # noqa: S311 - places, not secrets
    with promise("P10") as counts:
        for _ in range(min(EDITS, 100)):
            one, other = draw.sample([p for p in files_of(lake) if p.suffix == ".parquet"], 2)
            if one.read_bytes() == other.read_bytes():
                continue
            for source, target in ((one, tmp_path / "a"), (other, one), (tmp_path / "a", other)):
                shutil.move(source, target)
            found = named(lake)
            for source, target in ((one, tmp_path / "a"), (other, one), (tmp_path / "a", other)):
                shutil.move(source, target)
            counts["swaps"] += 1
            assert {p.relative_to(lake.root).as_posix() for p in (one, other)} & found
        assert findings(lake) == []


def test_the_command_says_so_of_the_log_too(lake, monkeypatch, capsys):
    logs = sorted((lake.root / "logs").rglob("*.log"))
    if not logs:
        pytest.skip("nothing was asked of this lake")
    monkeypatch.setenv("LAKE_ROOT", str(lake.root))
    monkeypatch.setenv("DAGSTER_HOME", "")
    assert main(["verify"]) == ExitCode.DONE
    whole = logs[0].read_bytes()
    logs[0].write_bytes(whole.replace(b'"seq":2', b'"seq":3', 1))
    assert main(["verify"]) == ExitCode.FAILED
    assert "sql_retrieval_audit.log: line 2" in capsys.readouterr().out
    assert main(["tidy", "--dry-run"]) == ExitCode.FAILED  # what is cited is not known
    assert "nothing is removed" in capsys.readouterr().err
    logs[0].write_bytes(whole)


def test_only_replaced_files_that_nobody_cited_are_tidied(still_lake, market, tmp_path):
    lake = Lake(shutil.copytree(still_lake.root, tmp_path / "lake", copy_function=shutil.copy2))
    ask_twice(lake, market)
    rows = [row | {"volume": 7} for row in market.options[market.days[-1]]]
    silver.publish_options(lake, market.days[-1], rows)  # what the second day's was, uncited
    kept = set((lake.root / "_replaced").rglob("*.parquet"))
    assert tidy(lake.root) == []  # replaced within a day
    removed = {file.path for file in tidy(lake.root, older_than_s=-60)}
    assert 0 < len(removed) < len(kept)
    assert set((lake.root / "_replaced").rglob("*.parquet")) == kept - removed
    assert findings(lake) == []
