"""Steps that survive power loss: each returns only when its effect is on the disk."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader
from pathlib import Path
from typing import Final

from lake_assets.errors import UnwritableLakeError

_settled: Final[set[Path]] = set()  # folders this process knows to be durable


@contextmanager
def refusal_named(path: Path) -> Iterator[None]:
    """Say of a step that the disk refuses which file it was of and what to do.

    Raises:
        UnwritableLakeError: it was refused; its ``errno`` is the disk's.
    """
    try:
        yield
    except UnwritableLakeError:
        raise
    except OSError as error:
        raise unwritable(path, error.strerror or str(error), error.errno) from error


def unwritable(path: Path, why: str, errno: int | None = None) -> UnwritableLakeError:
    """The error of a refused step."""
    refused = UnwritableLakeError(
        f"{path} cannot be written: {why}; what was published before stays; "
        "free space or mend the disk or its permissions, then run again"
    )
    refused.errno = errno
    return refused


def sync_file(path: Path) -> None:
    """Force a file's bytes to the disk."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Force a folder's entries to the disk: a rename is not durable before this."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    with refusal_named(path):
        descriptor = os.open(path, flags | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def make_folder(path: Path) -> None:
    """Make a folder and its parents, each durable in the one above it.

    A folder that is there may be of a writer that died before it was durable: each process sees to
    it once, as far up as its file system goes.
    """
    with refusal_named(path):
        _make_folder(path)


def _make_folder(path: Path) -> None:
    there = path.is_dir()
    if there and (path in _settled or path.is_mount()):
        return
    _make_folder(path.parent)
    if not there:
        path.mkdir(exist_ok=True)
    if not there or os.access(path.parent, os.R_OK):
        sync_folder(path.parent)
    _settled.add(path)


def put_in_place(draft: Path, target: Path) -> None:
    """Give a synced draft its final name; a reader sees the old file or the new one."""
    make_folder(target.parent)
    with refusal_named(target):
        os.replace(draft, target)  # noqa: PTH105 - the system call's own name, for the fault tests
        sync_folder(target.parent)


def write_text(target: Path, text: str, *, draft: Path) -> None:
    """Replace a small file by way of a draft on the same file system."""
    draft_text(draft, text)
    put_in_place(draft, target)


def draft_text(draft: Path, text: str) -> None:
    """Write and sync a file nobody reads yet."""
    make_folder(draft.parent)
    with refusal_named(draft), draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def remove(path: Path) -> None:
    """Take a file away, if there is one."""
    with refusal_named(path):
        path.unlink(missing_ok=True)


def sha256_of(file: BufferedReader) -> str:
    """Hash of an open file, from its first byte."""
    file.seek(0)
    return hashlib.file_digest(file, "sha256").hexdigest()


def keep_as(path: Path, target: Path) -> None:
    """Give a file a second name that stays when the first is given away."""
    make_folder(target.parent)
    with refusal_named(target):
        with suppress(FileExistsError):
            target.hardlink_to(path)
        sync_folder(target.parent)
