"""Objects of a store to files of this machine: no byte is used before all of them are hashed."""

from collections.abc import Callable
from hashlib import sha256
from io import BufferedIOBase
from pathlib import Path
from typing import Final

from lake_assets.errors import DamagedPartitionError
from lake_assets.lake.durability import make_folder, put_in_place, sync_file
from lake_assets.lake.store import Store, Text
from lake_assets.market.facts import CONFIG

_CHUNK: Final = 1 << 20
_TRIES: Final = 2  # what a network has damaged comes whole the second time


def fetch(store: Store, key: str, wanted: str, draft: Path) -> bool:
    """Write an object's bytes to a draft; False if there is no such object.

    Raises:
        DamagedPartitionError: its SHA-256 is not ``wanted``.
        UnreachableStoreError: its bytes do not come.
    """
    make_folder(draft.parent)
    found = None
    for _ in range(_TRIES):
        found = _written(store, key, draft)
        if found is None:
            return False
        if found == wanted:
            sync_file(draft)
            return True
    draft.unlink()
    raise DamagedPartitionError(
        f"{store.url}/{key}: expected the SHA-256 {wanted}, found {found}; "
        "materialize the partition again, or restore the object"
    )


def _written(store: Store, key: str, draft: Path) -> str | None:
    body = store.bytes_of(key)
    if body is None:
        return None
    with draft.open("wb") as file:
        return _hashed(body, file.write)[1]


def sha256_of_object(store: Store, key: str) -> tuple[int, str] | None:
    """Size and hash of an object's bytes; None if there is none."""
    body = store.bytes_of(key)
    if body is None:
        return None
    return _hashed(body, lambda _: None)


def _hashed(body: BufferedIOBase, take: Callable[[bytes], object]) -> tuple[int, str]:
    """Hand an object's bytes on as they come; how many there were, and their hash."""
    digest, size = sha256(), 0
    with body:
        while chunk := body.read(_CHUNK):
            digest.update(chunk)
            size += len(chunk)
            take(chunk)
    return size, digest.hexdigest()


def fetch_tables(store: Store, home: Path) -> None:
    """Bring the lake's own tables of facts, which decide what partitions are made from, to hand."""
    there = {each.key for each in store.listed(f"{CONFIG}/")}
    for key in there:
        found = store.text(key)
        path = home / key
        known = path.read_bytes() if path.is_file() else None
        if isinstance(found, Text) and found.text != known:
            draft = path.with_name(f"{path.name}.new")
            make_folder(path.parent)
            draft.write_bytes(found.text)
            put_in_place(draft, path)
    for path in (home / CONFIG).glob("*.csv"):
        if f"{CONFIG}/{path.name}" not in there:
            path.unlink()
