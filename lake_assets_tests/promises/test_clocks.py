"""P4: a clock that jumps back or ahead between two runs neither makes nor breaks anything."""

import shutil

import pytest

from lake_assets_tests.orchestration.lakes import DAY

BACK = "@2026-01-15 12:00:00"  # after the session: one to come is no partition yet
FAKETIME = shutil.which("faketime")


@pytest.mark.skipif(FAKETIME is None, reason="FAKETIME ABSENT: jumps of the clock are not tested")
@pytest.mark.parametrize("jump", [BACK, "+2y"], ids=["back", "ahead"])
def test_a_jump_of_the_clock_makes_nothing_again(built_lake, promise, jump):
    before = built_lake.files()
    words = ("lake_assets.cli.main", "backfill", DAY, "--job", "signals", "--json")
    preload = "/usr/$LIB/faketime/libfaketime.so.1"
    done = built_lake.start(*words, LD_PRELOAD=preload, FAKETIME=jump, TZ="Asia/Kathmandu")
    out, err = done.communicate()
    with promise("P4") as counts:
        assert done.returncode == 0, err[-3_000:]
        assert '"reused"' in out
        assert '"built"' not in out
        assert built_lake.files() == before
        assert built_lake.lake.verify() == []
        counts["jumps of the clock"] += 1
