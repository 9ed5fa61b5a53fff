"""Manifests of an object store as they were last seen, kept between processes."""

import json
import os
from contextlib import suppress
from pathlib import Path

from lake_assets.lake.published import Look

_NEVER = float("-inf")


def remembered(folder: Path, key: str) -> Look | None:
    """What was last seen under a key; None if nothing was, or the note of it is not whole."""
    try:
        note = json.loads((folder / key).read_text(encoding="utf-8"))
        look = Look.of(_NEVER, note["tag"], note["text"].encode(), key)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return look if look.published else None


def remember(folder: Path, key: str, look: Look) -> None:
    """Keep what was seen; without it only time is lost."""
    path = folder / key
    note = json.dumps({"tag": look.tag, "text": look.text.decode()})
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.write_text(note, encoding="utf-8")
        draft.replace(path)
