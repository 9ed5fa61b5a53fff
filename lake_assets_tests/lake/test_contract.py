"""A stream is judged by its extremes exactly as its rows would be, one and all."""

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.dataset import Dataset, Layer
from lake_assets.catalog.schema import LakeSchema, column
from lake_assets.errors import ContractError
from lake_assets.lake.contract import StreamCheck, bounded_columns, check_rows


class BoundedSchema(LakeSchema):
    """Bounds and nulls of each kind."""

    low: pl.Int64 = column("at least 0", ge=0)
    high: pl.Int32 = column("above 0, at most 9", gt=0, le=9, null="sometimes")
    real: pl.Float64 = column("at most 1", le=1, null="sometimes")
    free: pl.Float64 = column("any number")
    word: pl.String = column("any word")


class OrderedSchema(LakeSchema):
    """A rule over two columns."""

    low: pl.Int64 = column("at most high")
    high: pl.Int64 = column("at least low")

    @pa.dataframe_check
    @classmethod
    def low_is_not_above_high(cls, data: pa.PolarsData) -> pl.LazyFrame:
        """The bounds are in order."""
        return data.lazyframe.select(pl.col("low") <= pl.col("high"))


class UniqueSchema(LakeSchema):
    """A rule over two rows."""

    low: pl.Int64 = pa.Field(unique=True)


def dataset_of(schema):
    return Dataset(name="t", layer=Layer.SILVER, schema=schema, sort_by=("low",), version="1")


BOUNDED = dataset_of(BoundedSchema)
number = st.one_of(st.floats(-2, 2), st.sampled_from([float("nan"), float("inf"), -float("inf")]))
row = st.tuples(
    st.integers(-1, 5) | st.none(),
    st.integers(0, 10) | st.none(),
    number | st.none(),
    number | st.none(),
    st.sampled_from(["a", "b"]) | st.none(),
)
good = st.tuples(
    st.integers(0, 5),
    st.integers(1, 9) | st.none(),
    st.floats(-2, 1) | st.none(),
    st.floats(-2, 2),
    st.just("a"),
)


def broken(check):
    try:
        check()
    except ContractError:
        return True
    return False


def streamed(dataset, chunks):
    check = StreamCheck(dataset, dataset.empty())
    for chunk in chunks:
        check.see(chunk)
    check.settle()


@given(st.lists(good, max_size=8), st.lists(row, max_size=1), st.integers(1, 4))
def test_extremes_are_judged_as_every_row_would_be(rows, last, size):
    frame = pl.DataFrame([*rows, *last], schema=BOUNDED.dtypes, orient="row")

    chunks = list(frame.iter_slices(size))

    assert broken(lambda: streamed(BOUNDED, chunks)) == broken(lambda: check_rows(BOUNDED, frame))


@pytest.mark.parametrize("schema", [OrderedSchema, UniqueSchema])
def test_other_rules_are_judged_on_every_row(schema):
    dataset = dataset_of(schema)
    rows = {"low": [1, 5, 5], "high": [9, 9, 4]}
    frame = pl.DataFrame({name: rows[name] for name in dataset.dtypes})

    assert bounded_columns(dataset) is None
    assert broken(lambda: streamed(dataset, [frame]))


def test_other_columns_are_refused_before_a_row_is_seen():
    with pytest.raises(ContractError, match="word"):
        StreamCheck(BOUNDED, BOUNDED.empty().drop("word"))
