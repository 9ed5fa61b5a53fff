"""Whether the lake is what its manifests say: every file hashed, every stranger named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from lake_assets.catalog.dataset import Dataset, Layer
from lake_assets.errors import DamagedPartitionError
from lake_assets.lake.durability import hash_file
from lake_assets.lake.manifest import Manifest


class Fault(StrEnum):
    """What can be wrong."""

    EDITED = "edited"
    DELETED = "deleted"
    ADDED = "added"
    UNREADABLE = "unreadable"
    LEFTOVER = "leftover"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, where, and in a sentence what to do."""

    kind: Fault
    path: str
    sentence: str


def find_faults(root: Path, datasets: Sequence[Dataset]) -> list[Finding]:
    """Hash every file of the lake and compare it with its manifest."""
    by_name = {dataset.name: dataset for dataset in datasets}
    described: set[Path] = set()
    findings: list[Finding] = []
    for path in sorted((root / "_manifests").rglob("*.json")):
        if path.parent != root / "_manifests":
            findings += _look(root, path, by_name, described)
    findings += _strangers(root, described)
    return findings


def _look(
    root: Path, path: Path, by_name: dict[str, Dataset], described: set[Path]
) -> Iterator[Finding]:
    at = path.relative_to(root).as_posix()
    try:
        manifest = Manifest.read(path)
    except DamagedPartitionError as error:
        yield Finding(Fault.UNREADABLE, at, str(error))
        return
    dataset = by_name.get(manifest.dataset) if manifest else None
    if manifest is None or dataset is None:
        yield Finding(Fault.ADDED, at, "no dataset of this name is declared; remove it")
        return
    file = root / dataset.path(manifest.partition)
    described.add(file)
    name, again = file.relative_to(root).as_posix(), "materialize the partition again"
    if not file.exists():
        yield Finding(Fault.DELETED, name, f"it was published and is gone; {again}")
        return
    known = {g.sha256 for g in (manifest.current, manifest.previous) if g is not None}
    if hash_file(file) not in known:
        yield Finding(Fault.EDITED, name, f"its content is not what was published; {again}")


def _strangers(root: Path, described: set[Path]) -> Iterator[Finding]:
    for layer in Layer:
        for path in sorted((root / layer).rglob("*")):
            if path.is_file() and path not in described:
                name = path.relative_to(root).as_posix()
                yield Finding(Fault.ADDED, name, "nobody published it; remove it")
    for path in sorted((root / "_staging").glob("*")):
        name = path.relative_to(root).as_posix()
        why = "a writer died or is at work; the next writer of the partition removes it"
        yield Finding(Fault.LEFTOVER, name, why)
