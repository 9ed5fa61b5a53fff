"""From vendor files to a partition: the rows are those a plain reading gives, however they come."""

from dataclasses import replace

import duckdb
import numpy as np
import polars as pl
import pytest
from databento import DBNStore

from lake_assets.catalog import ES_MBP10
from lake_assets.errors import RawInputError
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake
from lake_assets.market.vocabulary import Provenance
from lake_assets.simulation.parameters import SimulationParams
from lake_assets.simulation.session import simulate_session
from lake_assets.sources.dbn import CHUNK_RECORDS
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.screening import F_SNAPSHOT
from lake_assets_tests.sources.dbn_files import (
    OPEN,
    SESSION,
    TICK,
    UNDEFINED,
    Request,
    book,
    write,
)

DAY = SESSION.day.isoformat()
BOOK = Request(schema="mbp-10")
PLACE = ("file_rank", "row")
RECORDS = 2 * CHUNK_RECORDS + 9_000
STEP = 100_000_000


def publish(raw, root, threads=2):
    """The session's manifest and the rows read back."""
    lake = Lake(root, connect=lambda: duckdb.connect(config={"threads": threads}))
    made_from = Fingerprint(
        code_version="t", schema_hash="", parameters={}, inputs={}, raw_files={}
    )
    manifest = lake.publish(
        ES_MBP10,
        DAY,
        read_es_mbp10(scan_raw(raw), SESSION),
        fingerprint=made_from,
        provenance=Provenance.SIMULATED,
    )
    return manifest.current, lake.read(ES_MBP10, DAY)


def plainly(path, rank):
    """Rows of a file by the vendor's own decoder, field by field."""
    store = DBNStore.from_bytes(path.read_bytes())
    records = store.to_ndarray()
    names = {int(s["symbol"]): name for name, days in store.mappings.items() for s in days}
    read = pl.DataFrame({name: records[name] for name in records.dtype.names})
    letters = {name: pl.Series(records[name].astype(str)) for name in ("action", "side")}
    snapshot = (pl.col("flags") & F_SNAPSHOT) != 0
    columns = {
        "ts_event_ns": pl.when(snapshot).then(pl.col("ts_recv")).otherwise(pl.col("ts_event")),
        "ts_recv_ns": pl.col("ts_recv"),
        "sequence": pl.col("sequence"),
        "file_rank": pl.lit(rank),
        "row": pl.int_range(pl.len()),
        "instrument_id": pl.col("instrument_id"),
        "raw_symbol": pl.col("instrument_id").replace_strict(names, return_dtype=pl.String),
        **letters,
        "depth": pl.col("depth"),
        "price_ticks": ticks("price"),
        "size": pl.col("size"),
        "flags": pl.col("flags"),
    }
    for level in range(10):
        for side in ("bid", "ask"):
            price = f"{side}_px_{level:02}"
            shown = pl.col(price) != UNDEFINED
            columns[f"{side}_ticks_{level}"] = ticks(price)
            for what, field in (("size", "sz"), ("orders", "ct")):
                value = pl.when(shown).then(pl.col(f"{side}_{field}_{level:02}"))
                columns[f"{side}_{what}_{level}"] = value
    frame = read.select(**columns).cast(ES_MBP10.dtypes)
    inside = pl.col("ts_event_ns").is_between(SESSION.hours.opens, SESSION.hours.closes - 1)
    return frame.filter(inside, ~pl.col("raw_symbol").str.contains("-"))


def ticks(price):
    return pl.when(pl.col(price) != UNDEFINED).then(pl.col(price) // TICK)


def test_a_simulated_session_is_read_as_the_vendor_reads_it_whatever_the_threads(tmp_path):
    done = simulate_session(
        SESSION, tmp_path / "raw", SimulationParams(seed=4, book_records=150_000)
    )
    files = enumerate(done.paths("mbp-10"))
    expected = pl.concat([plainly(path, rank) for rank, path in files]).sort(ES_MBP10.sort_by)

    made = [publish(tmp_path / "raw", tmp_path / str(n), threads=n) for n in (1, 2, 4)]

    assert len({generation.sha256 for generation, _ in made}) == 1
    assert made[0][1].equals(expected)


def disordered():
    """Records of a session, some of them hours behind their place, and the same in order."""
    ordered = book(OPEN + np.arange(RECORDS) * STEP, size=np.arange(RECORDS) % 97 + 1)
    order = np.arange(RECORDS)
    order[[9, -9, 900, CHUNK_RECORDS + 7]] = order[[-9, 9, CHUNK_RECORDS + 7, 900]]
    return ordered[order], ordered


def test_late_overlapping_and_repeated_records_end_as_if_they_had_come_once_in_order(tmp_path):
    late, ordered = disordered()
    write(tmp_path / "clean" / "a.dbn.zst", ordered, BOOK)
    write(tmp_path / "raw" / "late.dbn.zst", late, BOOK)
    write(tmp_path / "raw" / "again" / "late.dbn.zst", late, BOOK)
    shorter = replace(BOOK, end=OPEN + 5_000 * STEP)
    write(tmp_path / "raw" / "part.dbn", ordered[:5_000], shorter)

    generation, rows = publish(tmp_path / "raw", tmp_path / "lake")
    _, expected = publish(tmp_path / "clean", tmp_path / "other")

    assert rows.drop(PLACE).equals(expected.drop(PLACE))
    counts = generation.quality
    assert counts["rows_read"] == RECORDS + 5_000
    assert counts["duplicates_dropped"] == RECORDS + 5_000
    assert counts["out_of_order"] > 0


def test_a_file_damaged_at_its_end_publishes_nothing(tmp_path):
    rows = disordered()[1]
    rows["rtype"][-1] = 99
    write(tmp_path / "raw" / "a.dbn.zst", rows, BOOK)

    with pytest.raises(RawInputError, match=r"a\.dbn\.zst: expected mbp-10 records only"):
        publish(tmp_path / "raw", tmp_path / "lake")

    assert [p for p in (tmp_path / "lake").rglob("*") if p.suffix in (".parquet", ".rows")] == []
