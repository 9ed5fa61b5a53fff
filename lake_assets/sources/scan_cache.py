"""What an earlier scan learnt of the raw files, trusted only while a file has not changed."""

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final, Self
from uuid import uuid4

from lake_assets.market.vocabulary import Provenance
from lake_assets.sources.raw_file import FileKind, RawFile

_FORMAT: Final = 1


@dataclass(frozen=True, slots=True)
class Identity:
    """What changes when a file does."""

    size: int
    mtime_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Self:
        """As the file is now."""
        told = path.stat()
        return cls(told.st_size, told.st_mtime_ns, told.st_ino)


Remembered = dict[str, tuple[Identity, RawFile]]


def load(cache_file: Path | None, root: Path) -> Remembered:
    """Descriptions by name; none if there is no cache or it cannot be understood."""
    if cache_file is None:
        return {}
    try:
        held = json.loads(cache_file.read_bytes())
        if held["format"] != _FORMAT:
            return {}
        return {name: _parse(name, entry, root) for name, entry in held["files"].items()}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def store(cache_file: Path, remembered: Remembered) -> None:
    """Write the cache whole or not at all."""
    files = {
        name: {"identity": asdict(identity), "file": _plain(file)}
        for name, (identity, file) in sorted(remembered.items())
    }
    cache_file.parent.mkdir(parents=True, exist_ok=True)
    draft = cache_file.with_name(f".{cache_file.name}.{os.getpid()}.{uuid4().hex[:8]}")
    try:
        with draft.open("w") as stream:
            json.dump({"format": _FORMAT, "files": files}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(cache_file)
    finally:
        draft.unlink(missing_ok=True)


def _plain(file: RawFile) -> dict[str, Any]:
    return {key: value for key, value in asdict(file).items() if key not in ("path", "name")}


def _parse(name: str, entry: Mapping[str, Any], root: Path) -> tuple[Identity, RawFile]:
    file = RawFile(path=root / name, name=name, **entry["file"])
    return Identity(**entry["identity"]), replace(
        file,
        kind=FileKind(file.kind),
        symbols=tuple(file.symbols),
        provenance=Provenance(file.provenance),
    )
