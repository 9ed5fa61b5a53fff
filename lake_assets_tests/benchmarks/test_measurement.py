"""A measurement is of the process it started, and says so when that fails."""

import pytest

from benchmarks.measurement import Run, Runs, in_turn, measure


def test_what_a_process_tells_is_its_last_line_of_json():
    run = measure("-c", "print('noise'); print('{\"seconds\": 2.5}'); print('done')")

    assert run.told == {"seconds": 2.5}
    assert run.seconds > 0


def test_memory_is_that_of_the_process_and_not_of_its_parent():
    held = bytearray(300_000_000)

    small = measure("-c", "pass")
    large = measure("-c", "held = b'x' * 200_000_000")

    assert small.peak_mb < 100
    assert large.peak_mb > 190
    assert len(held) == 300_000_000


def test_children_count():
    words = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'sum(range(10**7))'])"

    assert measure("-c", words).cpu_s > measure("-c", "pass").cpu_s


def test_a_failed_process_is_no_measurement():
    with pytest.raises(RuntimeError, match="no such thing"):
        measure("-c", "raise SystemExit('no such thing')")


def test_numbers_are_medians():
    runs = Runs([Run(s, 0, 10 * s, {"seconds": s, "laps": {"a": -s}}) for s in (3.0, 1.0, 2.0)])

    assert (runs.seconds, runs.peak_mb, runs.told("laps", "a")) == (2.0, 20.0, -2.0)
    assert runs.middle.seconds == 2.0


def test_ways_take_turns(tmp_path):
    log = tmp_path / "log"
    write = f"open({str(log)!r}, 'a').write"

    runs = in_turn(2, {name: ("-c", f"{write}('{name} ')") for name in ("ours", "theirs")})

    assert log.read_text().split() == ["ours", "theirs", "ours", "theirs"]
    assert {name: len(each.each) for name, each in runs.items()} == {"ours": 2, "theirs": 2}
