"""Same rows, same bytes; broken rows leave nothing behind."""

import duckdb
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from lake_assets.catalog import ES_MBP10, ES_TRADES, LEVELS, SPY_OPTIONS
from lake_assets.errors import ContractError, CorruptFileError, UnorderedInputError
from lake_assets.lake import writer
from lake_assets.lake.lake import Lake
from lake_assets_tests.lake.tables import OPEN_NS, levels, options, publish, stream, trades

MANY = trades(5 * writer.ROW_GROUP + writer.ROW_GROUP // 2)


def lake_with(root, threads):
    return Lake(root, connect=lambda: duckdb.connect(config={"threads": threads}))


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """SHA-256 of the rows written whole by one thread."""
    lake = lake_with(tmp_path_factory.mktemp("reference"), 1)
    return publish(lake, ES_TRADES, MANY).current.sha256


@pytest.mark.parametrize("threads", [1, 2, 4])
@pytest.mark.parametrize("size", [100_003, 1_000_000])
def test_bytes_depend_on_neither_threads_nor_batches(tmp_path, reference, threads, size):
    lake = lake_with(tmp_path, threads)
    made = publish(lake, ES_TRADES, stream(ES_TRADES, MANY, size))
    assert made.current.sha256 == reference


def test_row_groups_are_cut_at_fixed_rows(tmp_path):
    lake = lake_with(tmp_path, 2)
    publish(lake, ES_TRADES, stream(ES_TRADES, MANY, 77_777))
    path = lake.root / ES_TRADES.path("2025-12-17")
    told = duckdb.sql(
        "SELECT DISTINCT row_group_id, row_group_num_rows FROM parquet_metadata(?) ORDER BY 1",
        params=[str(path)],
    )
    heights = [rows for _, rows in told.fetchall()]
    assert sum(heights) == MANY.height
    assert set(heights[:-1]) == {writer.ROW_GROUP}


BAD = {
    "value": (levels(1).with_columns(level_u=pl.lit(-5, pl.Int64)), "level_u .*greater_than.* -5"),
    "null": (levels(1).with_columns(level_e=pl.lit(None, pl.Int64)), "level_e .*not_nullable"),
    "type": (levels(1).cast({"level_e": pl.Int32}), "level_e .*Int64.*Int32"),
    "extra": (levels(1).with_columns(new=1), "new"),
    "gone": (levels(1).drop("scale"), "scale"),
    "infinite": (levels(1).with_columns(level_price=float("inf")), "floats_are_numbers"),
    "tie": (pl.concat([levels(1), levels(2)]).sort(LEVELS.sort_by), "two rows tie"),
}


@pytest.mark.parametrize(("frame", "told"), BAD.values(), ids=BAD)
@pytest.mark.parametrize("way", ["frame", "stream"])
def test_broken_rows_are_named_and_leave_nothing(tmp_path, frame, told, way):
    lake = Lake(tmp_path)
    publish(lake, LEVELS, levels(7))
    if way == "stream":
        text = frame.with_columns(pl.col(pl.Enum).cast(pl.String)).to_arrow()
        frame = pa.RecordBatchReader.from_batches(text.schema, text.to_batches())
    with pytest.raises(ContractError, match=rf"silver/levels.*{told}"):
        publish(lake, LEVELS, frame)
    assert lake.read(LEVELS, "2025-12-17").equals(levels(7))
    assert lake.verify() == []
    assert [p for p in (tmp_path / "_staging").rglob("*") if p.is_file()] == []


def test_a_word_outside_its_set_is_named(tmp_path):
    text = levels(1).cast(LEVELS.stored_dtypes).with_columns(scale=pl.lit("BTC")).to_arrow()
    with pytest.raises(ContractError, match="scale must hold one of ES, SPY; found BTC"):
        publish(
            Lake(tmp_path),
            LEVELS,
            pa.RecordBatchReader.from_batches(text.schema, [*text.to_batches()]),
        )


def test_dictionaries_of_a_stream_are_closed_sets(tmp_path):
    text = options().cast(SPY_OPTIONS.stored_dtypes).to_arrow()
    at = text.schema.get_field_index("right")
    coded = text.set_column(at, "right", text["right"].dictionary_encode())
    lake = Lake(tmp_path)
    rows = pa.RecordBatchReader.from_batches(coded.schema, coded.to_batches(max_chunksize=1))
    publish(lake, SPY_OPTIONS, rows)
    assert lake.read(SPY_OPTIONS, "2025-12-17").equals(options())


@pytest.mark.parametrize("size", [1, 2, 1_000])
def test_a_stream_out_of_order_is_refused_wherever_it_breaks(tmp_path, size):
    rows = trades(5)
    swapped = pl.concat([rows.head(2), rows.slice(3, 1), rows.slice(2, 1), rows.tail(1)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(writer, "ROW_GROUP", size)
        with pytest.raises(UnorderedInputError, match=str(rows["ts_event_ns"][2])):
            publish(Lake(tmp_path), ES_TRADES, stream(ES_TRADES, swapped, size))


def test_closed_sets_are_ordered_as_declared_not_as_spelled(tmp_path):
    words = ["SMA_200", "PM_HIGH"]
    rows = levels(1, rows=2).with_columns(
        minute_ns=pl.lit(1, pl.Int64), kind=pl.Series(words, dtype=LEVELS.dtypes["kind"])
    )
    lake = Lake(tmp_path)
    publish(lake, LEVELS, rows)
    assert lake.read(LEVELS, "2025-12-17")["kind"].to_list() == ["PM_HIGH", "SMA_200"]


def _then_fail(batches):
    yield from batches
    raise CorruptFileError("day.dbn", expected="a frame", found="the end", remedy="fetch again")


def test_what_stopped_a_stream_is_raised_as_it_was(tmp_path):
    whole = stream(ES_TRADES, trades(10), 5)
    reader = pa.RecordBatchReader.from_batches(whole.schema, _then_fail([whole.read_next_batch()]))
    with pytest.raises(CorruptFileError, match="fetch again"):
        publish(Lake(tmp_path), ES_TRADES, reader)


def book_of_noise(rows):
    """Book rows that hardly compress, so that a file has much to write."""
    noise = np.random.default_rng(3)
    words = {"raw_symbol": "ESH6", "action": "A", "side": "B"}
    columns = {
        name: [words[name]] * rows if name in words else noise.integers(1, 1 << 30, rows)
        for name in ES_MBP10.dtypes
    }
    columns |= {name: columns[name] % 10 for name in ("depth", "flags")}
    columns["ts_event_ns"] = np.arange(rows) + OPEN_NS
    return pl.DataFrame(columns).cast(ES_MBP10.dtypes)


@pytest.mark.timeout(120)  # while DuckDB wrote with threads of its own, one of these hung for ever
def test_a_stream_that_stops_while_much_is_written_does_so_at_once(tmp_path):
    rows = book_of_noise(writer.ROW_GROUP)
    for _ in range(20):
        groups = stream(ES_MBP10, rows, writer.ROW_GROUP)
        reader = pa.RecordBatchReader.from_batches(groups.schema, _then_fail(groups))
        with pytest.raises(CorruptFileError, match="fetch again"):
            publish(Lake(tmp_path), ES_MBP10, reader)
    assert not [path for path in tmp_path.rglob("*") if path.suffix in (".parquet", ".rows")]


def test_a_reader_that_stops_early_is_no_failure_of_the_stream():
    rows = trades(writer.ROW_GROUP + 1)
    feed = writer._Feed(ES_TRADES, rows)  # noqa: SLF001 - as DuckDB drives it
    batches = iter(feed)
    next(batches)
    batches.close()
    assert feed.failure is None


def test_no_variable_of_the_environment_turns_the_check_off(tmp_path, monkeypatch):
    monkeypatch.setenv("PANDERA_VALIDATION_ENABLED", "False")
    with pytest.raises(ContractError):
        publish(Lake(tmp_path), LEVELS, BAD["value"][0])
