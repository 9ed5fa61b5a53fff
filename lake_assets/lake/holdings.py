"""What a lake holds, remembered between looks: for readers who look a hundred times a second.

A look costs two folder times while nothing is published. A file is taken to be as its manifest
says while its stamp stays; one whose stamp has moved is hashed before it is read again.
"""

import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Final

from lake_assets.catalog.dataset import WHOLE, Dataset
from lake_assets.catalog.statistics import Measured
from lake_assets.errors import DamagedPartitionError, MissingPartitionError
from lake_assets.lake.durability import sha256_of
from lake_assets.lake.manifest import Generation, Manifest, Stamp
from lake_assets.lake.places import Places
from lake_assets.lake.reading import load_manifest

_RESTLESS_NS: Final = 100_000_000
"""A folder touched within this of a look may be touched again under the same time stamp."""

_NEVER: Final = (-1, -1)


@dataclass(frozen=True, slots=True)
class Holding:
    """A partition's file; ``name`` is its path relative to the lake."""

    partition: str
    name: str
    path: Path
    generation: Generation

    @property
    def sha256(self) -> str:
        """Hash the manifest gives the file."""
        return self.generation.sha256

    @property
    def statistics(self) -> Measured:
        """What the manifest tells of the rows; nothing where its dataset declares nothing."""
        return self.generation.statistics or {}


@dataclass(frozen=True, slots=True)
class _Look:
    stamps: tuple[int, int]
    manifests: Mapping[str, tuple[Stamp, Manifest]]
    holdings: tuple[Holding, ...]


class Holdings:
    """Partitions of a lake with a manifest and a file, oldest first."""

    def __init__(self, root: Path) -> None:
        self.root = Path(root).resolve()
        self._places = Places(self.root)
        self._looks: dict[Dataset, _Look] = {}
        self._hashes: dict[Path, tuple[Stamp, str]] = {}
        self._lock = Lock()

    def of(self, dataset: Dataset) -> tuple[Holding, ...]:
        """Every partition of a dataset; one whose manifest was edited is none."""
        manifests = self._places.manifest(dataset, WHOLE).parent
        files = self._places.data(dataset, WHOLE).parent
        stamps = _touched(manifests), _touched(files)
        known = self._looks.get(dataset)
        if known and known.stamps == stamps:
            return known.holdings
        calm = time.time_ns() - max(stamps) > _RESTLESS_NS
        look = self._look(dataset, stamps if calm else _NEVER, known)
        self._looks[dataset] = look
        return look.holdings

    def require(self, files: Iterable[tuple[Path, str]]) -> None:
        """See that each file has the hash it should have.

        Raises:
            DamagedPartitionError: the bytes of one are others.
            MissingPartitionError: one is gone.
        """
        for path, sha256 in files:
            if self.sha256_of(path) != sha256:
                raise DamagedPartitionError(
                    f"{path.name} is not the file its manifest describes; "
                    "materialize the partition again, or restore the file from a copy"
                )

    def sha256_of(self, path: Path) -> str:
        """Hash of a file, remembered while its size, time and inode stay.

        Raises:
            MissingPartitionError: there is no such file.
        """
        try:
            stamp = Stamp.of(os.stat(path))  # noqa: PTH116 - a hundred times a question
            known = self._hashes.get(path)
            if known and known[0] == stamp:
                return known[1]
            with path.open("rb") as file:
                found = Stamp.of(os.fstat(file.fileno())), sha256_of(file)
        except FileNotFoundError as error:
            raise MissingPartitionError(f"{path.name} is gone; materialize it again") from error
        self._hashes[path] = found
        return found[1]

    def replaced(self, name: str, sha256: str) -> Path:
        """Where the bytes of a replaced generation are, if they were kept."""
        return self._places.replaced(name, sha256)

    def _look(self, dataset: Dataset, stamps: tuple[int, int], known: _Look | None) -> _Look:
        there = {entry.name for entry in _entries(self._places.data(dataset, WHOLE).parent)}
        read: dict[str, tuple[Stamp, Manifest]] = {}
        for entry in _entries(self._places.manifest(dataset, WHOLE).parent):
            if entry.name.endswith(".json") and entry.name.startswith(dataset.prefix):
                stamp = Stamp.of(entry.stat())
                old = known.manifests.get(entry.name) if known else None
                manifest = old[1] if old and old[0] == stamp else _manifest(Path(entry.path))
                if manifest and manifest.dataset == "/".join(dataset.key):
                    read[entry.name] = stamp, manifest
        held = (
            self._holding(dataset, manifest)
            for _, manifest in read.values()
            if Path(dataset.path(manifest.partition)).name in there
        )
        return _Look(stamps, read, tuple(sorted(held, key=lambda h: h.partition)))

    def _holding(self, dataset: Dataset, manifest: Manifest) -> Holding:
        """The generation in force, by the file's stamp; by its hash only where two may be."""
        name = dataset.path(manifest.partition)
        path = self.root / name
        both = manifest.generations()
        stamp = Stamp.of(path.stat())
        found = next((g for g in both if g.stamp == stamp), None)
        if found:
            with self._lock:
                self._hashes[path] = stamp, found.sha256
        elif len(both) > 1:
            sha256 = self.sha256_of(path)
            found = next((g for g in both if g.sha256 == sha256), None)
        return Holding(manifest.partition, name, path, found or manifest.current)


def _manifest(path: Path) -> Manifest | None:
    """A manifest; None if it was edited, for then its partition does not verify."""
    try:
        return load_manifest(path)
    except DamagedPartitionError:
        return None


def _touched(folder: Path) -> int:
    try:
        return folder.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except FileNotFoundError:
        return []
