"""What goes into the lake comes out of it, and nothing else does."""

import shutil

import duckdb
import polars as pl
import psutil
import pytest

from lake_assets.catalog import (
    DATASETS,
    ES_TRADES,
    LEVELS,
    SIGNALS,
    SIGNALS_MULTI_DAY,
    SPY_OPTIONS,
)
from lake_assets.catalog.dataset import WHOLE
from lake_assets.catalog.rows import Rows
from lake_assets.errors import (
    DamagedPartitionError,
    MissingPartitionError,
    MixedProvenanceError,
    UnlockedPartitionError,
)
from lake_assets.lake.lake import Lake
from lake_assets.market.vocabulary import Provenance
from lake_assets_tests.lake.tables import (
    DAY,
    MADE_FROM,
    SIMULATED,
    levels,
    options,
    publish,
    stream,
    trades,
)


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "lake")


@pytest.mark.parametrize("dataset", DATASETS, ids=lambda d: d.name)
def test_no_rows_are_a_file_with_every_column(lake, dataset):
    partition = DAY if dataset.calendar else WHOLE
    made = publish(lake, dataset, dataset.empty(), partition)
    assert made.current.rows == 0
    assert (lake.root / dataset.path(partition)).exists()
    assert lake.read(dataset, partition).equals(dataset.empty())
    assert lake.read(dataset, partition).schema == dataset.dtypes
    assert lake.relation(dataset, partition).columns == list(dataset.dtypes)


@pytest.mark.parametrize(
    ("dataset", "frame"),
    [(LEVELS, levels(7)), (SPY_OPTIONS, options()), (ES_TRADES, trades(1_000))],
    ids=["levels", "options", "trades"],
)
def test_every_way_in_and_out_gives_the_same_rows(lake, dataset, frame):
    with duckdb.connect() as connection:
        text = frame.cast(dataset.stored_dtypes).to_arrow()
        ways = {
            "frame": frame.reverse(),
            "lazy": frame.lazy(),
            "rows": Rows(batches=frame),
            "stream": stream(dataset, frame, 7),
            "relation": connection.from_arrow(text),
        }
        made = {name: publish(lake, dataset, rows, name) for name, rows in ways.items()}
    assert len({m.current.sha256 for m in made.values()}) == 1
    for name in made:
        assert lake.read(dataset, name).equals(frame)
        assert lake.scan(dataset, name).collect().equals(frame)
        assert lake.relation(dataset, name).pl().equals(frame.cast(dataset.stored_dtypes))
    assert lake.verify() == []


def test_several_partitions_come_in_the_order_asked_for(lake):
    for generation in (1, 2):
        publish(lake, LEVELS, levels(generation), f"2025-12-1{generation}")
    asked = ["2025-12-12", "2025-12-11"]
    wanted = [2, 2, 2, 1, 1, 1]
    assert lake.read(LEVELS, asked)["level_e"].to_list() == wanted
    assert [row[0] for row in lake.relation(LEVELS, asked)["level_e"].fetchall()] == wanted


def test_quality_is_read_after_the_stream(lake):
    quality = {}

    def batches():
        yield from stream(LEVELS, levels(1), 1)
        quality.update(dropped=4, vendor_condition="degraded")

    reader = stream(LEVELS, levels(1), 1)
    rows = Rows(batches=type(reader).from_batches(reader.schema, batches()), quality=quality)
    made = publish(lake, LEVELS, rows).current
    assert made.quality["dropped"] == 4
    assert made.vendor_condition == "degraded"


def test_partitions_are_sorted_and_of_one_dataset(lake):
    publish(lake, SIGNALS, SIGNALS.empty(), "2025-12-17")
    publish(lake, SIGNALS, SIGNALS.empty(), "2025-12-16")
    publish(lake, SIGNALS_MULTI_DAY, SIGNALS_MULTI_DAY.empty(), WHOLE)
    assert lake.partitions(SIGNALS) == ["2025-12-16", "2025-12-17"]
    assert lake.partitions(SIGNALS_MULTI_DAY) == [WHOLE]
    assert lake.partitions(LEVELS) == []


def test_a_missing_partition_says_what_is_there_and_what_to_do(lake):
    publish(lake, LEVELS, levels(1), "2025-12-16")
    for read in (lake.read, lake.scan, lake.relation):
        with pytest.raises(MissingPartitionError, match=r"2025-12-16.*materialize.*silver/levels"):
            read(LEVELS, DAY)
        with pytest.raises(MissingPartitionError):
            read(LEVELS, [])
    assert lake.in_force(LEVELS, DAY) is None


def test_a_changed_file_is_not_in_force_and_not_read(lake):
    publish(lake, LEVELS, levels(1))
    path = lake.root / LEVELS.path(DAY)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    assert lake.in_force(LEVELS, DAY) is None
    for read in (lake.read, lake.scan, lake.relation):
        with pytest.raises(DamagedPartitionError, match="materialize"):
            read(LEVELS, DAY)
    assert lake.partitions(LEVELS) == [DAY]
    publish(lake, LEVELS, levels(2))
    assert lake.read(LEVELS, DAY)["level_e"].to_list() == [2, 2, 2]


def test_a_copied_lake_is_adopted_and_hashed_once(lake, tmp_path):
    made = publish(lake, LEVELS, levels(1)).current
    shutil.copytree(lake.root, tmp_path / "copy", copy_function=shutil.copy)
    copy = Lake(tmp_path / "copy")
    assert copy.in_force(LEVELS, DAY).sha256 == made.sha256
    assert copy.verify() == []
    manifest = tmp_path / "copy/_manifests/silver/levels" / f"levels_{DAY}.json"
    before = manifest.read_text()
    with copy.lock(LEVELS, DAY):
        adopted = copy.in_force(LEVELS, DAY)
    assert manifest.read_text() != before
    assert adopted == made.stamped(adopted.stamp)
    assert adopted.stamp.inode == (copy.root / LEVELS.path(DAY)).stat().st_ino
    assert copy.verify() == []


def test_what_was_opened_stays_what_it_was(lake):
    publish(lake, LEVELS, levels(1))
    lazy, relation = lake.scan(LEVELS, DAY), lake.relation(LEVELS, DAY)
    publish(lake, LEVELS, levels(2, rows=500))
    assert lazy.collect().equals(levels(1))
    assert relation["level_e"].fetchall() == [(1,), (1,), (1,)]
    assert lake.read(LEVELS, DAY).equals(levels(2, rows=500))


def test_the_manifest_names_the_generation_that_was_replaced(lake):
    first = publish(lake, LEVELS, levels(1))
    second = publish(lake, LEVELS, levels(2))
    assert second.previous == first.current
    assert lake.in_force(LEVELS, DAY) == second.current


def test_writing_needs_the_lock(lake):
    facts = {"fingerprint": MADE_FROM, "provenance": SIMULATED}
    with pytest.raises(UnlockedPartitionError):
        lake.stage(LEVELS, DAY, levels(1), **facts)
    with lake.lock(LEVELS, DAY):
        staged = lake.stage(LEVELS, DAY, levels(1), **facts)
    with pytest.raises(UnlockedPartitionError):
        lake.commit(staged)
    assert lake.in_force(LEVELS, DAY) is None


def test_a_staged_file_that_changed_is_not_committed(lake):
    publish(lake, LEVELS, levels(1))
    with lake.lock(LEVELS, DAY):
        staged = lake.stage(LEVELS, DAY, levels(2), fingerprint=MADE_FROM, provenance=SIMULATED)
        staged.path.write_bytes(b"something else")
        with pytest.raises(DamagedPartitionError, match="stage"):
            lake.commit(staged)
    assert lake.read(LEVELS, DAY).equals(levels(1))
    assert staged.path.suffix != ".parquet"


def test_a_lake_holds_one_kind_of_data(lake):
    publish(lake, LEVELS, levels(1))
    with pytest.raises(MixedProvenanceError, match="LAKE_ROOT"):
        lake.publish(LEVELS, DAY, levels(2), fingerprint=MADE_FROM, provenance=Provenance.VENDOR)
    assert lake.read(LEVELS, DAY).equals(levels(1))
    assert lake.verify() == []


def test_reading_leaves_no_descriptor_open(lake):
    publish(lake, LEVELS, levels(1))
    fds = psutil.Process().num_fds
    lake.read(LEVELS, DAY)
    lake.relation(LEVELS, DAY).fetchall()
    before = fds()
    for _ in range(20):
        assert isinstance(lake.read(LEVELS, DAY), pl.DataFrame)
        assert len(lake.relation(LEVELS, DAY).fetchall()) == 3
        lake.scan(LEVELS, DAY)
        assert lake.in_force(LEVELS, DAY)
    assert fds() <= before
