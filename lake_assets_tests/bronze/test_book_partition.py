"""The partition of a session's book: the rows of the files, whatever wrote them and how."""

from datetime import date
from functools import partial

import duckdb
import polars as pl
import pytest

from lake_assets.catalog.bronze import ES_MBP10
from lake_assets.lake import writer
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import session_on
from lake_assets.sources import session_stream
from lake_assets.sources.dbn import iter_records
from lake_assets.sources.es_mbp10 import read_es_mbp10
from lake_assets.sources.inventory import scan_raw
from lake_assets_tests.lake.tables import publish
from lake_assets_tests.orchestration.lakes import DAY


@pytest.fixture(scope="module")
def made(tmp_path_factory, simulated_raw):
    """A way to make the partition: SHA-256 of its bytes, and its rows."""
    inventory, session = scan_raw(simulated_raw), session_on(date.fromisoformat(DAY))

    def make(threads, chunk_records):
        lake = Lake(
            tmp_path_factory.mktemp("book"),
            connect=lambda: duckdb.connect(config={"threads": threads}),
        )
        with pytest.MonkeyPatch.context() as patch:
            # Small groups, so that a small session has many, of memory used again.
            patch.setattr(writer, "ROW_GROUP", 2_048)
            sized = partial(iter_records, chunk_records=chunk_records)
            patch.setattr(session_stream, "iter_records", sized)
            sha256 = publish(lake, ES_MBP10, read_es_mbp10(inventory, session)).current.sha256
        return sha256, lake.read(ES_MBP10, DAY)

    return make


@pytest.fixture(scope="module")
def reference(made):
    return made(1, 65_536)


@pytest.mark.parametrize(("threads", "chunk"), [(1, 1_000), (2, 4_099), (4, 777), (4, 65_536)])
def test_bytes_depend_on_neither_threads_nor_chunks(made, reference, threads, chunk):
    assert made(threads, chunk)[0] == reference[0]


def test_the_rows_are_those_of_the_files(made, simulated_raw):
    read = read_es_mbp10(
        scan_raw(simulated_raw), session_on(date.fromisoformat(DAY))
    ).batches.read_all()
    rows = made(2, 1_000)[1]
    assert rows.height > 4 * 2_048
    assert rows.cast(ES_MBP10.stored_dtypes).equals(pl.DataFrame(read))
