"""The inventory: what is found, described, remembered and refused."""

import hashlib
import json
import os

import pytest

from lake_assets.errors import CorruptFileError
from lake_assets.market.vocabulary import Provenance
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.raw_file import SIMULATED_MARK
from lake_assets_tests.sources.dbn_files import CLOSE, OPEN, SESSION, Request, trades, write

ROWS = trades([OPEN + 1, OPEN + 2])


def test_a_missing_folder_holds_nothing(tmp_path):
    assert scan_raw(tmp_path / "nowhere").files == ()


def test_a_file_is_known_by_its_content_not_its_name(tmp_path):
    path = write(tmp_path / "deep" / "er" / "mbo.csv", ROWS)

    (file,) = scan_raw(tmp_path).files

    assert (file.name, file.schema, file.dataset) == ("deep/er/mbo.csv", "trades", "GLBX.MDP3")
    assert (file.start_ns, file.end_ns, file.symbols) == (OPEN, CLOSE, ("ESH4",))
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_what_is_no_market_data_is_ignored(tmp_path):
    write(tmp_path / "macro" / "a.dbn.zst", ROWS)
    write(tmp_path / ".part.dbn.zst", ROWS)
    (tmp_path / "README.md").write_text("hello")
    (tmp_path / "symbology.json").write_text("{}")

    found = scan_raw(tmp_path)

    assert (found.files, found.faults) == ((), ())


def test_links_are_followed_and_circles_end(tmp_path):
    write(tmp_path / "there" / "a.dbn.zst", ROWS)
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "link").symlink_to(tmp_path / "there")
    (tmp_path / "there" / "back").symlink_to(raw)

    assert [file.name for file in scan_raw(raw).files] == ["link/a.dbn.zst"]


def test_a_mark_in_the_metadata_tells_simulated_from_vendor(tmp_path):
    write(tmp_path / "a.dbn.zst", ROWS, Request(not_found=[SIMULATED_MARK]))
    write(tmp_path / "b.dbn.zst", ROWS)

    kinds = {file.name: file.provenance for file in scan_raw(tmp_path).files}

    assert kinds == {"a.dbn.zst": Provenance.SIMULATED, "b.dbn.zst": Provenance.VENDOR}


@pytest.mark.parametrize(
    "told", [{"size": 1}, {"hash": "sha256:" + "0" * 64}], ids=["size", "hash"]
)
def test_a_file_its_manifest_does_not_describe_is_refused(tmp_path, told):
    write(tmp_path / "a.dbn.zst", ROWS)
    listed = {"filename": "a.dbn.zst"} | told
    (tmp_path / "manifest.json").write_text(json.dumps({"files": [listed]}))

    found = scan_raw(tmp_path)

    assert found.files == ()
    with pytest.raises(CorruptFileError, match=r"a\.dbn\.zst.*manifest\.json.*download it again"):
        raise found.faults[0]


def test_a_cached_scan_equals_a_fresh_one(tmp_path):
    write(tmp_path / "raw" / "a.dbn.zst", ROWS)
    cache = tmp_path / "cache" / "files.json"
    first = scan_raw(tmp_path / "raw", cache)

    assert scan_raw(tmp_path / "raw", cache) == first == scan_raw(tmp_path / "raw")
    assert [p.name for p in cache.parent.iterdir()] == ["files.json"]


def test_the_cache_is_believed_only_for_an_unchanged_file(tmp_path):
    path = write(tmp_path / "a.dbn.zst", ROWS)
    cache = tmp_path / "files.json"
    before = scan_raw(tmp_path, cache).files[0].sha256
    write(path, trades([OPEN + 1, OPEN + 3]))
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))

    assert scan_raw(tmp_path, cache).files[0].sha256 != before


@pytest.mark.parametrize("content", ["", "no json", "[]", '{"format": 1, "files": {"a": 1}}'])
def test_a_spoilt_cache_is_no_cache(tmp_path, content):
    write(tmp_path / "a.dbn.zst", ROWS)
    cache = tmp_path / "files.json"
    cache.write_text(content)

    assert len(scan_raw(tmp_path, cache).files) == 1


def test_files_are_ranked_by_start_then_content(tmp_path):
    write(tmp_path / "a.dbn.zst", ROWS, Request(start=OPEN + 5))
    write(tmp_path / "b.dbn.zst", ROWS)
    write(tmp_path / "c.dbn.zst", trades([OPEN + 9]))

    files = scan_raw(tmp_path).covering("GLBX.MDP3", "trades", SESSION.hours)

    assert [f.rank_key for f in files] == sorted(f.rank_key for f in files)
    assert files[-1].name == "a.dbn.zst"


def test_spans_are_of_the_files_that_could_make_the_dataset(tmp_path):
    write(tmp_path / "a.dbn.zst", ROWS)
    write(tmp_path / "b.dbn.zst", ROWS, Request(symbols={"NQH4": 3}, start=OPEN + 1))

    assert [span.opens for span in scan_raw(tmp_path).spans("es_trades")] == [OPEN]
    assert scan_raw(tmp_path).spans("spy_options") == []
