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


THREADS = """
import ctypes
from threading import Barrier, Thread

import lake_assets

libc = ctypes.CDLL(None)
libc.malloc.restype = ctypes.c_size_t
found, together = [], Barrier(8)

def allocate():
    together.wait()
    found.append(libc.malloc(1_000) >> 26)  # an arena's heap is 64 MB, at a multiple of that
    together.wait()

threads = [Thread(target=allocate) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(set(found)))
"""


@pytest.mark.skipif(
    not hasattr(ctypes.CDLL(None), "mallopt"), reason="NOT GLIBC: its allocator is left alone"
)
@pytest.mark.parametrize("asked", [None, "8"], ids=["as shipped", "asked for more"])
def test_threads_share_two_arenas_unless_more_are_asked_for(asked):
    environ = {name: value for name, value in os.environ.items() if name != "MALLOC_ARENA_MAX"}
    environ |= {"MALLOC_ARENA_MAX": asked} if asked else {}
    done = subprocess.run(
        [sys.executable, "-c", THREADS], capture_output=True, text=True, check=True, env=environ
    )
    assert (int(done.stdout) > 2) is (asked is not None), done.stdout
