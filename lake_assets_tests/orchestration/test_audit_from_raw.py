"""The audit from vendor files: their records cut off at a moment, or replaced from it on."""

from datetime import date

import numpy as np
import polars as pl
import pytest
import zstandard

from lake_assets.audit.comparison import compare
from lake_assets.market.sessions import session_on
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.es_trades import read_es_trades
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.layouts import layout_of
from lake_assets.sources.spy_options import read_spy_options
from lake_assets_tests.orchestration.audits import RECIPES, audit_of, rebuild_of
from lake_assets_tests.orchestration.lakes import DAY

CUTS = 12
ES_TICK, OPTION_TICK = 250_000_000, 10_000_000
UNDEFINED = 2**63 - 1
READERS = {
    "es_trades": read_es_trades,
    "es_mbp10": read_es_mbp10,
    "spy_options": read_spy_options,
}


def truncated(records, after, _):
    return records[~after]


def scrambled(records, after, random):
    """The records from a moment on at other prices, resized and turned, a fifth of them lost."""
    out = records.copy()
    count = int(after.sum())
    if records.dtype == layout_of("tcbbo", 3).stored:
        moves = random.integers(1, 60, count) * OPTION_TICK
    else:
        moves = random.integers(-60, 61, count) * ES_TICK
    for name in [n for n in out.dtype.names if n == "price" or n[4:6] == "px"]:
        old = out[name][after]
        out[name][after] = np.where(old == UNDEFINED, old, old + moves)
    for name in [n for n in out.dtype.names if n == "size" or n[4:6] == "sz"]:
        out[name][after] *= random.integers(1, 9, count).astype(out[name].dtype)
    sides = out["side"][after]
    out["side"][after] = np.where(sides == b"A", b"B", np.where(sides == b"B", b"A", sides))
    lost = np.zeros(len(out), bool)
    lost[after] = random.integers(0, 5, count) == 0
    return out[~lost]


def rewrite(source, target, probe, cut, random):
    """A file as the vendor could have delivered it had the day gone otherwise."""
    content = zstandard.ZstdDecompressor().decompressobj().decompress(source.read_bytes())
    head = 8 + int.from_bytes(content[4:8], "little")
    schema = source.name.split(".")[-3]
    if schema == "definition":
        target.write_bytes(source.read_bytes())
        return
    records = np.frombuffer(content[head:], layout_of(schema, content[3]).stored)
    changed = probe(records, records["ts_event"] >= cut, random)
    target.write_bytes(zstandard.ZstdCompressor().compress(content[:head] + changed.tobytes()))


def bronze_from(folder):
    """The session's Bronze, as the readers make it."""
    inventory, session = scan_raw(folder), session_on(date.fromisoformat(DAY))
    rows = {name: reader(inventory, session).batches for name, reader in READERS.items()}
    return {
        name: (r if isinstance(r, pl.DataFrame) else pl.from_arrow(r.read_all())).lazy()
        for name, r in rows.items()
    }


@pytest.mark.parametrize("probe", [truncated, scrambled])
@pytest.mark.parametrize("place", range(CUTS))
def test_a_session_from_changed_files_says_the_same_of_its_past(
    built_once, simulated_raw, tmp_path, place, probe
):
    published = audit_of(built_once.lake, DAY)
    cut = published.draw(CUTS, seed=23)[place]
    random = np.random.default_rng(place)
    for file in sorted(simulated_raw.rglob("*.dbn.zst")):
        rewrite(file, tmp_path / file.name, probe, cut, random)

    rebuilt = rebuild_of(built_once.lake, DAY).from_bronze(bronze_from(tmp_path), cut)

    found = [
        compare(r.dataset, published.published[r.dataset.name], rebuilt.tables[r.dataset.name], cut)
        for r in RECIPES
    ]
    assert [leak for table in found for leak in table.leaks] == []
    assert sum(table.rows for table in found) > 1_000
