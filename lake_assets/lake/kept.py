"""What an aggregate keeps of each session it has read, so that it need not read it again.

Nothing here is data: every file can be deleted at any time, and is then made anew. None is trusted
that is not, byte for byte, as it was written.
"""

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final
from uuid import uuid4

import polars as pl

from lake_assets.lake.sealed import Json, digest

Frames = Mapping[str, pl.DataFrame]

FOLDER: Final = "_kept"
_KEY: Final = 32  # hexadecimal digits of a name: half of a SHA-256
_LENGTH: Final = 8  # bytes that tell how long a part is
_DIGEST: Final = sha256().digest_size


@dataclass(frozen=True, slots=True)
class Kept:
    """Frames by what they were made from, in a folder of the lake that holds no data."""

    folder: Path

    @classmethod
    def of(cls, root: Path) -> "Kept":
        """What the lake in a folder keeps."""
        return cls(root / FOLDER)

    def recall(
        self, name: str, made_from: Mapping[str, Json], make: Callable[[], Frames]
    ) -> Frames:
        """The frames kept under a name, if they were made from this; else made now, and kept.

        Any number of processes may do so at once: each finds a whole file or none.
        """
        path = self.folder / f"{name}.{digest(made_from)[:_KEY]}"
        found = _read(path)
        if found is None:
            found = make()
            with suppress(OSError):  # a folder that cannot be written to costs time, no result
                _write(path, found)
                self._forget_others(name, path)
        return found

    def _forget_others(self, name: str, stays: Path) -> None:
        """Remove what was made from something else, and what a writer that died left."""
        for path in self.folder.glob(f"{name}.*"):
            if path != stays:
                path.unlink(missing_ok=True)


def _write(path: Path, frames: Frames) -> None:
    parts = []
    for name, frame in frames.items():
        told = BytesIO()
        frame.write_ipc(told, compression="zstd")
        parts += [name.encode(), told.getvalue()]
    body = b"".join(len(part).to_bytes(_LENGTH, "big") + part for part in parts)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{uuid4().hex}")
    draft.write_bytes(sha256(body).digest() + body)
    os.replace(draft, path)  # noqa: PTH105 - as in lake/durability.py; a torn file is not believed


def _read(path: Path) -> Frames | None:
    """What was written; None if there is nothing, or anything else."""
    try:
        told = path.read_bytes()
    except OSError:
        return None
    body = memoryview(told)[_DIGEST:]
    if sha256(body).digest() != told[:_DIGEST]:
        return None
    parts, at = list[memoryview](), 0
    while at < len(body):
        start = at + _LENGTH
        at = start + int.from_bytes(body[at:start], "big")
        parts.append(body[start:at])
    names, frames = parts[::2], parts[1::2]
    return {
        bytes(name).decode(): pl.read_ipc(BytesIO(frame))
        for name, frame in zip(names, frames, strict=True)
    }
