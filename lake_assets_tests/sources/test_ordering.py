"""The merge: any batches of any feeds come out in total order, each row once."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.sources.ordering import KEY, MAX_LATENESS_NS, Feed, in_order

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


def feed_of(rank, pieces, spread=0):
    times = np.array([t for piece in pieces for t, _ in piece], np.int64)
    lateness = int((np.maximum.accumulate(times) - times).max()) if len(times) else 0
    first = int(times.min()) if len(times) else 2**63 - 1
    return Feed(batches_of(rank, pieces), first, lateness + spread)


def rows_of(batches):
    return [tuple(row.values()) for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize("spread", [0, MAX_LATENESS_NS + 1], ids=["merged", "sorted outside"])
def test_the_total_order_is_the_sort(spread):
    rng = np.random.default_rng(3)
    feeds = [
        [[(int(t), int(n)) for t, n in rng.integers(0, 9, (50, 2))] for _ in range(4)]
        for _ in range(3)
    ]

    out = rows_of(in_order([feed_of(r, p, spread) for r, p in enumerate(feeds)], SCHEMA))

    assert out == sorted(rows_of(b for r, p in enumerate(feeds) for b in batches_of(r, p)))


@given(st.lists(feed, max_size=4))
def test_whatever_the_batches_the_merge_is_the_sort(feeds):
    out = rows_of(in_order([feed_of(r, p) for r, p in enumerate(feeds)], SCHEMA))

    assert out == sorted(rows_of(b for r, p in enumerate(feeds) for b in batches_of(r, p)))


def test_a_feed_in_order_is_handed_on_before_it_ends():
    taken = []

    def batches():
        for n in range(5):
            taken.append(n)
            yield from batches_of(0, [[(n, 0)]])

    first = next(in_order([Feed(batches(), 0, 0)], SCHEMA))

    assert first.num_rows == 1
    assert taken == [0, 1]
