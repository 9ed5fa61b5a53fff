"""Every request for a partition leaves one line in the journal and one in the log."""

import json

import dagster as dg
import pytest

from lake_assets.catalog import ES_TRADES, FRONT_CONTRACT
from lake_assets.definitions import build_definitions
from lake_assets.lake import log
from lake_assets.lake.journal import Journal
from lake_assets.lake.lake import in_memory
from lake_assets.orchestration.runs import run_partition
from lake_assets_tests.orchestration.lakes import DAY

TWO = [dg.AssetKey(ES_TRADES.key), dg.AssetKey(FRONT_CONTRACT.key)]


def entries(lake):
    """The journal, oldest first."""
    return Journal(lake.root).relation(in_memory()).pl().to_dicts()


@pytest.fixture
def log_file(tmp_path):
    file = tmp_path / "lake.log"
    log.set_up({"LAKE_LOG": "json", "LAKE_LOG_FILE": str(file)})
    yield file
    log.set_up({})


def test_what_is_built_and_what_is_reused_is_told_with_what_it_took(empty_lake, log_file):
    for _ in range(2):
        assert empty_lake.run(select=TWO).error is None
    found = entries(empty_lake)
    keys = ["bronze/es_trades", "silver/front_contract"]
    assert [(e["dataset"], e["outcome"]) for e in found] == [
        *((key, "built") for key in keys),
        *((key, "reused") for key in keys),
    ]
    held = empty_lake.lake.in_force(ES_TRADES, DAY)
    for entry in (found[0], found[2]):
        assert (entry["rows"], entry["bytes"], entry["sha256"]) == (
            held.rows,
            held.bytes,
            held.sha256,
        )
    assert all(e["seconds"] >= 0 and e["peak_memory_mb"] > 0 for e in found)
    assert found[0]["code_version"] == ES_TRADES.version
    assert len({e["run_id"] for e in found}) == 2

    told = [json.loads(line) for line in log_file.read_text().splitlines()]
    assert [t["event"] for t in told] == ["partition", "partition", "run"] * 2
    for line, entry in zip([t for t in told if t["event"] == "partition"], found, strict=True):
        for name in ("dataset", "partition", "outcome", "seconds", "rows", "run_id", "why"):
            assert line[name] == entry[name]
    assert [t["built"] for t in told if t["event"] == "run"] == [2, 0]


def test_a_stale_partition_that_is_kept_is_told_as_a_warning(empty_lake, log_file):
    run = {"select": [dg.AssetKey(ES_TRADES.key)]}
    assert empty_lake.run(**run).error is None
    raw = next((empty_lake.root / "raw").rglob("*trades*"))
    raw.with_name("again-" + raw.name).write_bytes(raw.read_bytes())
    raw.unlink()
    assert empty_lake.run(**run, LAKE_STALE="keep").error is None
    assert entries(empty_lake)[-1]["outcome"] == "kept_stale"
    levels = [json.loads(line)["level"] for line in log_file.read_text().splitlines()]
    assert "warning" in levels


def test_a_request_that_fails_is_told_with_its_reason(empty_lake, log_file):
    assert empty_lake.run(select=[dg.AssetKey(FRONT_CONTRACT.key)]).error
    (entry,) = entries(empty_lake)
    assert entry["outcome"] == "failed"
    assert entry["why"].startswith("MissingPartitionError: front_contract")
    assert entry["rows"] is entry["sha256"] is None
    told = [json.loads(line) for line in log_file.read_text().splitlines()]
    assert [(t["event"], t["level"], t["outcome"]) for t in told] == [
        ("partition", "error", "failed"),
        ("run", "error", "failed"),
    ]


class BrokenDisk(dg.IOManager):
    """Fails between staging and publishing."""

    def handle_output(self, context, obj):
        """Fail as a disk does."""
        del context, obj
        raise OSError(5, "Input/output error")

    def load_input(self, context):
        """Nothing is read."""


def test_what_is_not_put_in_force_is_told_as_failed(empty_lake):
    made = build_definitions(empty_lake.environ)
    broken = dg.Definitions(
        assets=made.assets,
        resources={**made.resources, "io_manager": BrokenDisk()},
        executor=made.executor,
    )
    run = run_partition(broken, DAY, select=[dg.AssetKey(ES_TRADES.key)])
    assert "Input/output error" in run.error
    (entry,) = entries(empty_lake)
    assert (entry["outcome"], entry["sha256"]) == ("failed", None)
    assert entry["why"] == "it was not put in force"


def test_a_run_goes_on_where_the_journal_cannot_be_written(empty_lake):
    (empty_lake.root / "_runs").write_text("a file where the folder should be")
    assert empty_lake.run(select=TWO).error is None
