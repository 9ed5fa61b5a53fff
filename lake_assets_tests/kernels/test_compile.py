"""Compiling: late, once for all processes, each signature its own."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np

from lake_assets.kernels.compile import kernel

MODULE = """
import numpy as np
from lake_assets.kernels.compile import kernel

@kernel
def twice(values):
    return values * 2

@kernel
def sum_of_twice(values):
    total = values[0] - values[0]
    for value in twice(values):
        total += value
    return total
"""
CALL = """
import json, sys
import numpy as np
import arithmetic
sys.stdin.readline()  # all start together
kind = np.dtype(sys.argv[1])
total = arithmetic.sum_of_twice(np.arange(5, dtype=kind))
made = [arithmetic.sum_of_twice.compiled, arithmetic.twice.compiled]
misses = [sum(each.stats.cache_misses.values()) for each in made]
print(json.dumps([float(total), *misses]))
"""
KINDS = ("int64", "float64", "int32", "float32")


def called(folder, kind):
    """A process that has the kernels ready and calls them when it is told."""
    environ = {**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{Path.cwd()}"}
    environ["NUMBA_CACHE_DIR"] = str(folder / "cache")
    words = [sys.executable, "-c", CALL, kind]
    pipe = subprocess.PIPE
    return subprocess.Popen(words, env=environ, stdin=pipe, stdout=pipe, stderr=pipe, text=True)


def answers(processes):
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    told = [process.communicate(timeout=300) for process in processes]
    assert all(process.returncode == 0 for process in processes), told
    return [out.strip().strip("[]").split(", ") for out, _ in told]


def test_processes_that_start_at_once_compile_each_signature_once(tmp_path):
    (tmp_path / "arithmetic.py").write_text(MODULE)
    first = answers([called(tmp_path, kind) for kind in KINDS * 2])
    assert [float(total) for total, *_ in first] == [20.0] * 8
    for misses in zip(*first, strict=True):
        if misses[0] != "20.0":
            assert sum(map(int, misses)) == len(KINDS)
    # Numba alone would let two signatures made at once share a file, and load one for the other.
    again = answers([called(tmp_path, kind) for kind in KINDS])
    assert again == [["20.0", "0", "0"]] * 4


def test_a_kernel_calls_a_kernel_and_keeps_its_name():
    @kernel
    def one_more(value):
        """Add one."""
        return value + 1

    @kernel
    def two_more(value):
        return one_more(one_more(value))

    assert two_more(np.int64(1)) == 3
    assert (one_more.__name__, one_more.__doc__) == ("one_more", "Add one.")


def test_loading_ahead_is_another_thread_s_work_and_done_once():
    told = """
import sys, threading
from lake_assets.kernels.compile import load_ahead
assert "numba" not in sys.modules
load_ahead()
(loader,) = [thread for thread in threading.enumerate() if thread.name == "numba"]
loader.join()
assert "numba" in sys.modules
load_ahead()
assert threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-c", told], check=True, timeout=300)
