"""Reading the book in batches: what is read, from where, and in which pieces."""

import polars as pl
import pytest

from lake_assets.catalog.silver import FRONT_CONTRACT
from lake_assets.catalog.stream import RowStream
from lake_assets.errors import UnorderedInputError
from lake_assets.kernels.book_states import F_LAST, F_MAYBE_BAD_BOOK
from lake_assets.market.sessions import Interval
from lake_assets.physics.book_records import read_book
from lake_assets_tests.physics.books import book_frame
from lake_assets_tests.physics.frames import OPEN_NS, table

FRONT = table(FRONT_CONTRACT)
HOUR_NS = 3_600 * 10**9
BID, ASK = [(27_599, 5)], [(27_601, 7)]


def record(at, bids=BID, asks=ASK, *, flags=128, action="A"):
    return (OPEN_NS + at, 0, flags, action, bids, asks)


def read_in_batches(records, opens, closes, rows=100):
    span = Interval(OPEN_NS + opens, OPEN_NS + closes)
    book = book_frame(records) if isinstance(records, list) else records
    return list(read_book(RowStream.of(book, rows), FRONT, span))


def batches(records, opens, closes, rows=100):
    found = read_in_batches(records, opens, closes, rows)
    return [(batch.ns - OPEN_NS).tolist() for batch in found]


def read(records, opens, closes):
    """Times of all that can be a state or break the book, wherever it is cut into batches."""
    return [
        int(ns) - OPEN_NS
        for batch in read_in_batches(records, opens, closes)
        for ns, flags, clears in zip(batch.ns, batch.flags, batch.clears, strict=True)
        if flags & (F_LAST | F_MAYBE_BAD_BOOK) or clears
    ]


def test_reading_begins_at_the_last_state_of_two_sides_before_the_span():
    records = [record(1), record(2), record(3, bids=[]), record(5), record(9)]

    assert read(records, 5, 9) == [2, 3, 5]


def test_such_a_state_is_found_however_long_ago_it_was():
    records = [record(1), record(2), record(3, bids=[]), record(HOUR_NS)]

    assert read(records, HOUR_NS, HOUR_NS + 1) == [2, 3, HOUR_NS]


@pytest.mark.parametrize(
    "record_at_3",
    [
        record(3, flags=0),
        record(3, flags=132),
        record(3, action="R"),
        record(3, bids=ASK),
        record(3, bids=[(27_599, 0)]),
        record(3, asks=[(27_601, 0)]),
        record(3, asks=[]),
    ],
    ids=["inside an event", "bad", "clear", "locked", "no bid size", "no ask size", "no ask"],
)
def test_a_record_that_is_no_trusted_state_by_itself_begins_nothing(record_at_3):
    read_from = read([record(2), record_at_3, record(5)], 5, 9)

    assert read_from[0] == 2


def test_without_such_a_state_reading_begins_with_the_session():
    assert read([record(1, bids=[]), record(2, asks=[]), record(7)], 5, 9) == [1, 2, 7]


def test_what_can_be_a_state_or_break_the_book_is_told_from_the_rest():
    records = [
        record(1),
        record(2, flags=0),
        record(3, flags=0, action="R"),
        record(4, flags=4),
        record(5, flags=32),
        record(6, flags=160),
    ]

    assert read(records, 1, 9) == [1, 3, 4, 6]


def test_a_record_of_another_contract_is_no_state_and_breaks_nothing():
    mine = book_frame([record(1), record(4)])
    others = book_frame([record(2), record(3, flags=4, action="R")])
    both = pl.concat([mine, others.with_columns(raw_symbol=pl.lit("ESM6"))]).sort("ts_event_ns")

    assert read(both, 1, 9) == [1, 4]


def test_batches_hold_so_many_records_at_most():
    read_in = batches([record(at) for at in range(5)], 0, 9, rows=2)

    assert {len(batch) for batch in read_in} <= {1, 2}
    assert [ns for batch in read_in for ns in batch] == [0, 1, 2, 3, 4]


def test_a_level_that_is_absent_has_no_size():
    book = RowStream.of(book_frame([record(1, bids=[])]), 9)

    batch = next(read_book(book, FRONT, Interval(OPEN_NS, OPEN_NS + 9)))

    asks, bids = batch.size
    assert asks.tolist() == [[7, *[0] * 9]]
    assert bids.tolist() == [[0] * 10]
    assert batch.ticks[0][0, 0] == 27_601


def test_batches_that_go_back_in_time_are_refused():
    with pytest.raises(UnorderedInputError, match="es_mbp10 must be sorted"):
        batches([record(2), record(1)], 0, 9, rows=1)


def test_a_book_without_rows_gives_no_batch():
    assert read(book_frame([]), 0, 9) == []
    assert read(book_frame([record(1)]).with_columns(raw_symbol=pl.lit("ESM6")), 0, 9) == []
