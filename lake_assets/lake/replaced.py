"""Files that newer ones replace: kept where numbers may have been cited from them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.durability import keep_as, remove, sha256_of, sync_folder
from lake_assets.lake.manifest import Manifest
from lake_assets.lake.places import REPLACED, Places

_KEPT: Final = re.compile(r"(?P<stem>.+)\.(?P<digits>[0-9a-f]{16})\.parquet", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReplacedFile:
    """A generation that was replaced: the partition's ``name``, the start of its hash."""

    path: Path
    name: str
    digits: str

    def is_whole(self) -> bool:
        """Whether its bytes are those it was kept for."""
        with self.path.open("rb") as file:
            return sha256_of(file).startswith(self.digits)


def keep_replaced(places: Places, dataset: Dataset, manifest: Manifest) -> None:
    """Keep the file in force before its manifest's newer generation takes its place."""
    old, name = manifest.previous, dataset.path(manifest.partition)
    if dataset.is_cited and old and old.sha256 != manifest.current.sha256:
        keep_as(places.root / name, places.replaced(name, old.sha256))


def replaced_files(root: Path) -> Iterator[tuple[Path, ReplacedFile | None]]:
    """Every file among the replaced ones by path, None for one the lake did not put there."""
    folder = root / REPLACED
    for path in sorted(p for p in folder.rglob("*") if p.is_symlink() or not p.is_dir()):
        told = _KEPT.fullmatch(path.relative_to(folder).as_posix())
        yield path, told and ReplacedFile(path, f"{told['stem']}.parquet", told["digits"])


def drop(file: ReplacedFile) -> None:
    """Remove a replaced file for good."""
    remove(file.path)
    sync_folder(file.path.parent)
