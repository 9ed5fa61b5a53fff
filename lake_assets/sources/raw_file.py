"""A raw file the lake can use, described without its rows."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from lake_assets.market.sessions import Interval, Nanos
from lake_assets.market.vocabulary import Provenance

SIMULATED_MARK: Final = "SIMULATED"  # in the `not_found` list of a simulated file's metadata
_END_OF_TIME: Final = 2**63 - 1


class FileKind(StrEnum):
    """What a file is, by its content."""

    DBN = "dbn"
    OPTION_CSV = "option_csv"
    PACKED_BOOKS = "packed_books"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFile:
    """One usable raw file.

    ``name`` is its path relative to the raw folder. A DBN file's range is its metadata's, a CSV
    file's the day in its rows, a packed shard's the local day its folder names; ``end_ns`` is None
    where the metadata has no end.
    """

    path: Path
    name: str
    bytes: int
    sha256: str
    kind: FileKind
    version: int
    dataset: str
    schema: str
    start_ns: int
    end_ns: int | None
    stype_in: str | None
    symbols: tuple[str, ...]
    limit: int | None
    provenance: Provenance

    @property
    def span(self) -> Interval:
        """What the file says it covers; without an end, all that follows its start."""
        end = _END_OF_TIME if self.end_ns is None else self.end_ns
        return Interval(Nanos(self.start_ns), Nanos(end))

    @property
    def rank_key(self) -> tuple[int, str]:
        """Order of files: by start, then content, never by name."""
        return self.start_ns, self.sha256
