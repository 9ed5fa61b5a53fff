"""Groups hold the rows of the batches, cut at fixed rows, however the batches came."""

from datetime import date
from itertools import accumulate, pairwise

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.lake.groups import fixed_groups

ROWS = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        st.none() | st.integers(-128, 127),
        st.none() | st.floats(allow_nan=False),
        st.none() | st.booleans(),
        st.none() | st.text(max_size=3),
        st.none() | st.dates(min_value=date(1900, 1, 1)),
    ),
    max_size=60,
)
SCHEMA = pa.schema(
    [
        ("whole", pa.int64()),
        ("small", pa.int8()),
        ("real", pa.float64()),
        ("truth", pa.bool_()),
        ("text", pa.string()),
        ("day", pa.date32()),
    ]
)


def table_of(rows):
    columns = zip(*rows, strict=True) if rows else [()] * len(SCHEMA)
    arrays = [pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(arrays, schema=SCHEMA)


@given(ROWS, st.lists(st.integers(0, 20), max_size=8))
def test_groups_hold_the_same_rows_at_fixed_cuts(rows, heights):
    whole = table_of(rows)
    ends = [*accumulate(heights, initial=0), whole.num_rows]
    # Slices of one batch: their values and their masks begin in the middle of bytes and buffers.
    batches = [whole.slice(a, max(b - a, 0)) for a, b in pairwise(ends)]
    taken = [row for batch in batches for row in batch.to_pylist()]
    groups = list(fixed_groups(iter(batches), 16))
    assert [row for group in groups for row in group.to_pylist()] == taken
    assert all(g.num_rows == 16 for g in groups[:-1])
    assert all(0 < g.num_rows <= 16 for g in groups[-1:])
    assert all(g.schema == SCHEMA for g in groups)
    for group in groups:
        group.validate(full=True)
        nulls = [column.to_pylist().count(None) for column in group]
        assert [column.null_count for column in group] == nulls


def test_a_group_in_use_is_not_written_over():
    batches = [
        pa.RecordBatch.from_pydict({"x": pa.array(range(a, a + 10))}) for a in range(0, 400, 10)
    ]
    groups = fixed_groups(iter(batches), 25)
    kept = [group for at, group in enumerate(groups) if at % 3 == 0]
    told = [group["x"].to_pylist() for group in kept]
    assert told == [list(range(75 * n, min(75 * n + 25, 400))) for n in range(len(kept))]


@pytest.mark.parametrize("seen_by", [pl.DataFrame, lambda group: group.column(0)])
def test_what_reads_a_group_keeps_its_memory(seen_by):
    batches = [pa.RecordBatch.from_pydict({"x": pa.array([at] * 10)}) for at in range(6)]
    groups = fixed_groups(iter(batches), 20)
    first = seen_by(next(groups))
    assert len(list(groups)) == 2
    column = first["x"] if isinstance(first, pl.DataFrame) else first
    assert column.to_numpy().tolist() == [0] * 10 + [1] * 10
