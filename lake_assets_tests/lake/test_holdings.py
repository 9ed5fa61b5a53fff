"""A remembered look is never an old one, and a file is never taken for another."""

import os
import shutil
from datetime import date

import pytest

from lake_assets.catalog import OPTION_SNAPSHOTS
from lake_assets.errors import DamagedPartitionError, MissingPartitionError
from lake_assets.lake.holdings import Holdings
from lake_assets.lake.lake import Lake
from lake_assets_tests.retrieval.silver import publish_options

FIRST, SECOND = date(2026, 5, 28), date(2026, 5, 29)


@pytest.fixture
def lake(tmp_path) -> Lake:
    made = Lake(tmp_path / "lake")
    publish_options(made, FIRST, [{"volume": 1}], daily=False)
    return made


@pytest.fixture
def holdings(lake) -> Holdings:
    return Holdings(lake.root)


def rest(lake):
    """Make the folders look as if nothing had been published for a while."""
    for tree in (lake.root, lake.root / "_manifests"):
        os.utime(tree / "silver" / "option_snapshots", ns=(1, 1))


def test_an_empty_lake_holds_nothing(tmp_path):
    assert Holdings(tmp_path).of(OPTION_SNAPSHOTS) == ()


def test_a_partition_is_told_by_its_manifest(lake, holdings):
    (held,) = holdings.of(OPTION_SNAPSHOTS)
    assert held.partition == "2026-05-28"
    assert held.path == lake.root / held.name
    assert held.generation == lake.in_force(OPTION_SNAPSHOTS, "2026-05-28")
    assert held.statistics["SPY"]["rows"] == 1


def test_an_unchanged_lake_is_not_looked_at_again(lake, holdings):
    rest(lake)
    assert holdings.of(OPTION_SNAPSHOTS) is holdings.of(OPTION_SNAPSHOTS)


def test_a_new_partition_is_seen_at_once(lake, holdings):
    rest(lake)
    holdings.of(OPTION_SNAPSHOTS)
    publish_options(lake, SECOND, [{"volume": 2}], daily=False)
    assert [h.partition for h in holdings.of(OPTION_SNAPSHOTS)] == ["2026-05-28", "2026-05-29"]


def test_a_replaced_partition_is_seen_at_once(lake, holdings):
    rest(lake)
    (old,) = holdings.of(OPTION_SNAPSHOTS)
    publish_options(lake, FIRST, [{"volume": 2}], daily=False)
    (new,) = holdings.of(OPTION_SNAPSHOTS)
    assert new.sha256 != old.sha256
    holdings.require([(new.path, new.sha256)])
    with pytest.raises(DamagedPartitionError):
        holdings.require([(old.path, old.sha256)])


def test_a_file_without_its_manifest_is_not_held(lake, holdings):
    (lake.root / "_manifests" / "silver/option_snapshots/option_snapshots_2026-05-28.json").unlink()
    assert holdings.of(OPTION_SNAPSHOTS) == ()


def test_a_manifest_without_its_file_is_not_held(holdings):
    (held,) = holdings.of(OPTION_SNAPSHOTS)
    held.path.unlink()
    assert holdings.of(OPTION_SNAPSHOTS) == ()
    with pytest.raises(MissingPartitionError):
        holdings.require([(held.path, held.sha256)])


def test_a_touched_file_is_hashed_and_found_whole(holdings):
    (held,) = holdings.of(OPTION_SNAPSHOTS)
    os.utime(held.path, ns=(1, 1))
    holdings.require([(held.path, held.sha256)])


def test_a_flipped_byte_is_noticed(holdings):
    (held,) = holdings.of(OPTION_SNAPSHOTS)
    body = bytearray(held.path.read_bytes())
    body[len(body) // 2] ^= 1
    held.path.write_bytes(body)
    with pytest.raises(DamagedPartitionError):
        holdings.require([(held.path, held.sha256)])


def test_a_copied_lake_is_hashed_once(lake, holdings, tmp_path):
    shutil.copytree(lake.root, tmp_path / "copy", copy_function=shutil.copyfile)
    (held,) = Holdings(tmp_path / "copy").of(OPTION_SNAPSHOTS)
    assert held.sha256 == holdings.of(OPTION_SNAPSHOTS)[0].sha256
