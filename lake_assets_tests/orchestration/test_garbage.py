"""What is loaded is not looked through again, and the process ends without a word."""

import subprocess
import sys

_FEW = 100_000


def test_a_process_that_loads_the_lake_keeps_it_and_ends_in_silence():
    code = "import gc, lake_assets.definitions; print(gc.get_freeze_count())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) > _FEW
    assert not done.stderr
