"""Whether every file of the lake is the one its manifest describes."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from os import fstat
from pathlib import Path

from lake_assets.catalog import DATASETS, dataset_named
from lake_assets.catalog.dataset import WHOLE, Dataset, Layer
from lake_assets.errors import DamagedPartitionError, UnknownNameError
from lake_assets.lake import lock
from lake_assets.lake.durability import sha256_of
from lake_assets.lake.identity import provenance_of
from lake_assets.lake.manifest import Manifest, Stamp
from lake_assets.lake.nested import is_nested_whole
from lake_assets.lake.places import Places
from lake_assets.lake.reading import load_manifest
from lake_assets.lake.replaced import replaced_files


class FindingKind(StrEnum):
    """What can be wrong with a lake."""

    EDITED = "edited"
    MISSING = "missing"
    ADDED = "added"
    WRONG_MANIFEST = "wrong_manifest"
    LEFTOVER = "leftover"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is not as the lake left it; ``path`` is relative to the lake."""

    path: str
    kind: FindingKind
    sentence: str


def verify(places: Places, dataset: Dataset | None, partition: str | None) -> list[Finding]:
    """Hash the files of the lake, a dataset or a partition; an empty list is a sound lake."""
    return sorted(_Verification(places, dataset, partition).findings())


@dataclass(frozen=True, slots=True)
class _Verification:
    places: Places
    dataset: Dataset | None
    partition: str | None

    def findings(self) -> Iterator[Finding]:
        for manifest in self._files(self.places.manifests, ".json"):
            yield from self._described(manifest)
        for data in self._files(self.places.root, ".parquet"):
            yield from self._undescribed(data)
        if self.dataset is None:
            yield from self._identity()
            yield from self._strays()
            yield from self._leftovers()
            yield from self._replaced()

    def _files(self, root: Path, suffix: str) -> list[Path]:
        """Files of the tree under ``root`` that are in scope, sorted."""
        if self.dataset and self.partition:
            one = root / f"{self.dataset.stem(self.partition)}{suffix}"
            return [one] if one.exists() else []
        found = (p for layer in Layer for p in _under(root / layer) if p.suffix == suffix)
        return [p for p in found if self._is_in_scope(p.relative_to(root))]

    def _is_in_scope(self, path: Path) -> bool:
        if self.dataset is None:
            return True
        folder = Path(self.dataset.stem("")).parent
        return path.parent == folder and path.name.startswith(self.dataset.prefix)

    def _described(self, path: Path) -> Iterator[Finding]:
        """What is wrong with a manifest or the file it describes."""
        stem = path.relative_to(self.places.manifests).with_suffix("")
        try:
            manifest = _placed(path, str(stem))
        except (DamagedPartitionError, UnknownNameError) as error:
            yield self._finding(path, FindingKind.WRONG_MANIFEST, str(error))
            return
        data = self.places.root / f"{stem}.parquet"
        if not data.exists():
            if not self._is_unborn(manifest, stem):
                why = "its manifest is here, the file is not; materialize the partition again"
                yield self._finding(data, FindingKind.MISSING, why)
        elif not _is_one_of(data, path):
            why = "its bytes are of no generation its manifest names; materialize it again"
            yield self._finding(data, FindingKind.EDITED, why)
        else:
            yield from self._nested(manifest)

    def _nested(self, manifest: Manifest) -> Iterator[Finding]:
        """Whether the JSON beside a sound file says what the file says."""
        dataset = dataset_named(manifest.dataset)
        path = self.places.nested(dataset, manifest.partition)
        data = self.places.data(dataset, manifest.partition)
        if dataset.nested_by and not is_nested_whole(dataset, path, data, manifest):
            why = "it does not say what its Parquet file says; delete it and materialize again"
            yield self._finding(path, FindingKind.EDITED, why)

    def _is_unborn(self, manifest: Manifest, stem: Path) -> bool:
        """Whether the first writer died, or is, between the manifest and the file."""
        draft = self.places.staging / f"{stem}.rows"
        if manifest.previous is not None or not draft.exists():
            return False
        return Stamp.of(draft.stat()) == manifest.current.stamp

    def _undescribed(self, data: Path) -> Iterator[Finding]:
        stem = data.relative_to(self.places.root).with_suffix("")
        if not (self.places.manifests / f"{stem}.json").exists():
            why = "no manifest describes it: the lake did not write it; move it away"
            yield self._finding(data, FindingKind.ADDED, why)

    def _strays(self) -> Iterator[Finding]:
        """Files of kinds the lake never writes."""
        nested = {self.places.nested(d, WHOLE) for d in DATASETS if d.nested_by}
        for root, suffix in ((self.places.root, ".parquet"), (self.places.manifests, ".json")):
            for layer in Layer:
                for path in _under(root / layer):
                    if path.suffix != suffix and path not in nested:
                        why = "the lake writes no such file; move it away"
                        yield self._finding(path, FindingKind.ADDED, why)

    def _identity(self) -> Iterator[Finding]:
        try:
            known = provenance_of(self.places)
        except (DamagedPartitionError, KeyError, ValueError) as error:
            yield self._finding(self.places.identity, FindingKind.WRONG_MANIFEST, str(error))
            return
        if known is None and self._files(self.places.manifests, ".json"):
            why = "the lake no longer says whether its data are simulated"
            yield self._finding(self.places.identity, FindingKind.MISSING, why)

    def _leftovers(self) -> Iterator[Finding]:
        for draft in _under(self.places.staging):
            stem = draft.relative_to(self.places.staging).with_suffix("")
            if not lock.is_held(self.places.locks / f"{stem}.lock") and draft.exists():
                why = "a writer died here; nobody reads it, and the next writer removes it"
                yield self._finding(draft, FindingKind.LEFTOVER, why)

    def _replaced(self) -> Iterator[Finding]:
        """Files kept for citations that are not what they were kept for."""
        for path, kept in replaced_files(self.places.root):
            if kept is None:
                why = "the lake keeps no such file among the replaced; move it away"
                yield self._finding(path, FindingKind.ADDED, why)
            elif not kept.is_whole():
                why = "its bytes are not those of the replaced file; citations of it do not re-run"
                yield self._finding(path, FindingKind.EDITED, why)

    def _finding(self, path: Path, kind: FindingKind, sentence: str) -> Finding:
        return Finding(path.relative_to(self.places.root).as_posix(), kind, sentence)


def _placed(path: Path, stem: str) -> Manifest:
    """The manifest at a path, if it describes the partition of that place."""
    manifest = load_manifest(path)
    if manifest and dataset_named(manifest.dataset).stem(manifest.partition) == stem:
        return manifest
    raise DamagedPartitionError(
        f"{path} describes another place's partition; move it back, or delete it"
    )


def _under(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_symlink() or not p.is_dir())


def _is_one_of(data: Path, manifest: Path) -> bool:
    """Whether a file's bytes are a generation its manifest names; a writer may be at work."""
    while True:
        known = load_manifest(manifest)
        with data.open("rb") as file:
            size, found = fstat(file.fileno()).st_size, sha256_of(file)
        if known and (size, found) in {(g.bytes, g.sha256) for g in known.generations()}:
            return True
        if load_manifest(manifest) == known:
            return False
