"""Success is claimed only when it is on the disk, and a failing disk leaves old or new."""

import errno
import itertools
import os
from pathlib import Path

import pytest

from lake_assets.catalog import LEVELS
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake.tables import DAY, levels, publish

STEM = f"silver/levels/levels_{DAY}"
SYSTEM_CALLS = ("fsync", "replace", "mkdir", "link", "unlink")


@pytest.fixture
def steps(monkeypatch):
    """Every fsync and rename of this process, in order, as the kernel is asked for them."""
    seen = []
    fsync, replace = os.fsync, os.replace

    def recorded_fsync(descriptor):
        fsync(descriptor)
        seen.append(("fsync", str(Path(f"/proc/self/fd/{descriptor}").readlink())))

    def recorded_replace(source, target):
        replace(source, target)
        seen.append(("replace", str(target)))

    monkeypatch.setattr(os, "fsync", recorded_fsync)
    monkeypatch.setattr(os, "replace", recorded_replace)
    return seen


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="NEEDS /proc TO NAME DESCRIPTORS")
def test_bytes_then_manifest_then_name_each_synced_before_the_next(tmp_path, steps):
    lake = Lake(tmp_path)
    publish(lake, LEVELS, levels(1))
    steps.clear()
    publish(lake, LEVELS, levels(2))
    manifest = lake.root / f"_manifests/{STEM}.json"
    data = lake.root / f"{STEM}.parquet"
    assert steps == [
        ("fsync", f"{lake.root}/_staging/{STEM}.rows"),
        ("fsync", f"{lake.root}/_staging/{STEM}.manifest"),
        ("replace", str(manifest)),
        ("fsync", str(manifest.parent)),
        ("replace", str(data)),
        ("fsync", str(data.parent)),
    ]


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="NEEDS /proc TO NAME DESCRIPTORS")
def test_every_new_folder_is_synced_into_the_one_above(tmp_path, steps):
    lake = Lake(tmp_path / "new" / "lake")
    publish(lake, LEVELS, levels(1))
    synced = {path for step, path in steps if step == "fsync"}
    for folder in (lake.root, lake.root / "silver/levels", lake.root / "_manifests/silver/levels"):
        assert str(folder.parent) in synced


class Failing:
    """System calls that fail once, at one step."""

    def __init__(self, at, code):
        self.at, self.code, self.taken = at, code, itertools.count(1)

    def wrap(self, call):
        """The call, or its failure when its turn has come."""

        def maybe(*arguments, **options):
            if next(self.taken) == self.at:
                raise OSError(self.code, os.strerror(self.code))
            return call(*arguments, **options)

        return maybe


@pytest.mark.parametrize(
    ("old", "code"),
    [(True, errno.EIO), (False, errno.ENOSPC)],
    ids=["a failing disk, over an old one", "a full disk, the first one"],
)
def test_a_failing_step_is_an_error_and_leaves_old_or_new(tmp_path, old, code):
    for at in itertools.count(1):
        lake = Lake(tmp_path / str(at))
        if old:
            publish(lake, LEVELS, levels(1))
        failing, failed = Failing(at, code), False
        with pytest.MonkeyPatch.context() as patch:
            for name in SYSTEM_CALLS:
                patch.setattr(os, name, failing.wrap(getattr(os, name)))
            try:
                publish(lake, LEVELS, levels(2))
            except OSError as error:
                failed = True
                assert error.errno == code  # noqa: PT017 - the loop goes on
        there = lake.read(LEVELS, DAY)["level_e"][0] if lake.partitions(LEVELS) else None
        if not failed:
            assert there == 2
            assert at > 6
            break
        assert there in ([1, 2] if old else [None, 2]), f"step {at}"
        assert [f for f in lake.verify() if f.kind != "leftover"] == [], f"step {at}"
        publish(lake, LEVELS, levels(3))
        assert lake.verify() == [], f"step {at}"
