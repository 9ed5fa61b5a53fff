"""The manifest of a partition: the generation in force, and the one it replaces."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from lake_assets.catalog.rows import Quality
from lake_assets.errors import DamagedPartitionError
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.market.vocabulary import Provenance

FORM: Final = 1  # of the manifest itself


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the file system says of a file; equal stamps spare the hash."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> "Stamp":
        """The stamp of a file as it is now."""
        found = os.stat(path)  # noqa: PTH116 - one call, no Path overhead on the reuse path
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One content of a partition: its file's hash, and everything known about it."""

    rows: int
    bytes: int
    sha256: str
    schema_hash: str
    fingerprint: Fingerprint
    quality: Quality
    provenance: Provenance
    created_by: Mapping[str, str]
    stamp: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A partition's manifest; the file on disk decides which generation is in force."""

    dataset: str
    partition: str
    current: Generation
    previous: Generation | None

    def to_json(self) -> bytes:
        """The manifest as it is stored."""
        return json.dumps({"form": FORM, **asdict(self)}, indent=1, sort_keys=True).encode()

    @classmethod
    def read(cls, path: Path) -> "Manifest | None":
        """The manifest at a path; None if there is none.

        Raises:
            DamagedPartitionError: it cannot be understood.
        """
        try:
            text = path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            stored = json.loads(text)
            return cls(
                dataset=stored["dataset"],
                partition=stored["partition"],
                current=_generation(stored["current"]),
                previous=_generation(stored["previous"]) if stored["previous"] else None,
            )
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedPartitionError(
                f"{path}: expected a manifest of form {FORM}, found something else ({error}); "
                "remove it and materialize the partition again"
            ) from error


def _generation(stored: dict[str, Any]) -> Generation:
    return Generation(
        **{
            **stored,
            "fingerprint": Fingerprint(**stored["fingerprint"]),
            "provenance": Provenance(stored["provenance"]),
            "stamp": Stamp(**stored["stamp"]),
        }
    )
