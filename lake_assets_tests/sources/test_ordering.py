"""The merge: any batches of any feeds come out in total order, each row once."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.errors import LateRowError
from lake_assets.sources import ordering
from lake_assets.sources.ordering import (
    KEY,
    WINDOW_NS,
    Feed,
    merge_in_window,
    sort_in_memory,
    sort_outside,
)

SCHEMA = pa.schema([(name, pa.int32() if name == "file_rank" else pa.int64()) for name in KEY])
moment = st.tuples(st.integers(0, 30), st.integers(0, 3))
feed = st.lists(st.lists(moment, max_size=6), max_size=6)


def batches_of(rank, pieces):
    """Batches of one source, with the place of each row."""
    row = 0
    for piece in pieces:
        times, numbers = [t for t, _ in piece], [n for _, n in piece]
        places = list(range(row, row + len(piece)))
        row += len(piece)
        columns = [times, numbers, [rank] * len(piece), places]
        arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
        yield pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


def feeds_of(feeds):
    return [Feed(batches_of(rank, pieces), 0) for rank, pieces in enumerate(feeds)]


def rows_of(batches):
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


def sorted_rows(feeds):
    return sorted(rows_of(b for r, p in enumerate(feeds) for b in batches_of(r, p)))


def lateness_of(pieces):
    """How far a row of a batch lies behind the newest of the batches before it, at most."""
    newest, late = 0, 0
    for piece in pieces:
        late = max([late, *(newest - t for t, _ in piece)])
        newest = max([newest, *(t for t, _ in piece)])
    return late


@pytest.mark.parametrize("merge", [merge_in_window, sort_outside, sort_in_memory])
def test_the_total_order_is_the_sort(merge):
    rng = np.random.default_rng(3)
    feeds = [
        [[(int(t), int(n)) for t, n in rng.integers(0, 9, (50, 2))] for _ in range(4)]
        for _ in range(3)
    ]

    assert rows_of(merge(feeds_of(feeds), SCHEMA)) == sorted_rows(feeds)


@pytest.mark.parametrize("merge", [sort_outside, sort_in_memory])
def test_no_rows_are_no_rows(merge):
    assert rows_of(merge(feeds_of([[], [[]]]), SCHEMA)) == []


@given(st.lists(feed, max_size=4), st.integers(0, 30))
def test_the_merge_is_the_sort_or_says_that_it_is_not(feeds, window):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ordering, "WINDOW_NS", window)
        try:
            out = rows_of(merge_in_window(feeds_of(feeds), SCHEMA))
        except LateRowError:
            assert max(map(lateness_of, feeds)) > window
        else:
            assert out == sorted_rows(feeds)


def test_a_late_row_is_named():
    feeds = [[[(WINDOW_NS + 9, 0)], [(8, 0)]]]

    with pytest.raises(LateRowError, match="a row of 8 ns came when all before 9 ns"):
        rows_of(merge_in_window(feeds_of(feeds), SCHEMA))


def test_a_feed_in_order_is_handed_on_before_it_ends():
    taken = []

    def batches():
        for n in range(5):
            taken.append(n)
            yield from batches_of(0, [[(n * (WINDOW_NS + 1), 0)]])

    first = next(merge_in_window([Feed(batches(), 0)], SCHEMA))

    assert first.num_rows == 1
    assert taken == [0, 1]
