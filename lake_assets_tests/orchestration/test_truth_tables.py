"""The two aggregates through Dagster: built, reused, told of as JSON, and never by half."""

import json
import shutil
from dataclasses import replace
from datetime import date

import dagster as dg
import polars as pl
import pytest

from lake_assets.catalog import BURST_LABELS, BURSTS, FAMILIES, TRUTH_TABLES
from lake_assets.catalog.dataset import WHOLE
from lake_assets.errors import MissingPartitionError
from lake_assets.lake.kept import FOLDER
from lake_assets.market.vocabulary import Provenance
from lake_assets.orchestration.io_manager import Upstream
from lake_assets_tests.folders import filled_once
from lake_assets_tests.orchestration.lakes import TestLake
from lake_assets_tests.sources.packed_shards import put, row

DAY = "2025-08-01"
AGGREGATES = [dg.AssetKey(dataset.key) for dataset in (BURST_LABELS, TRUTH_TABLES)]


TABLES = [dg.AssetKey(family.of("NIFTY").key) for family in FAMILIES]


@pytest.fixture(scope="session")
def counted(tmp_path_factory):
    """A lake with a session of one underlying's tables, and both aggregates of it."""

    def fill(folder):
        lake = TestLake(folder)
        books = [row(second, volume=second) for second in range(10)]
        put(lake.root / "raw", books, underlying="NIFTY")
        lake.forget_runs()
        assert lake.run_at_home(DAY, select=TABLES).error is None
        assert run(lake) == {"burst_labels": "built", "truth_tables": "built"}

    return TestLake(filled_once(tmp_path_factory, "counted", fill))


@pytest.fixture
def lake(counted, tmp_path):
    """A copy of it, to be spoilt."""
    shutil.copytree(counted.root, tmp_path, dirs_exist_ok=True)
    return TestLake(tmp_path)


def run(lake):
    """Materialize the aggregates; outcome by name."""
    done = lake.run_at_home(None, select=AGGREGATES)
    assert done.error is None, done.error
    return {asset.key.rsplit("/", 1)[-1]: asset.outcome for asset in done.assets}


def nested(lake):
    path = lake.root / TRUTH_TABLES.nested_path(WHOLE)
    return path, json.loads(path.read_text())


def test_they_are_made_and_the_lake_is_sound(counted):
    assert counted.lake.verify() == []
    assert "gold/market_truth/truth_tables.parquet" in counted.files()


def test_the_manifest_tells_what_they_were_made_from(lake):
    made = lake.lake.in_force(TRUTH_TABLES, WHOLE)
    assert made.quality["dates_used_NIFTY"] == DAY
    assert (made.quality["sessions_SPY"], made.quality["days_without_bursts_NIFTY"]) == (0, 1)
    assert f"silver/NIFTY/option_state/{DAY}" in made.fingerprint.inputs
    assert "gold/burst_labels" in made.fingerprint.inputs


def test_the_json_says_what_the_table_says(lake):
    rows = lake.lake.read(TRUTH_TABLES, WHOLE)
    _, told = nested(lake)
    metadata = told.pop("metadata")
    assert metadata["parquet_sha256"] == lake.lake.in_force(TRUTH_TABLES, WHOLE).sha256
    keys = TRUTH_TABLES.nested_by
    seen = 0
    for facts in rows.to_dicts():
        leaf = told
        for key in keys:
            leaf = leaf[facts[key]]
        assert leaf == {name: facts[name] for name in rows.columns if name not in keys}
        seen += 1
    assert seen == rows.height > 0


def test_a_lost_json_is_found_and_written_again_and_nothing_else(lake):
    path, _ = nested(lake)
    before, others = path.read_bytes(), lake.files()
    path.unlink()
    assert [finding.path for finding in lake.lake.verify()] == [TRUTH_TABLES.nested_path(WHOLE)]
    assert run(lake) == {"burst_labels": "reused", "truth_tables": "reused"}
    assert path.read_bytes() == before
    assert lake.files() == others
    assert lake.lake.verify() == []


def test_an_edited_json_is_found(lake):
    path, _ = nested(lake)
    path.write_text(path.read_text().replace('"low_sample":true', '"low_sample":false', 1))
    assert [finding.kind for finding in lake.lake.verify()] == ["edited"]


def test_an_unreadable_session_fails_the_run_by_name(lake):
    file = lake.root / BURSTS.of("NIFTY").path(DAY)
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    done = lake.run_at_home(None, select=AGGREGATES)
    assert "bursts_NIFTY of 2025-08-01" in done.error


def test_a_new_session_rebuilds_both(lake):
    put(lake.root / "raw", [], underlying="NIFTY", day=date(2025, 8, 4))
    assert lake.run_at_home("2025-08-04", select=TABLES).error is None
    assert set(run(lake).values()) == {"built"}
    told = lake.lake.in_force(TRUTH_TABLES, WHOLE).quality
    assert told["dates_used_NIFTY"] == "2025-08-01 2025-08-04"


def remembered(lake):
    """Names of the sessions that are remembered."""
    return sorted(path.name.split(".")[0] for path in (lake.root / FOLDER).iterdir())


def counted_anew(lake):
    """Bytes of the table made again, whatever its manifest says."""
    done = lake.run_at_home(None, select=AGGREGATES[1:], force="*")
    assert done.error is None, done.error
    return (lake.root / TRUTH_TABLES.path(WHOLE)).read_bytes()


def test_what_is_remembered_damaged_or_gone_changes_no_byte(lake):
    before = (lake.root / TRUTH_TABLES.path(WHOLE)).read_bytes()
    assert remembered(lake) == [f"truth_tables_NIFTY_{DAY}"]
    (path,) = (lake.root / FOLDER).iterdir()
    sound = path.read_bytes()
    # other damages: lake/test_kept.py
    path.write_bytes(sound[:-1] + bytes([sound[-1] ^ 1]))
    assert lake.lake.verify() == []
    assert counted_anew(lake) == before
    assert path.read_bytes() == sound
    shutil.rmtree(lake.root / FOLDER)
    assert counted_anew(lake) == before
    assert path.read_bytes() == sound


def test_a_replaced_session_is_counted_anew_and_a_deleted_one_no_more(lake):
    (first,) = (lake.root / FOLDER).iterdir()
    put(lake.root / "raw", [row(5, volume=5)], underlying="NIFTY")
    assert lake.run_at_home(DAY, select=TABLES).error is None
    assert run(lake)["truth_tables"] == "built"
    (second,) = (lake.root / FOLDER).iterdir()
    assert second.name != first.name
    with_memory = (lake.root / TRUTH_TABLES.path(WHOLE)).read_bytes()
    shutil.rmtree(lake.root / FOLDER)
    assert counted_anew(lake) == with_memory

    for family in FAMILIES:
        (lake.root / family.of("NIFTY").path(DAY)).unlink()
    assert run(lake)["truth_tables"] == "built"
    assert lake.lake.in_force(TRUTH_TABLES, WHOLE).quality["sessions_NIFTY"] == 0


def test_a_session_replaced_after_its_hash_was_taken_is_not_counted_under_it(counted):
    made = counted.lake.in_force(TRUTH_TABLES, WHOLE).fingerprint
    bursts = BURSTS.of("NIFTY")
    at = f"{'/'.join(bursts.key)}/{DAY}"
    upstream = Upstream(counted.lake, bursts, None)
    ((name, opened),) = upstream.openings(made)
    assert (name, opened().collect().height) == (DAY, 0)

    ((_, stale),) = upstream.openings(replace(made, inputs={**made.inputs, at: "0" * 64}))
    with pytest.raises(MissingPartitionError, match="bursts_NIFTY of 2025-08-01 was replaced"):
        stale()


def test_no_session_at_all_is_an_empty_table(tmp_path):
    lake = TestLake(tmp_path)
    lake.forget_runs()
    run(lake)
    assert lake.lake.read(TRUTH_TABLES, WHOLE).equals(TRUTH_TABLES.empty())
    assert set(nested(lake)[1]) == {"metadata"}
    assert lake.lake.read(BURST_LABELS, WHOLE).select(pl.len()).item() == 0


def test_counting_nothing_is_no_other_kind_of_data(built_lake):
    """A lake of simulated touches, without a second of options, takes empty aggregates."""
    assert run(built_lake) == {"burst_labels": "built", "truth_tables": "built"}
    kinds = {built_lake.lake.in_force(d, WHOLE).provenance for d in (BURST_LABELS, TRUTH_TABLES)}
    assert kinds == {Provenance.SIMULATED}
    assert built_lake.lake.provenance is Provenance.SIMULATED
