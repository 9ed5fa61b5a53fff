"""What a simulation finds of itself on disk: the same files, or something else's."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from lake_assets.errors import ConflictingInputError
from lake_assets.simulation.dbn_file import WrittenFile


@dataclass(frozen=True, slots=True)
class Existing:
    """Files that parameters may have made already."""

    params: object

    def verified(self, path: Path, sha256: str, records: int) -> WrittenFile:
        """A file that a manifest names, if it is there and as it was written.

        Raises:
            ConflictingInputError: it is not.
        """
        if not path.exists():
            raise self.conflict(path, "a manifest that names it and no file")
        digest = sha256_of(path)
        if digest != sha256:
            raise self.conflict(path, "bytes that its manifest does not describe")
        return WrittenFile(path, records, path.stat().st_size, digest)

    def conflict(self, path: Path, found: str) -> ConflictingInputError:
        """The error for something else in the place of the simulation."""
        return ConflictingInputError(
            path,
            expected=f"nothing, or the simulation with params {self.params}",
            found=found,
            remedy="simulate into another folder, or, what is simulated, with overwrite",
        )


def sha256_of(path: Path) -> str:
    """Hash of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
