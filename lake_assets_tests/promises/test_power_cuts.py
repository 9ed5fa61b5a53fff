"""P3: the power of a disk is cut while a partition is published again and again.

LAKE_PROOF_POWER_CUTS sets how often; 30 is the full run. The order of fsync and rename that this
rests on is asserted in lake/test_durability.py, where no disk need be mounted.
"""

import random
import time

from lake_assets.catalog import LEVELS
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake import writers
from lake_assets_tests.lake.tables import DAY, publish
from lake_assets_tests.promises.disks import disk_in
from lake_assets_tests.promises.tally import full_count

CUTS = full_count("LAKE_PROOF_POWER_CUTS", 3)


def newest_told(pipe, known):
    """The newest generation of which a writer, that is gone, has claimed success."""
    while True:
        try:
            known = pipe.recv()
        except EOFError:
            return known


def test_reported_success_survives_power_cuts(tmp_path, promise):
    moments = random.Random(30)  # noqa: S311 - moments, not secrets
    with disk_in(tmp_path) as disk, promise("P3") as counts:
        lake, there = Lake(disk.root / "lake"), 1
        publish(lake, LEVELS, writers.rows_of(1))
        for _ in range(CUTS):
            writer, pipe = writers.start(writers.publish_and_tell, lake.root, there + 1)
            first = claimed = pipe.recv()
            time.sleep(moments.uniform(0, 0.2))
            disk.cut_power()
            claimed = newest_told(pipe, claimed)
            writer.join()
            assert writer.exitcode == 3  # what it tried next was refused
            disk.unmount()
            disk.mount()
            there = lake.read(LEVELS, DAY)["level_e"][0]
            assert there in (claimed, claimed + 1)
            assert lake.read(LEVELS, DAY).equals(writers.rows_of(there))
            assert [f for f in lake.verify() if f.kind != "leftover"] == []
            counts["power cuts"] += 1
            counts["publishes claimed before them"] += claimed - first + 1
        publish(lake, LEVELS, writers.rows_of(there + 1))
        assert lake.verify() == []


def test_a_cut_does_lose_what_was_not_synced(tmp_path):
    with disk_in(tmp_path) as disk:
        (disk.root / "unsynced").write_bytes(b"x" * 5_000)
        disk.cut_power()
        disk.unmount()
        disk.mount()
        assert not (disk.root / "unsynced").exists()
