"""Freed memory goes back to the system when it is asked for."""

import ctypes
import subprocess
import sys

import pytest

FREED = """
from pathlib import Path

from lake_assets.lake.allocators import give_back

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

held = [bytearray(1_000) for _ in range(300_000)]
full = resident_mb()
del held[:-1]  # the last one stays on top of what is free
freed = resident_mb()
give_back()
print(full, freed, resident_mb())
"""


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="NOT GLIBC: its allocator alone is asked"
)
def test_what_is_free_below_something_held_is_given_back():
    done = subprocess.run([sys.executable, "-c", FREED], capture_output=True, text=True, check=True)
    full, freed, after = map(int, done.stdout.split())
    assert full - freed < 100, "the allocator kept it"
    assert full - after > 200
