"""P6: files that expand without measure are refused early, in little memory.

LAKE_PROOF_CAP=1 tries the cap of 64 GB too, which takes minutes of decompression.
"""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
import zstandard

from lake_assets.sources.frames import MAX_CONTENT_BYTES
from lake_assets_tests.promises.tally import full_count
from lake_assets_tests.sources.dbn_files import OPEN, Request, book

BLOCK = 128 << 10  # the most a block of zstd holds
HEAD = Request(schema="mbp-10").head()
ONE_GB = 1 << 30
# What loading a folder says, the memory it takes above what the libraries take, and its seconds.
LOAD = """
import json, resource, sys, time
from pathlib import Path
from lake_assets.errors import CorruptFileError
from lake_assets.sources.dbn import iter_records
from lake_assets.sources.inventory import scan_raw
peak = lambda: resource.getrusage(resource.RUSAGE_SELF).ru_maxrss << 10
before, began, said, records = peak(), time.process_time(), "", 0
try:
    inventory = scan_raw(Path(sys.argv[1]))
    for fault in inventory.faults:
        raise fault
    for rows in iter_records(inventory.files[0]):
        records += len(rows)
except CorruptFileError as error:
    said = str(error)
print(json.dumps([said, peak() - before, time.process_time() - began, records]))
"""


def framed(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(level=19).compress(content)


def run_of_one_byte(size: int, window_log: int = 17) -> bytes:
    """A frame of a byte repeated: four bytes for each 128 KiB."""
    head = b"\x28\xb5\x2f\xfd" + bytes([0, (window_log - 10) << 3])
    blocks = size // BLOCK
    block = ((BLOCK << 3) | 1 << 1).to_bytes(3, "little") + b"\x00"
    last = ((BLOCK << 3) | 1 << 1 | 1).to_bytes(3, "little") + b"\x00"
    return head + block * (blocks - 1) + last


def records(megabytes: int) -> bytes:
    """Sound records, all alike."""
    one = book([OPEN])
    return np.tile(one, (megabytes << 20) // one.nbytes).tobytes()


BOMBS = {
    "64 GiB of zeros in 2 MB": framed(HEAD) + run_of_one_byte(64 * ONE_GB),
    "a window of 2 GiB": framed(HEAD) + run_of_one_byte(4 * ONE_GB, window_log=31),
    "a window beyond any": framed(HEAD) + run_of_one_byte(ONE_GB, window_log=41),
    "sound records, a thousandfold": framed(HEAD) + framed(records(8)) * 64,
    "a header of zeros": run_of_one_byte(64 * ONE_GB),
    "a header said to be 16 MB": framed(HEAD[:4] + (16 << 20).to_bytes(4, "little"))
    + run_of_one_byte(ONE_GB),
}


def load(folder):
    done = subprocess.run(
        [sys.executable, "-c", LOAD, str(folder)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return json.loads(done.stdout)


def test_a_bomb_is_refused_in_little_memory_and_time(tmp_path, promise):
    with promise("P6") as counts:
        for name, content in BOMBS.items():
            (tmp_path / "a.dbn.zst").write_bytes(content)
            said, memory, seconds, _ = load(tmp_path)
            counts["bombs"] += 1
            assert "a.dbn.zst: expected" in said, name
            assert memory < 300 << 20, name
            assert seconds < 20, name


@pytest.mark.skipif(not full_count("LAKE_PROOF_CAP", 0), reason="64 GB TAKE MINUTES: make soak")
def test_no_file_gives_more_than_64_gb(tmp_path, promise):
    one = records(8)
    # A frame that readers pass over makes the file long enough for the ratio to be sound.
    padding = b"\x50\x2a\x4d\x18" + (100 << 20).to_bytes(4, "little")
    with promise("P6") as counts, (tmp_path / "a.dbn.zst").open("wb") as file:
        file.write(framed(HEAD) + padding)
        file.seek(100 << 20, os.SEEK_CUR)
        file.write(framed(one) * (2 + MAX_CONTENT_BYTES // len(one)))
        file.close()
        said, memory, _, read = load(tmp_path)
        counts["bombs"] += 1
        assert f"at most {MAX_CONTENT_BYTES} bytes" in said
        assert read * 368 <= MAX_CONTENT_BYTES
        assert memory < 300 << 20
