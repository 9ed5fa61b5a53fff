"""The support files of a batch download: its manifest, the days' condition, its making."""

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Final

from lake_assets.errors import CorruptFileError

AVAILABLE: Final = "available"
_HASH_PREFIX: Final = "sha256:"


def check_against_manifest(path: Path, size: int, sha256: str) -> None:
    """Compare a file with what the manifest beside it says of it, if anything.

    Raises:
        CorruptFileError: its size or hash is another.
    """
    for listed in _objects(_load(path.parent / "manifest.json"), "files"):
        if listed.get("filename") != path.name:
            continue
        wanted = (listed.get("size", size), listed.get("hash", _HASH_PREFIX + sha256))
        if wanted != (size, _HASH_PREFIX + sha256):
            raise CorruptFileError(
                path,
                expected=f"{wanted[0]} bytes with hash {wanted[1]}, as manifest.json says",
                found=f"{size} bytes with hash {_HASH_PREFIX}{sha256}",
                remedy="download it again",
            )


def says_simulated(folder: Path) -> bool:
    """Whether the metadata.json of a folder marks its files as simulated."""
    told = _load(folder / "metadata.json")
    return isinstance(told, dict) and told.get("simulated") is True


def condition_of(folders: Iterable[Path], days: Iterable[date]) -> str | None:
    """The vendor's word on the days: the first that is not "available", else that; else None."""
    wanted = {day.isoformat() for day in days}
    told = [
        str(entry.get("condition"))
        for folder in sorted(set(folders))
        for entry in _objects({"days": _load(folder / "condition.json")}, "days")
        if entry.get("date") in wanted
    ]
    return next((word for word in told if word != AVAILABLE), AVAILABLE if told else None)


def _load(path: Path) -> object:
    """A JSON file's content, or None if it is absent or no JSON: then it says nothing."""
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None


def _objects(holder: object, key: str) -> list[dict[str, object]]:
    found = holder.get(key) if isinstance(holder, dict) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []
