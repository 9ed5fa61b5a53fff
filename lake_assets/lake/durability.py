"""Bytes that survive power loss: file synced, name swapped, folder synced, in that order."""

import os
from hashlib import sha256
from pathlib import Path

_BLOCK = 1 << 20


def sync(path: Path) -> None:
    """Force a file's or folder's content to the device."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(draft: Path, final: Path) -> None:
    """Swap a synced draft onto its final name; a reader sees the old file or the new one."""
    draft.replace(final)
    sync(final.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file whole or not at all."""
    make_folder(path.parent)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder and its parents, each entry synced."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync(folder.parent)


def hash_file(path: Path) -> str:
    """SHA-256 of a file's content."""
    digest = sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
