"""One writer per partition, and the dead hold nothing."""

import os
import threading

import pytest

from lake_assets.catalog import LEVELS
from lake_assets.errors import BusyPartitionError, UnlockedPartitionError
from lake_assets.lake import lock
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake import writers
from lake_assets_tests.lake.tables import DAY, levels, publish


@pytest.fixture
def holder(tmp_path):
    """A process that holds the lock of the partition."""
    process, pipe = writers.start(writers.hold_forever, tmp_path)
    assert pipe.recv() == "held"
    yield process
    process.kill()
    process.join()


def test_a_busy_partition_names_its_holder(tmp_path, holder):
    with pytest.raises(BusyPartitionError, match=rf"process {holder.pid} on .* since 2"):
        publish(Lake(tmp_path, lock_wait_s=0.05), LEVELS, levels(1))


def test_a_killed_holder_holds_nothing(tmp_path, holder):
    holder.kill()
    holder.join()
    publish(Lake(tmp_path, lock_wait_s=0), LEVELS, levels(1))


def test_another_partition_is_free(tmp_path, holder):
    assert holder.is_alive()
    publish(Lake(tmp_path, lock_wait_s=0), LEVELS, levels(1), "2025-12-16")


def test_a_lock_is_taken_once_per_thread(tmp_path):
    lake = Lake(tmp_path)
    with (
        lake.lock(LEVELS, DAY),
        pytest.raises(UnlockedPartitionError, match="already"),
        Lake(tmp_path).lock(LEVELS, DAY),
    ):
        pass
    with lake.lock(LEVELS, DAY):
        assert lock.is_held_here(tmp_path / "_locks/silver/levels" / f"levels_{DAY}.lock")


def test_another_thread_waits(tmp_path):
    failures = []

    def second():
        try:
            publish(Lake(tmp_path, lock_wait_s=0), LEVELS, levels(1))
        except BusyPartitionError as error:
            failures.append(error)

    with Lake(tmp_path).lock(LEVELS, DAY):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    assert str(os.getpid()) in str(failures[0])


def test_a_second_writer_waits_its_turn(tmp_path):
    started = [writers.start(writers.write_in_turn, tmp_path, name) for name in "ab"]
    for process, _ in started:
        process.join()
        assert process.exitcode == 0
    turns = (tmp_path / "turns").read_text().split()
    assert len(turns) == 2 * 2 * writers.TURNS
    assert all(came == f"+{left[1:]}" for came, left in zip(turns[::2], turns[1::2], strict=True))
    lake = Lake(tmp_path)
    assert lake.verify() == []
    assert lake.read(LEVELS, DAY)["level_e"].n_unique() == 1
