"""Files that only grow: what is appended is there whole, and their ends can be read."""

import os
import resource

import pytest

from lake_assets.lake.append_only import last_lines, write_whole


@pytest.fixture
def opened(tmp_path):
    descriptor = os.open(tmp_path / "lines", os.O_RDWR | os.O_CREAT | os.O_APPEND)
    yield descriptor
    os.close(descriptor)


@pytest.mark.parametrize("count", [0, 1, 2, 5_000])
@pytest.mark.parametrize("torn", [b"", b"half"])
def test_the_last_lines_are_those_that_were_written_last(opened, count, torn):
    lines = [b"%d" % number * 20 for number in range(count)]
    size = write_whole(opened, b"".join(line + b"\n" for line in lines) + torn, 0)
    complete, rest = last_lines(opened, size)
    assert rest == torn
    assert complete == lines[-len(complete) :] if complete else not lines
    assert len(complete) >= min(count, 2)


def test_a_line_longer_than_a_look_is_found_whole(opened):
    long = b"x" * 300_000
    size = write_whole(opened, b"a\n" + long + b"\n", 0)
    assert last_lines(opened, size) == ([b"a", long], b"")


def test_on_a_full_disk_nothing_is_left_of_a_block(opened):
    size = write_whole(opened, b"first\n", 0)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 3, limits[1]))
    try:
        with pytest.raises(OSError, match="No space left"):
            write_whole(opened, b"second\n", size)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert os.pread(opened, 100, 0) == b"first\n"
