"""Lines are appended whole, by however many processes, and a torn end shows."""

import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from lake_assets.lake.lines import last_lines, open_to_append, turn, write_whole


def append(folder, block):
    """One append as every log of the lake does it."""
    with turn(folder / "a.lock", wait_s=20):
        descriptor = open_to_append(folder / "a.log")
        try:
            return write_whole(descriptor, block, os.fstat(descriptor).st_size)
        finally:
            os.close(descriptor)


def test_lines_of_many_threads_never_mix(tmp_path):
    blocks = [f"{n}".encode() * 50 + b"\n" for n in range(10, 90)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda block: append(tmp_path, block), blocks))
    assert sorted((tmp_path / "a.log").read_bytes().splitlines(keepends=True)) == sorted(blocks)


def test_nobody_waits_for_ever(tmp_path):
    lock = tmp_path / "a.lock"
    with turn(lock, wait_s=0), pytest.raises(BlockingIOError), turn(lock, wait_s=0.01):
        pass


@pytest.mark.parametrize("torn", [b"", b"half"])
@pytest.mark.parametrize("length", [1, 100_000])
def test_the_end_of_a_file_is_its_last_whole_lines_and_what_is_torn(tmp_path, torn, length):
    lines = [bytes([97 + n]) * length for n in range(4)]
    (tmp_path / "a.log").write_bytes(b"\n".join(lines) + b"\n" + torn)
    descriptor = open_to_append(tmp_path / "a.log")
    found, rest = last_lines(descriptor, os.fstat(descriptor).st_size)
    os.close(descriptor)
    assert rest == torn
    assert len(found) >= 2
    assert found == lines[-len(found) :]


def test_on_a_full_disk_nothing_is_left_of_a_line():
    descriptor = os.open("/dev/full", os.O_RDWR)
    try:
        with pytest.raises(OSError, match="No space left"):
            write_whole(descriptor, b"line\n", 0)
    finally:
        os.close(descriptor)
