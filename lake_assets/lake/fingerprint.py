"""What a partition was made from, and what changed since."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from lake_assets.lake.sealed import Json, canonical, digest

_NAMED: Final = 5  # files a sentence names before it counts the rest
_ABSENT: Final = "absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Everything that decides a partition's bytes.

    ``inputs`` maps an upstream ``layer/name`` to the SHA-256 of its file; ``raw_files`` a vendor
    file's relative path to its SHA-256.
    """

    code_version: str
    schema_hash: str
    parameters: Mapping[str, Json]
    inputs: Mapping[str, str]
    raw_files: Mapping[str, str]

    def __post_init__(self) -> None:
        for name in ("parameters", "inputs", "raw_files"):
            object.__setattr__(self, name, dict(getattr(self, name)))

    @property
    def digest(self) -> str:
        """One hash for all of it."""
        return digest(asdict(self))

    @property
    def inputs_digest(self) -> str:
        """One hash for the tables it was made from."""
        return digest(self.inputs)

    def changes(self, old: "Fingerprint") -> list[str]:
        """Why a partition made from ``old`` is not what would be made now; empty if it is."""
        return list(self._changes(old))

    def _changes(self, old: "Fingerprint") -> Iterator[str]:
        if self.code_version != old.code_version:
            yield f"code version {old.code_version}→{self.code_version}"
        if self.schema_hash != old.schema_hash:
            yield "schema changed"
        if moved := _differing(old.parameters, self.parameters):
            steps = [
                f"{name} {_shown(old.parameters, name)}→{_shown(self.parameters, name)}"
                for name in moved
            ]
            yield f"parameters changed: {', '.join(steps)}"
        if moved := _differing(old.inputs, self.inputs):
            yield f"inputs changed: {_listed(moved)}"
        if moved := _differing(old.raw_files, self.raw_files):
            yield f"raw files changed: {_listed(moved)}"


def _differing(old: Mapping[str, Json], new: Mapping[str, Json]) -> list[str]:
    """Names whose values differ, sorted; a missing name differs from every value."""
    names = sorted({*old, *new})
    return [n for n in names if _text(old, n) != _text(new, n)]


def _text(values: Mapping[str, Json], name: str) -> str:
    return canonical(values[name]) if name in values else _ABSENT


def _shown(values: Mapping[str, Json], name: str) -> str:
    value = values.get(name, _ABSENT)
    return value if isinstance(value, str) else canonical(value)


def _listed(names: list[str]) -> str:
    rest = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {rest} more" if rest > 0 else "")
