"""DBN `mbp-10` to durable Bronze: this lake beside the vendor's own converter."""

import shutil
import time
from pathlib import Path
from typing import Any

from benchmarks import ingest
from benchmarks.measurement import answer


def convert(way: str, folder: str, out: str) -> dict[str, Any]:
    """Seconds of one way, imports left out, and the bytes it wrote, which are then removed."""
    convert_with = {"ours": ingest.ours, "vendor": ingest.vendor}[way]
    start = time.perf_counter()
    convert_with(Path(folder) / "raw", Path(out))
    seconds = time.perf_counter() - start
    written = sum(path.stat().st_size for path in Path(out).rglob("*") if path.is_file())
    shutil.rmtree(out)
    return {"seconds": seconds, "bytes": written}


if __name__ == "__main__":
    answer({"convert": convert})
