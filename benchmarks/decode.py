"""The book's files decoded and thrown away: our reader, the vendor's, and decompression alone."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import databento
import zstandard

from benchmarks.measurement import answer
from lake_assets.sources.dbn import CHUNK_RECORDS, iter_records
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.raw_file import RawFile

_BLOCK: Final = 1 << 20
_SCHEMA: Final = "mbp-10"


def floor(raw: Path) -> int:
    """Decompress every file into one buffer; bytes."""
    total, buffer = 0, bytearray(_BLOCK)
    for path in _files(raw):
        with path.open("rb") as file:
            reader = zstandard.ZstdDecompressor().stream_reader(
                file, read_size=_BLOCK, read_across_frames=True
            )
            while filled := reader.readinto(buffer):
                total += filled
    return total


def ours(files: Sequence[RawFile]) -> int:
    """Arrays of every record, each checked to be one; records."""
    return sum(len(records) for file in files for records in iter_records(file))


def vendor(raw: Path) -> int:
    """Arrays of every record by `databento`, as many at a time; records."""
    stores = [databento.DBNStore.from_file(path) for path in _files(raw)]
    return sum(len(each) for store in stores for each in store.to_ndarray(count=CHUNK_RECORDS))


def decode(way: str, folder: str) -> dict[str, Any]:
    """Seconds of one way; that files are found and hashed is not decoding."""
    raw = Path(folder) / "raw"
    known = [file for file in scan_raw(raw).files if file.schema == _SCHEMA]
    start = time.perf_counter()
    count = ours(known) if way == "ours" else {"floor": floor, "vendor": vendor}[way](raw)
    return {"seconds": time.perf_counter() - start, "count": count}


def _files(raw: Path) -> list[Path]:
    return sorted(raw.rglob(f"*.{_SCHEMA}.dbn.zst"))


if __name__ == "__main__":
    answer({"decode": decode})
