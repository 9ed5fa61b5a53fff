"""Damaged files: every cut, flip, join and impostor is named, none loads short in silence."""

import numpy as np
import pytest
import zstandard

from lake_assets.errors import CorruptFileError, RawInputError, WrongContentError
from lake_assets.sources.dbn import iter_records
from lake_assets.sources.inventory import scan_raw
from lake_assets_tests.sources.dbn_files import OPEN, Request, book, trades, write

HUNDRED = trades(OPEN + np.arange(100) * 1_000, price=np.arange(1, 101) * 250_000_000)


def load(root):
    """Records of the one file of a folder."""
    inventory = scan_raw(root)
    for fault in inventory.faults:
        raise fault
    return np.concatenate([HUNDRED[:0], *iter_records(inventory.files[0])])


def put(root, content, name="a.dbn.zst"):
    (root / name).write_bytes(content)


def outcome(root):
    """Whether the content loaded whole, or an error named the file."""
    try:
        return "whole" if np.array_equal(load(root), HUNDRED) else "other"
    except RawInputError as error:
        return "named" if str(error.path) in str(error) else "not named"


def frame(content):
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)


def test_content_in_several_frames_is_one_file(tmp_path):
    content = Request().head() + HUNDRED.tobytes()
    put(tmp_path, b"".join(frame(content[i : i + 500]) for i in range(0, len(content), 500)))

    assert np.array_equal(load(tmp_path), HUNDRED)


WHOLE = Request().head() + HUNDRED.tobytes()
IMPOSTORS = {
    "joined": (WHOLE + WHOLE, CorruptFileError, "two files joined; .*keep joined files apart"),
    "joined frames": (frame(WHOLE) + frame(WHOLE), CorruptFileError, "second DBN header"),
    "trailing garbage": (frame(WHOLE) + b"garbage", CorruptFileError, "nothing after"),
    "empty": (b"", CorruptFileError, "no bytes"),
    "one byte": (b"(", CorruptFileError, "unknown kind"),
    "zero bytes": (b"\x00" * 5_000, CorruptFileError, "zero bytes only"),
    "web page": (b"<!DOCTYPE html><html>", CorruptFileError, "web page"),
    "error message": (b'{"detail": "no"}', CorruptFileError, "web page or message"),
    "fragment": (HUNDRED.tobytes(), CorruptFileError, "without their metadata"),
    "compressed fragment": (frame(HUNDRED.tobytes()), CorruptFileError, "without their metadata"),
    "legacy": (b"P*M\x18\x90\x00\x00\x00DBZ\x01" + b"x" * 90, CorruptFileError, "DBZ.*convert"),
    "later version": (b"DBN\x09" + WHOLE[4:], WrongContentError, "version 9.*as version 3"),
    "huge header": (WHOLE[:4] + b"\xff\xff\xff\x7f" + WHOLE[8:], CorruptFileError, "a header of"),
    "noise": (b"\xffnoise" * 9, CorruptFileError, "unknown kind"),
    "other records": (
        Request(schema="mbp-10").head() + HUNDRED.tobytes() * 23,
        CorruptFileError,
        "mbp-10 records only",
    ),
    "bomb": (frame(WHOLE + bytes(80 << 20)), CorruptFileError, "records only|at most"),
}


@pytest.mark.parametrize("case", IMPOSTORS)
def test_an_impostor_is_named_with_a_remedy(tmp_path, case):
    content, error, words = IMPOSTORS[case]
    put(tmp_path, content)

    with pytest.raises(error, match=words) as caught:
        load(tmp_path)

    assert "a.dbn.zst" in str(caught.value)
    assert caught.value.remedy


def test_metadata_the_decoder_panics_on_is_an_error_like_any_other(tmp_path):
    head = bytearray(WHOLE)
    for at in range(8, len(Request().head()), 3):
        broken = head.copy()
        broken[at : at + 2] = b"\xff\xff"
        put(tmp_path, broken, "a.dbn")
        assert outcome(tmp_path) in ("named", "whole"), at


def test_an_archive_bomb_stops_early(tmp_path):
    zeros = np.tile(book([OPEN]), 600_000)
    write(tmp_path / "a.dbn.zst", zeros, Request(schema="mbp-10"))
    inventory = scan_raw(tmp_path)

    with pytest.raises(CorruptFileError, match="expands like an archive bomb"):
        for _ in iter_records(inventory.files[0]):
            pass


def test_a_file_that_changed_since_the_scan_is_refused(tmp_path):
    path = write(tmp_path / "a.dbn.zst", HUNDRED)
    (file,) = scan_raw(tmp_path).files
    write(path, HUNDRED[:50])

    with pytest.raises(CorruptFileError, match=r"as when the raw folder was scanned.*run again"):
        next(iter_records(file))
