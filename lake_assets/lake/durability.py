"""Steps that survive power loss: each returns only when its effect is on the disk."""

import hashlib
import os
from contextlib import suppress
from io import BufferedReader
from pathlib import Path


def sync_file(path: Path) -> None:
    """Force a file's bytes to the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Force a folder's entries to the disk: a rename is not durable before this."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder and its parents, each durable in the one above it."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)
    sync_folder(path.parent)


def put_in_place(draft: Path, target: Path) -> None:
    """Give a synced draft its final name; a reader sees the old file or the new one."""
    make_folder(target.parent)
    os.replace(draft, target)  # noqa: PTH105 - the system call's own name, for the fault tests
    sync_folder(target.parent)


def write_text(target: Path, text: str, *, draft: Path) -> None:
    """Replace a small file by way of a draft on the same file system."""
    draft_text(draft, text)
    put_in_place(draft, target)


def draft_text(draft: Path, text: str) -> None:
    """Write and sync a file nobody reads yet."""
    make_folder(draft.parent)
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def sha256_of(file: BufferedReader) -> str:
    """Hash of an open file, from its first byte."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def keep_as(path: Path, target: Path) -> None:
    """Give a file a second name that stays when the first is given away."""
    make_folder(target.parent)
    with suppress(FileExistsError):
        target.hardlink_to(path)
    sync_folder(target.parent)
