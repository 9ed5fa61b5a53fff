"""What a partition was made from; equal fingerprints mean equal rows."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """Code, schema, parameters, upstream content and raw content of one partition.

    ``inputs`` maps upstream partitions to the SHA-256 of their files; ``raw_files`` maps raw
    files, relative to the raw folder, to theirs.
    """

    code_version: str
    schema_hash: str
    parameters: Mapping[str, object]
    inputs: Mapping[str, str]
    raw_files: Mapping[str, str]

    @property
    def digest(self) -> str:
        """Hash of everything."""
        return _hash(asdict(self))

    @property
    def inputs_digest(self) -> str:
        """Hash of the upstream content alone."""
        return _hash(dict(self.inputs))

    def changes(self, old: "Fingerprint") -> list[str]:
        """Why a partition made from ``old`` is not the one this describes; empty if it is."""
        return list(self._changes(old))

    def _changes(self, old: "Fingerprint") -> Iterator[str]:
        if self.code_version != old.code_version:
            yield f"code version {old.code_version}→{self.code_version}"
        if self.schema_hash != old.schema_hash:
            yield "schema changed"
        for name in sorted({*self.parameters, *old.parameters}):
            before, now = old.parameters.get(name), self.parameters.get(name)
            if before != now:
                yield f"parameters changed: {name} {before}→{now}"
        if names := _differing(self.inputs, old.inputs):
            yield f"inputs changed: {', '.join(names)}"
        if _counted(self.raw_files) != _counted(old.raw_files):
            names = _differing(self.raw_files, old.raw_files)
            yield f"raw files changed: {', '.join(names)}"


def _differing(now: Mapping[str, str], before: Mapping[str, str]) -> list[str]:
    return sorted(name for name in {*now, *before} if now.get(name) != before.get(name))


def _counted(files: Mapping[str, str]) -> list[str]:
    # By content: a raw file that was only moved changes nothing.
    return sorted(files.values())


def _hash(value: object) -> str:
    return sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
