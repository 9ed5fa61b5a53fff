"""A partition read a batch at a time: the same rows, one generation, little memory."""

import gc

import numpy as np
import polars as pl
import psutil
import pyarrow as pa
import pytest
from polars.testing import assert_frame_equal

from lake_assets.catalog import ES_TRADES, LEVELS, SPY_OPTIONS
from lake_assets.errors import MissingPartitionError
from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import Interval
from lake_assets_tests.lake.tables import DAY, OPEN_NS, options, publish, trades

ROWS = 300_000  # three row groups
SPANS = [
    (0, ROWS),
    (122_880, 122_881),
    (122_879, 245_761),
    (7, 122_880),
    (ROWS - 1, 2 * ROWS),
    (ROWS, 2 * ROWS),
    (5, 5),
]


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    made = Lake(tmp_path_factory.mktemp("stream") / "lake")
    publish(made, ES_TRADES, trades(ROWS))
    return made


@pytest.mark.parametrize("span", SPANS, ids=str)
def test_a_stream_has_the_rows_of_its_interval(lake, span):
    first, last = (OPEN_NS + 1_000 * place for place in span)
    columns = ["ts_event_ns", "size", "raw_symbol"]

    found = list(lake.stream(ES_TRADES, DAY).batches(columns, Interval(first, last)))

    wanted = lake.read(ES_TRADES, DAY).filter(
        pl.col("ts_event_ns").is_between(first, last, closed="left")
    )
    got = pl.concat(found) if found else wanted.clear().select(columns)
    assert_frame_equal(got, wanted.select(columns))


def test_words_of_closed_sets_are_those_of_the_catalog(tmp_path):
    lake = Lake(tmp_path / "lake")
    publish(lake, SPY_OPTIONS, options())

    found = pl.concat(lake.stream(SPY_OPTIONS, DAY).batches(list(SPY_OPTIONS.columns)))

    assert_frame_equal(found, lake.read(SPY_OPTIONS, DAY))


def test_a_stream_stays_with_the_generation_it_was_opened_on(tmp_path):
    lake = Lake(tmp_path / "lake")
    publish(lake, ES_TRADES, trades(10))
    opened = lake.stream(ES_TRADES, DAY)

    publish(lake, ES_TRADES, trades(20))

    assert sum(map(len, opened.batches(["row"]))) == 10
    assert sum(map(len, lake.stream(ES_TRADES, DAY).batches(["row"]))) == 20


def test_a_stream_holds_a_row_group_or_two_and_not_the_file(tmp_path):
    made, columns = Lake(tmp_path / "lake"), ["ts_event_ns", "ts_recv_ns"]
    noise = np.random.default_rng(1).integers(1, 2**62, 10 * ROWS)  # which nothing compresses
    publish(made, ES_TRADES, trades(10 * ROWS).with_columns(ts_recv_ns=noise))
    before = pa.total_allocated_bytes()

    held = [
        pa.total_allocated_bytes() - before for _ in made.stream(ES_TRADES, DAY).batches(columns)
    ]

    assert len(held) > 40
    assert max(held) < noise.nbytes / 4


def test_a_stream_that_is_let_go_leaves_no_file_open(lake):
    before = psutil.Process().num_fds()
    for _ in range(5):
        assert next(lake.stream(ES_TRADES, DAY).batches(["row"])).height
    gc.collect()
    assert psutil.Process().num_fds() == before


def test_what_is_not_materialized_has_no_stream(lake):
    with pytest.raises(MissingPartitionError, match="silver/levels has no partition"):
        lake.stream(LEVELS, DAY)
