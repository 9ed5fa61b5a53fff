"""Row groups that follow a column, and the statistics a manifest keeps of it."""

from datetime import date

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog import GPR_MONTHLY, LEVELS, MACRO_SERIES, OPTION_DAILY, OPTION_SNAPSHOTS
from lake_assets.lake.lake import Lake
from lake_assets.lake.manifest import Manifest
from lake_assets.lake.row_groups import write_grouped
from lake_assets.lake.sealed import seal, unseal
from lake_assets_tests.lake.tables import MADE_FROM, SIMULATED, levels, publish, table

DAY = "2026-05-29"
SCHEMA = pa.schema([("by", pa.string()), ("n", pa.int64())])


def groups(path):
    meta = pq.ParquetFile(path).metadata
    return [meta.row_group(n).num_rows for n in range(meta.num_row_groups)]


@given(st.lists(st.sampled_from("abcd"), max_size=40), st.integers(1, 7))
def test_every_value_has_a_row_group_of_its_own(tmp_path_factory, values, size):
    path = tmp_path_factory.mktemp("groups") / "x.parquet"
    ordered = sorted(values)
    rows = pa.record_batch([ordered, list(range(len(ordered)))], schema=SCHEMA)
    batches = [rows.slice(at, size) for at in range(0, len(ordered), size)]
    write_grouped(SCHEMA, batches, "by", path)
    assert groups(path) == [ordered.count(value) for value in sorted(set(ordered))]
    assert pq.read_table(path).to_pydict() == rows.to_pydict()


def test_no_rows_are_a_file_too(tmp_path):
    write_grouped(SCHEMA, [], "by", tmp_path / "x.parquet")
    assert pq.read_table(tmp_path / "x.parquet").num_rows == 0


def test_duckdb_would_have_made_one_group(tmp_path):
    """Why pyarrow writes these files: when this fails, DuckDB can."""
    rows = pa.table({"by": ["a"] * 3000 + ["b"] * 5000})
    reader = pa.RecordBatchReader.from_batches(rows.schema, rows.to_batches(max_chunksize=3000))
    with duckdb.connect() as connection:
        connection.register("rows", reader)
        connection.execute(f"COPY rows TO '{tmp_path / 'x.parquet'}' (FORMAT parquet)")
    assert groups(tmp_path / "x.parquet") == [8000]


def snapshots(*symbols):
    count = len(symbols)
    return table(
        OPTION_SNAPSHOTS,
        **dict.fromkeys(OPTION_SNAPSHOTS.dtypes)
        | {
            "session_date": date(2026, 5, 29),
            "symbol": list(symbols),
            "contract_symbol": [f"{symbol}{n}" for n, symbol in enumerate(symbols)],
            "option_type": "call",
            "strike": 500.0,
            "expiration": date(2026, 6, 26),
            "dte": [7 + 19 * (n % 3) for n in range(count)],
            "iv_source": "none",
            "quote_time_source": "none",
            "is_liquid_basic": True,
            "is_liquid": True,
            "is_executable_liquid": False,
            "flags": 0,
        },
    )


def published(root, dataset, rows, partition=DAY):
    lake = Lake(root)
    made = lake.publish(dataset, partition, rows, fingerprint=MADE_FROM, provenance=SIMULATED)
    assert lake.in_force(dataset, partition) == made.current
    return made.current


def test_a_chain_has_a_row_group_a_symbol_whatever_the_order_of_its_rows(tmp_path):
    rows = snapshots("SPY", "IWM", "SPY", "QQQ", "IWM", "SPY")
    made = published(tmp_path / "a", OPTION_SNAPSHOTS, rows)
    assert groups(tmp_path / "a" / OPTION_SNAPSHOTS.path(DAY)) == [2, 1, 3]
    again = published(tmp_path / "b", OPTION_SNAPSHOTS, rows.reverse())
    assert again.sha256 == made.sha256


def test_a_stream_is_grouped_as_a_frame_is(tmp_path):
    rows = snapshots(*(["IWM"] * 5 + ["SPY"] * 7))
    made = published(tmp_path / "a", OPTION_SNAPSHOTS, rows)
    ordered = rows.sort(OPTION_SNAPSHOTS.sort_by).cast(OPTION_SNAPSHOTS.stored_dtypes).to_arrow()
    reader = pa.RecordBatchReader.from_batches(ordered.schema, ordered.to_batches(max_chunksize=4))
    again = published(tmp_path / "b", OPTION_SNAPSHOTS, reader)
    assert again.sha256 == made.sha256


def test_a_manifest_counts_rows_and_those_prices_are_read_from(tmp_path):
    rows = snapshots("SPY", "SPY", "SPY", "QQQ", "IWM")
    days = pl.Series([7, 45, 46, 6, 30]).cast(pl.Int32)
    rows = rows.with_columns(dte=days, is_liquid=pl.col("symbol") != "IWM")
    made = published(tmp_path, OPTION_SNAPSHOTS, rows)
    assert made.statistics == {
        "IWM": {"rows": 1, "pricing": 0},
        "QQQ": {"rows": 1, "pricing": 0},
        "SPY": {"rows": 3, "pricing": 2},
    }


def test_a_manifest_tells_the_dates_of_a_series(tmp_path):
    rows = table(
        MACRO_SERIES,
        **dict.fromkeys(MACRO_SERIES.dtypes)
        | {
            "observation_date": [date(2026, 5, 1), date(2026, 5, 28), date(2026, 5, 4)],
            "retrieval_date": date(2026, 5, 29),
            "symbol": ["^GSPC", "^GSPC", "DGS10"],
            "name": "n",
            "asset_class": "a",
            "unit": "points",
            "frequency": "Daily",
            "is_rate": False,
            "publication_lag_days": 0,
            "source_id": "s",
            "value": 1.0,
            "suspected_fill": False,
        },
    )
    told = published(tmp_path, MACRO_SERIES, rows).statistics
    assert told == {
        "DGS10": {
            "rows": 1,
            "min_observation_date": "2026-05-04",
            "max_observation_date": "2026-05-04",
        },
        "^GSPC": {
            "rows": 2,
            "min_observation_date": "2026-05-01",
            "max_observation_date": "2026-05-28",
        },
    }


@pytest.mark.parametrize(
    ("dataset", "partition"), [(OPTION_DAILY, DAY), (GPR_MONTHLY, "2026-05"), (MACRO_SERIES, DAY)]
)
def test_no_rows_have_empty_statistics(tmp_path, dataset, partition):
    assert published(tmp_path, dataset, dataset.empty(), partition).statistics == {}


def test_a_table_that_declares_none_has_none(tmp_path):
    assert publish(Lake(tmp_path), LEVELS, levels(1)).current.statistics is None


def test_a_manifest_written_before_there_were_statistics_is_still_read(tmp_path):
    manifest = publish(Lake(tmp_path), LEVELS, levels(1))
    old = unseal(manifest.to_text(), "m.json")
    del old["current"]["statistics"]
    assert Manifest.from_text(seal(old), "m.json") == manifest
