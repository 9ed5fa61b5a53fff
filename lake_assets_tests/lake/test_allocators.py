"""Freed memory goes back to the system when it is asked for."""

import ctypes
import os
import subprocess
import sys

import pytest

SETTING = "_RJEM_MALLOC_CONF"

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


POLARS = """
import time
from pathlib import Path

import lake_assets
import polars as pl

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 >> 20

empty = resident_mb()
held = [pl.Series([place] * 1_000) for place in range(30_000)]
full = resident_mb()
del held
time.sleep(1)
print(empty, full, resident_mb())
"""


@pytest.mark.parametrize("asked", [None, "dirty_decay_ms:-1"], ids=["as shipped", "asked to keep"])
def test_what_polars_frees_is_given_back_unless_it_is_told_to_keep_it(asked):
    environ = {name: value for name, value in os.environ.items() if name != SETTING}
    environ |= {SETTING: asked} if asked else {}
    done = subprocess.run(
        [sys.executable, "-c", POLARS], capture_output=True, text=True, check=True, env=environ
    )
    empty, full, after = map(int, done.stdout.split())
    assert full - empty > 200
    assert (after - empty > 200) is (asked is not None), (empty, full, after)
