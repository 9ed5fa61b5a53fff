"""Rows are judged by the extremes of their columns exactly as they would be one and all."""

import pandera.polars as pa
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pandera.errors import SchemaError, SchemaErrors

from lake_assets.catalog import OPTION_STATE
from lake_assets.catalog.dataset import Dataset, Layer
from lake_assets.catalog.schema import LakeSchema, column
from lake_assets.errors import ContractError
from lake_assets.lake.contract import check_rows, is_certain


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


class TypedSchema(LakeSchema):
    """No rule but the types."""

    word: pl.String = column("any word", null="sometimes")


def dataset_of(schema, sort_by=("low",)):
    return Dataset(name="t", layer=Layer.SILVER, schema=schema, sort_by=sort_by, version="1")


BOUNDED = dataset_of(BoundedSchema)
STATE = OPTION_STATE.of("NIFTY")


def dull(dtype):
    """A value within every bound of the option state."""
    return dtype.categories[0] if isinstance(dtype, pl.Enum) else None


DULL = pl.DataFrame(
    [
        pl.Series(name, [dull(dtype) or 1] * 3).cast(dtype)
        if dtype != pl.String
        else pl.Series(name, ["09:15:00"] * 3)
        for name, dtype in STATE.dtypes.items()
    ]
)
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
    check_rows(dataset, dataset.empty())
    for chunk in chunks:
        check_rows(dataset, chunk)


@given(st.lists(good, max_size=8), st.lists(row, max_size=1), st.integers(1, 4))
def test_chunks_are_judged_as_every_row_would_be(rows, last, size):
    frame = pl.DataFrame([*rows, *last], schema=BOUNDED.dtypes, orient="row")

    chunks = list(frame.iter_slices(size))

    assert broken(lambda: streamed(BOUNDED, chunks)) == refused_by_pandera(BOUNDED, frame)


def refused_by_pandera(dataset, frame):
    try:
        dataset.schema.validate(frame, lazy=True)
    except (SchemaError, SchemaErrors):
        return True
    return False


@given(st.lists(good, max_size=8), st.lists(row, max_size=1))
def test_rows_are_spared_pandera_exactly_where_it_would_let_them_pass(rows, last):
    frame = pl.DataFrame([*rows, *last], schema=BOUNDED.dtypes, orient="row")

    assert is_certain(BOUNDED, frame) is not refused_by_pandera(BOUNDED, frame)


@settings(max_examples=30)  # pandera takes half a second for so many columns
@given(st.data())
def test_one_wrong_cell_of_a_wide_table_is_never_spared(data):
    """Of every column and rule: a null, no number, or the value next to a bound."""
    declared = STATE.schema.to_schema().columns
    name = data.draw(st.sampled_from(sorted(declared)))
    dtype = STATE.dtypes[name]
    limits = [limit for rule in declared[name].checks for limit in rule.statistics.values()]
    values = [None, *(limit + step for limit in limits for step in (-1, 0, 1))]
    if dtype.is_float():
        values += [float("nan"), float("inf"), 1e-300, -1e-300]
    cell = data.draw(st.sampled_from(values))
    at = data.draw(st.integers(0, DULL.height - 1))
    place = pl.int_range(pl.len()) == at
    frame = DULL.with_columns(pl.when(place).then(pl.lit(cell, dtype)).otherwise(name).alias(name))

    assert is_certain(STATE, DULL)
    assert is_certain(STATE, frame) is not refused_by_pandera(STATE, frame)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.drop("word"),
        lambda frame: frame.with_columns(more=1),
        lambda frame: frame.select(reversed(frame.columns)),
        lambda frame: frame.cast({"high": pl.Int64}),
        lambda frame: frame.rename({"word": "words"}),
    ],
    ids=["missing", "extra", "order", "type", "name"],
)
def test_other_columns_are_left_to_pandera(change):
    frame = change(BOUNDED.empty())

    assert not is_certain(BOUNDED, frame)
    assert broken(lambda: check_rows(BOUNDED, frame))


def test_types_alone_are_a_schema():
    dataset = dataset_of(TypedSchema, sort_by=("word",))

    assert is_certain(dataset, pl.DataFrame({"word": ["a", None]}))
    assert not is_certain(dataset, pl.DataFrame({"word": [1]}))


@pytest.mark.parametrize("schema", [OrderedSchema, UniqueSchema])
def test_rules_of_other_kinds_are_left_to_pandera(schema):
    assert not is_certain(dataset_of(schema), dataset_of(schema).empty())


@pytest.mark.parametrize("schema", [OrderedSchema, UniqueSchema])
def test_other_rules_are_judged_on_every_row(schema):
    dataset = dataset_of(schema)
    rows = {"low": [1, 5, 5], "high": [9, 9, 4]}
    frame = pl.DataFrame({name: rows[name] for name in dataset.dtypes})

    assert broken(lambda: streamed(dataset, [frame]))


def test_other_columns_are_refused_before_a_row_is_seen():
    with pytest.raises(ContractError, match="word"):
        check_rows(BOUNDED, BOUNDED.empty().drop("word"))
