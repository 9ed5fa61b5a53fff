"""The lake of a root, whichever kind it is."""

import os
from pathlib import Path
from typing import Final

from lake_assets.lake.fetching import fetch_tables
from lake_assets.lake.lake import Lake
from lake_assets.lake.roots import bucket_and_prefix, home_of, is_url
from lake_assets.lake.staging import Connect, in_memory

FRESH_S: Final = 2.0
"""For how long what the store said last is taken to be so; a writer always asks."""


def lake_at(
    root: str | Path,
    *,
    connect: Connect = in_memory,
    lock_wait_s: float = 60.0,
    mirrors: str = "",
) -> Lake:
    """The lake in a folder, or in an object store.

    Raises:
        UnknownNameError: the URL is none of an object store.
        MissingPackageError: an object store needs a package that is not installed.
        UnreachableStoreError: the store does not answer.
    """
    home = home_of(str(root), mirrors)
    if not is_url(str(root)):
        return Lake(home, connect=connect, lock_wait_s=lock_wait_s)
    # Imported here: a lake in a folder needs none of it.
    from lake_assets.lake.mirrored import MirroredLake  # noqa: PLC0415
    from lake_assets.lake.object_store import ObjectStore  # noqa: PLC0415
    from lake_assets.lake.remote import Remote  # noqa: PLC0415

    store = ObjectStore(*bucket_and_prefix(str(root)))
    fetch_tables(store, home)
    fresh_s = float(os.environ.get("LAKE_FRESH_S", FRESH_S))
    remote = Remote(store, home / "_remote", fresh_s=fresh_s)
    return MirroredLake(remote, home, connect=connect, lock_wait_s=lock_wait_s)
