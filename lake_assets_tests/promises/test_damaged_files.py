"""P6: files of every schema, cut anywhere and with any bit flipped, never load short in silence.

LAKE_PROOF_DAMAGES sets how many cuts and flips of each schema and form; 1,000 is the full run.
What can be known depends on what stands beside the records:

- zstd frames with a checksum, as Databento writes them, or a batch manifest beside the file: every
  cut and every flip of content is named.
- a plain file alone: a cut between two records leaves a shorter sound file, and a flip in a price
  another price; nothing in the file can tell. Everything else is named, and no record is lost.
"""

import hashlib
import json
import random

import numpy as np
import pytest
import zstandard

from lake_assets.errors import RawInputError
from lake_assets.sources.dbn import iter_records
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.layouts import layout_of
from lake_assets_tests.promises.tally import full_count
from lake_assets_tests.sources.dbn_files import OPEN, Request, book, records

DAMAGES = full_count("LAKE_PROOF_DAMAGES", 25)
SCHEMAS = ("trades", "mbp-10", "mbo", "tcbbo", "cbbo-1s", "definition", "statistics")
FORMS = ("zstd", "zstd beside its manifest", "plain beside its manifest", "plain alone")
ROWS = 120


def content_of(schema):
    """A head and records whose numbers differ."""
    times = OPEN + np.arange(ROWS) * 1_000_003
    rows = book(times) if schema == "mbp-10" else records(schema, times)
    if "price" in rows.dtype.names:
        rows["price"] += np.arange(ROWS) * 7_919 % 613 * 250_000_000
    rows["instrument_id"] += np.arange(ROWS, dtype=np.uint32) % 5
    return Request(schema=schema).head(), rows


class Landed:
    """A file in a raw folder, to be damaged in many ways."""

    def __init__(self, root, schema, form):
        head, self.rows = content_of(schema)
        self.whole = head + self.rows.tobytes()
        self.starts, self.size = len(head), layout_of(schema, 3).record_bytes
        self.is_plain, self.has_manifest = form.startswith("plain"), form.endswith("manifest")
        if not self.is_plain:
            compressor = zstandard.ZstdCompressor(write_checksum=not self.has_manifest)
            self.whole = compressor.compress(self.whole)
        self.root, self.path = root, root / ("a.dbn" if self.is_plain else "a.dbn.zst")
        if self.has_manifest:
            told = {
                "filename": self.path.name,
                "size": len(self.whole),
                "hash": f"sha256:{hashlib.sha256(self.whole).hexdigest()}",
            }
            (root / "manifest.json").write_text(json.dumps({"files": [told]}))

    def loaded(self, content):
        """The records read from other bytes, or the error that names the file."""
        self.path.write_bytes(content)
        inventory = scan_raw(self.root)
        try:
            for fault in inventory.faults:
                raise fault
            return np.concatenate([self.rows[:0], *iter_records(inventory.files[0])])
        except RawInputError as error:
            named = error
        assert str(self.path) in str(named)
        assert named.remedy
        return None

    def cut_allowed(self, at):
        """Whether a cut there leaves what nothing can tell from a whole file."""
        at_record = at >= self.starts and (at - self.starts) % self.size == 0
        return self.is_plain and not self.has_manifest and at_record


@pytest.fixture(params=FORMS)
def form(request):
    return request.param


@pytest.mark.parametrize("schema", SCHEMAS)
def test_no_damage_loads_short_in_silence(tmp_path, promise, schema, form):
    landed, draw = Landed(tmp_path, schema, form), random.Random(1 + len(schema))  # noqa: S311 - places
    assert np.array_equal(landed.loaded(landed.whole), landed.rows)
    with promise("P6") as counts:
        for _ in range(DAMAGES):
            at = draw.randrange(len(landed.whole))
            found = landed.loaded(landed.whole[:at])
            counts["truncations"] += 1
            assert found is None or landed.cut_allowed(at), f"cut at {at}: {len(found)} records"
            counts["cuts between records of a lone plain file"] += found is not None
        for _ in range(DAMAGES):
            bit = draw.randrange(len(landed.whole) * 8)
            flipped = bytearray(landed.whole)
            flipped[bit // 8] ^= 1 << bit % 8
            found = landed.loaded(flipped)
            counts["bit flips"] += 1
            if found is None:
                counts["bit flips named"] += 1
                continue
            assert len(found) == len(landed.rows), f"bit {bit}: {len(found)} records"
            changed = np.frombuffer(found.tobytes(), "u1") != np.frombuffer(
                landed.rows.tobytes(), "u1"
            )
            assert not landed.has_manifest
            # one byte of a lone plain file's records, none of a file with checksums
            assert changed.sum() <= landed.is_plain, f"bit {bit}"
            counts["bit flips of a lone plain file's numbers"] += bool(changed.any())
