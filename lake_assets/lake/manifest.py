"""What the lake knows of a partition: the generation in force and the one it replaced."""

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from lake_assets.catalog.rows import Quality
from lake_assets.catalog.statistics import Measured
from lake_assets.errors import DamagedPartitionError
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.sealed import seal, unseal
from lake_assets.market.vocabulary import Provenance

FORMAT: Final = 1  # of the manifest's own fields
_MAKERS: Final = ("lake-assets", "polars", "duckdb", "pyarrow")
_version = cache(version)  # reading what pip wrote takes longer than a small table


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the file system says of a file; while it stays, the bytes are taken as they were."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Stamp":
        """The stamp of a file's status."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ino)


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One whole version of a partition's file.

    ``certificate`` is what a point-in-time audit showed of it before it was put in force;
    ``statistics`` what its dataset declares worth knowing of the rows without reading them, None
    where it declares nothing.
    """

    rows: int
    bytes: int
    sha256: str
    schema_hash: str
    fingerprint: Fingerprint
    quality: Quality
    provenance: Provenance
    vendor_condition: str | None
    created_by: Mapping[str, str]
    stamp: Stamp
    certificate: Mapping[str, Any] | None = None
    statistics: Measured | None = None

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> "Generation":
        """As `Manifest.to_text` wrote it."""
        known = {
            "fingerprint": Fingerprint(**body["fingerprint"]),
            "provenance": Provenance(body["provenance"]),
            "stamp": Stamp(**body["stamp"]),
        }
        return cls(**{**body, **known})

    def stamped(self, stamp: Stamp) -> "Generation":
        """The same generation, found under another stamp."""
        return replace(self, stamp=stamp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """The two generations a partition's file may hold; the file decides which is in force."""

    dataset: str
    partition: str
    current: Generation
    previous: Generation | None

    def generations(self) -> list[Generation]:
        """Both, the newer first."""
        return [self.current, *([self.previous] if self.previous else [])]

    def to_text(self) -> str:
        """As it stands on disk."""
        return seal({"format": FORMAT, **asdict(self)})

    @classmethod
    def from_text(cls, text: str, path: str) -> "Manifest":
        """Read what `to_text` wrote.

        Raises:
            DamagedPartitionError: the text was edited, or a newer release wrote it.
        """
        body = unseal(text, path)
        if body.pop("format", None) != FORMAT:
            raise DamagedPartitionError(
                f"{path}: expected manifest format {FORMAT}; read this lake with the release of "
                "lake-assets that wrote it, or a newer one"
            )
        old = body["previous"]
        return cls(
            dataset=body["dataset"],
            partition=body["partition"],
            current=Generation.from_json(body["current"]),
            previous=Generation.from_json(old) if old else None,
        )


def creators() -> dict[str, str]:
    """Versions of what decides a file's bytes."""
    return {name.replace("-", "_"): _version(name) for name in _MAKERS}
