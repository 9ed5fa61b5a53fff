"""The journal: whole lines by month, asked in SQL, and no part of what the lake holds."""

import multiprocessing
from dataclasses import asdict, replace

import pytest

from lake_assets.catalog import LEVELS
from lake_assets.lake.journal import Entry, Journal, utc_text
from lake_assets.lake.lake import Lake, in_memory
from lake_assets.lake.sql import select
from lake_assets_tests.lake.tables import DAY, levels, publish

ENTRY = Entry(
    started_at="2026-11-30T23:59:59.000001Z",
    seconds=1.25,
    dataset="silver/levels",
    partition=DAY,
    outcome="built",
    why='not "materialized"\n',
    code_version="3",
    peak_memory_mb=512,
    run_id="a-run",
    rows=3,
    bytes=900,
    sha256="a" * 64,
)
FAILED = replace(ENTRY, outcome="failed", rows=None, bytes=None, sha256=None, run_id="another")


def rows(root):
    """The journal as a frame."""
    return Journal(root).relation(in_memory()).pl()


def test_an_entry_is_read_as_it_was_written(tmp_path):
    for entry in (ENTRY, FAILED):
        Journal(tmp_path).append(entry)
    found = rows(tmp_path).to_dicts()
    moments = [f"{row.pop('started_at'):%Y-%m-%dT%H:%M:%S.%fZ}" for row in found]
    assert moments == [ENTRY.started_at] * 2
    told = [asdict(entry) for entry in (ENTRY, FAILED)]
    assert found == [{k: v for k, v in each.items() if k != "started_at"} for each in told]


def test_an_empty_journal_has_the_same_columns(tmp_path):
    empty = rows(tmp_path)
    Journal(tmp_path).append(ENTRY)
    assert empty.is_empty()
    assert rows(tmp_path).schema == empty.schema


def test_a_month_has_a_file_of_its_own(tmp_path):
    for month in ("2026-10", "2026-12", "2026-11"):
        Journal(tmp_path).append(replace(ENTRY, started_at=f"{month}-01T00:00:00.000000Z"))
    assert [path.stem for path in Journal(tmp_path).files()] == ["2026-10", "2026-11", "2026-12"]
    assert rows(tmp_path)["started_at"].dt.month().to_list() == [10, 11, 12]


@pytest.mark.parametrize("kept", [1, 40, -2])
def test_a_line_that_was_torn_off_is_cut_away_and_no_other_is_lost(tmp_path, kept):
    journal = Journal(tmp_path)
    journal.append(ENTRY)
    (path,) = journal.files()
    with path.open("a") as file:
        file.write(FAILED.line()[:kept])
    assert rows(tmp_path)["run_id"].to_list() == ["a-run"]
    journal.append(replace(ENTRY, run_id="third"))
    assert rows(tmp_path)["run_id"].to_list() == ["a-run", "third"]


def test_a_damaged_line_hides_no_other(tmp_path):
    journal = Journal(tmp_path)
    for run in ("one", "two", "three"):
        journal.append(replace(ENTRY, run_id=run))
    (path,) = journal.files()
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + lines[1].replace("{", "[", 1) + lines[2])
    assert rows(tmp_path)["run_id"].to_list() == ["one", "three"]


def _write(root, name, count):
    for n in range(count):
        Journal(root).append(replace(ENTRY, run_id=f"{name}-{n}"))


def test_processes_that_write_at_once_lose_nothing(tmp_path):
    spawn = multiprocessing.get_context("spawn")
    writers = [spawn.Process(target=_write, args=(tmp_path, name, 100)) for name in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    found = rows(tmp_path)["run_id"].to_list()
    assert sorted(found) == sorted(f"{name}-{n}" for name in range(3) for n in range(100))


def test_the_lake_answers_from_it_and_does_not_count_it_as_its_own(tmp_path):
    lake = Lake(tmp_path / "the lake's")
    publish(lake, LEVELS, levels(1))
    assert select(lake.open_sql(), "select count(*) from operations.runs").fetchall() == [(0,)]
    Journal(lake.root).append(ENTRY)
    asked = "select dataset, seconds from runs where started_at < '2026-12-01'"
    assert select(lake.open_sql(), asked).fetchall() == [("silver/levels", 1.25)]
    assert lake.verify() == []


def test_moments_are_utc_to_the_microsecond():
    assert utc_text(1_765_983_600.000001) == "2025-12-17T15:00:00.000001Z"
    assert utc_text(0) == "1970-01-01T00:00:00.000000Z"
