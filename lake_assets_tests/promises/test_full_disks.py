"""P2: a disk that is full, and one that may not be written, are errors that say so."""

import errno
import os
import shutil
import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from lake_assets.catalog import ES_TRADES, LEVELS
from lake_assets.errors import UnwritableLakeError
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake.tables import DAY, levels, publish, stream, trades
from lake_assets_tests.promises.disks import memory_disk

ROWS = 100_000
LEFT = 200_000  # bytes, of which the rows need more


@pytest.mark.parametrize("streamed", [False, True], ids=["a frame", "a stream"])
def test_a_full_disk_is_named_and_the_old_generation_stays(tmp_path, promise, streamed):
    with memory_disk(tmp_path / "disk", 4) as disk, promise("P2") as counts:
        lake = Lake(disk / "lake")
        publish(lake, ES_TRADES, trades(1_000))
        before = lake.read(ES_TRADES, DAY)
        noise = pl.Series(np.random.default_rng(1).integers(0, 10**9, ROWS))
        rows = trades(ROWS).with_columns(ts_recv_ns=pl.col("ts_event_ns") + noise)
        (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free - LEFT))
        with pytest.raises(UnwritableLakeError, match=r"No space left.*published before stays"):
            publish(lake, ES_TRADES, stream(ES_TRADES, rows, 50_000) if streamed else rows)
        counts["full disks"] += 1
        assert lake.read(ES_TRADES, DAY).equals(before)
        assert lake.verify() == []
        (disk / "filler").unlink()
        publish(lake, ES_TRADES, trades(2_000))
        assert not [p for p in (lake.root / "_staging").rglob("*") if p.is_file()]


def test_a_disk_full_for_the_manifest_alone(tmp_path, promise):
    with memory_disk(tmp_path / "disk", 1) as disk, promise("P2") as counts:
        lake = Lake(disk / "lake")
        publish(lake, LEVELS, levels(1))
        (disk / "filler").write_bytes(bytes(shutil.disk_usage(disk).free))
        with pytest.raises(UnwritableLakeError) as caught:
            publish(lake, LEVELS, levels(2))
        counts["full disks"] += 1
        assert caught.value.errno in (errno.ENOSPC, None)
        (disk / "filler").unlink()
        assert lake.read(LEVELS, DAY)["level_e"][0] == 1
        publish(lake, LEVELS, levels(2))
        assert lake.verify() == []


def unprivileged(*words: str) -> subprocess.CompletedProcess[str]:
    """A command of a user whom permissions bind, as they do not bind root."""
    caps = "-dac_override,-dac_read_search,-fowner"
    bound = ("setpriv", f"--bounding-set={caps}", f"--inh-caps={caps}") if not os.geteuid() else ()
    return subprocess.run(
        [*bound, sys.executable, "-m", "lake_assets.cli.main", *words],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "COLUMNS": "400"},
    )


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="SETPRIV ABSENT: as root all may write")
def test_a_lake_that_may_not_be_written_is_read_and_says_so(built_lake, promise):
    root = ("--root", str(built_lake.root))
    before = built_lake.files()
    for path in (built_lake.root, *built_lake.root.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    with promise("P2") as counts:
        assert unprivileged("verify", *root).returncode == 0
        read = unprivileged("sql", "select count(*) n from gold.signals", *root)
        assert read.returncode == 0, read.stderr
        written = unprivileged("backfill", DAY, "--force", *root)
        counts["read-only lakes"] += 1
        for path in (built_lake.root, *built_lake.root.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)
        assert written.returncode == 1, written.stderr
        assert "cannot be written" in written.stdout + written.stderr
        assert "Traceback" not in written.stdout + written.stderr
        assert built_lake.files() == before
