"""What an object store says of a partition: its manifest, and which objects are its generations."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from secrets import token_hex
from typing import Final

from lake_assets.catalog.dataset import Dataset
from lake_assets.errors import DamagedPartitionError
from lake_assets.lake.manifest import Manifest
from lake_assets.lake.sealed import seal, unseal
from lake_assets.lake.store import Listed

FORMAT: Final = 1
_DIGITS: Final = 16  # of a generation's hash, in its object's name


@dataclass(frozen=True, slots=True)
class Published:
    """A partition as its one manifest object names it.

    ``objects`` are those of the manifest's generations, by hash. The manifest is replaced in one
    put, the objects it names were whole before, so that every reader sees a generation or the next.
    """

    manifest: Manifest
    objects: Mapping[str, Listed]

    @property
    def current(self) -> Listed:
        """The object of the generation in force."""
        return self.objects[self.manifest.current.sha256]

    def to_text(self) -> bytes:
        """As it stands in the store."""
        manifest = json.loads(self.manifest.to_text())
        objects = {sha256: asdict(each) for sha256, each in self.objects.items()}
        return seal({"format": FORMAT, "manifest": manifest, "objects": objects}).encode()

    @classmethod
    def from_text(cls, text: bytes, key: str) -> "Published":
        """Read what `to_text` wrote.

        Raises:
            DamagedPartitionError: the text was edited, or a newer release wrote it.
        """
        try:
            body = unseal(text.decode(), key)
        except UnicodeDecodeError as error:
            raise DamagedPartitionError(f"{key}: expected UTF-8, {error}") from error
        if body["format"] != FORMAT:
            raise DamagedPartitionError(
                f"{key}: expected format {FORMAT}; read this lake with the release of lake-assets "
                "that wrote it, or a newer one"
            )
        objects = {sha256: Listed(**each) for sha256, each in body["objects"].items()}
        inner = {name: value for name, value in body["manifest"].items() if name != "seal"}
        return cls(Manifest.from_text(seal(inner), key), objects)


@dataclass(frozen=True, slots=True)
class Look:
    """A partition's manifest object as it was at a moment; ``tag`` is None where there is none.

    ``published`` is also None where the object is not one the lake wrote: ``fault`` says why.
    """

    at: float
    tag: str | None = None
    text: bytes = field(default=b"", repr=False)
    published: Published | None = None
    fault: str = ""

    @classmethod
    def of(cls, at: float, tag: str, text: bytes, key: str) -> "Look":
        """What a text says."""
        try:
            return cls(at, tag, text, Published.from_text(text, key))
        except DamagedPartitionError as error:
            return cls(at, tag, text, None, str(error))

    def required(self) -> Published | None:
        """What is published; None if nothing is.

        Raises:
            DamagedPartitionError: the manifest was edited.
        """
        if self.fault:
            raise DamagedPartitionError(self.fault)
        return self.published


def manifest_key(dataset: Dataset, partition: str) -> str:
    """The object that says what a partition is."""
    return f"_manifests/{dataset.stem(partition)}.json"


def object_key(name: str, sha256: str) -> str:
    """A new object for a generation of the file ``name``; nobody else ever writes this one."""
    return f"{object_prefix(name, sha256)}{token_hex(4)}.parquet"


def object_prefix(name: str, sha256: str) -> str:
    """What the objects of one content are called."""
    return f"{name.removesuffix('.parquet')}.{sha256[:_DIGITS]}."
