"""Tables read a batch at a time: the rows of an interval, whatever the batches are."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from lake_assets.catalog.stream import RowStream
from lake_assets.market.sessions import Interval

AT = pl.col("ts_event_ns")
times = st.lists(st.integers(0, 30), max_size=25).map(sorted)


def rows_at(ns):
    columns = {"ts_event_ns": ns, "row": range(len(ns)), "size": [n * 7 for n in ns]}
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64))


def gathered(stream, columns, *span):
    found = list(stream.batches(columns, *span))
    assert all(len(batch) for batch in found)
    return pl.concat(found) if found else rows_at([]).select(columns)


@given(times, st.integers(1, 30), st.integers(0, 30), st.integers(0, 30))
def test_the_rows_of_an_interval_come_in_their_order(ns, most, opens, closes):
    rows = rows_at(ns)

    found = gathered(RowStream.of(rows, most), ["size", "row"], Interval(opens, closes))

    inside = rows.filter(AT.is_between(opens, closes, closed="left"))
    assert_frame_equal(found, inside.select("size", "row"))


@given(times, st.integers(1, 30), st.integers(0, 30))
def test_a_stream_before_a_moment_says_nothing_of_what_comes_after(ns, most, cut):
    rows = rows_at(ns)

    past = RowStream.of(rows, most).before(cut)

    assert_frame_equal(gathered(past, rows.columns), rows.filter(cut > AT))
    assert_frame_equal(
        gathered(past, rows.columns, Interval(3, 9)), rows.filter(min(cut, 9) > AT, AT >= 3)
    )


@given(times, st.integers(1, 30))
def test_a_change_sees_columns_nobody_asked_for(ns, most):
    rows = rows_at(ns)

    def odd_ones_doubled(batch):
        odd = pl.col("row") % 2 == 1
        return batch.with_columns(size=pl.when(odd).then(2 * pl.col("size")).otherwise("size"))

    changed = RowStream.of(rows, most).changed(odd_ones_doubled, ["row"])

    assert_frame_equal(gathered(changed, ["size"]), odd_ones_doubled(rows).select("size"))


def test_each_reading_starts_anew():
    stream = RowStream.of(rows_at([1, 2, 3]), 2)

    next(stream.batches(["row"]))

    assert gathered(stream, ["row"])["row"].to_list() == [0, 1, 2]


def test_a_column_that_is_not_there_is_an_error():
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        list(RowStream.of(rows_at([1])).batches(["price"]))
