"""Disks of our own, by loop and memory mounts: to cut the power of, and to fill."""

import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

_MIB = 1 << 20
# Of Linux' ext4: from here on nothing reaches the device, not even what the journal holds.
_SHUTDOWN = 0x8004_587D
_WITHOUT_THE_LOG = (2).to_bytes(4, "little")


class Disk:
    """An ext4 file system in a file, mounted at ``root``."""

    def __init__(self, folder: Path, mebibytes: int = 48) -> None:
        self._image, self.root = folder / "disk.ext4", folder / "disk"
        self.root.mkdir()
        with self._image.open("wb") as file:
            file.truncate(mebibytes * _MIB)
        _run("mkfs.ext4", "-q", "-F", str(self._image))

    def mount(self) -> None:
        """Mount it; the journal is played back as after a power cut."""
        _run("mount", "-o", "loop", str(self._image), str(self.root))

    def unmount(self) -> None:
        """Take it away; nobody may have a file of it open."""
        _run("umount", str(self.root))

    def cut_power(self) -> None:
        """Lose at once all that is not on the device yet."""
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.ioctl(descriptor, _SHUTDOWN, _WITHOUT_THE_LOG)
        finally:
            os.close(descriptor)


@contextmanager
def disk_in(folder: Path) -> Iterator[Disk]:
    """A mounted disk; the test is skipped, and says so, where none may be mounted."""
    try:
        disk = Disk(folder)
        disk.mount()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"NO DISK OF OUR OWN MAY BE MOUNTED HERE: power cuts are not tested ({error})")
    try:
        yield disk
    finally:
        with suppress(subprocess.CalledProcessError):
            disk.unmount()


@contextmanager
def memory_disk(folder: Path, mebibytes: int) -> Iterator[Path]:
    """A small disk in memory, to be filled; the test is skipped where none may be mounted."""
    folder.mkdir()
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "tmpfs", str(folder))
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"NO DISK OF OUR OWN MAY BE MOUNTED HERE: full disks are not tested ({error})")
    try:
        yield folder
    finally:
        _run("umount", "--lazy", str(folder))


def _run(*words: str) -> None:
    subprocess.run(words, check=True, capture_output=True)
