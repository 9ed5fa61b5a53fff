"""Blocks come out as they went in, however they are read."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog import LEVELS
from lake_assets.serving.blocks import Table, packed
from lake_assets_tests.lake.tables import levels
from lake_assets_tests.oracles import blocks as oracle

ORIGIN = 1_765_926_000_000_000_000
row = st.fixed_dictionaries(
    {
        "at_ns": st.none() | st.integers(ORIGIN, ORIGIN + 9 * 10**15),
        "price": st.none() | st.floats(allow_nan=False, allow_infinity=False),
        "size": st.none() | st.integers(-(2**53), 2**53),
        "alive": st.none() | st.booleans(),
        "word": st.none() | st.sampled_from(["calm", "burst"]),
        "name": st.none() | st.text(max_size=3),
    }
)
SCHEMA = {
    "at_ns": pl.Int64,
    "price": pl.Float64,
    "size": pl.Int64,
    "alive": pl.Boolean,
    "word": pl.Enum(["calm", "burst"]),
    "name": pl.String,
}


@given(st.lists(row, max_size=20), st.lists(row, max_size=5))
def test_every_value_comes_out_as_it_went_in(first, second):
    tables = {
        name: Table(pl.DataFrame(rows, schema=SCHEMA), moments=frozenset({"at_ns"}))
        for name, rows in (("first", first), ("second", second))
    }
    head, found = oracle.unpack(packed(tables, {"origin_ns": str(ORIGIN)}))
    assert found == {"first": first, "second": second}
    assert head["format"] == 1


@pytest.mark.parametrize(
    ("words", "width"), [(254, "uint8"), (255, "uint16"), (65_534, "uint16"), (65_535, "uint32")]
)
def test_a_code_is_as_wide_as_its_words_and_its_null(words, width):
    text = [*(f"w{i}" for i in range(words)), None]
    head, found = oracle.unpack(packed({"t": Table(pl.DataFrame({"word": text}))}, {}))
    assert head["tables"]["t"]["columns"][0]["type"] == width
    assert [each["word"] for each in found["t"]] == text


def test_dates_are_words_and_moments_count_from_the_origin():
    at = datetime(2025, 12, 17, 14, 30, tzinfo=UTC)
    rows = pl.DataFrame(
        {"at": [at, None], "day": [date(2025, 12, 18), None]},
        schema={"at": pl.Datetime("us", "UTC"), "day": pl.Date},
    )
    _, found = oracle.unpack(packed({"t": Table(rows)}, {"origin_ns": str(ORIGIN)}))
    nanos = int(at.timestamp()) * 10**9
    assert found["t"] == [{"at": nanos, "day": "2025-12-18"}, {"at": None, "day": None}]


def test_a_dataset_says_what_its_columns_mean_and_when_rows_are_known():
    table = Table.of(LEVELS, levels(1))
    head, found = oracle.unpack(packed({"levels": table}, {"origin_ns": str(ORIGIN)}))
    told = head["tables"]["levels"]
    assert told["known_at"] == {"column": "minute_ns", "included": False}
    assert told["columns"][0] == {
        "name": "minute_ns",
        "unit": "ns UTC",
        "meaning": "start of the minute",
        "role": "feature",
        "kind": "moment",
        "type": "float64",
        "offset": 0,
        "length": 3,
    }
    assert [row["minute_ns"] for row in found["levels"]] == levels(1)["minute_ns"].to_list()


def test_no_tables_are_a_head_alone():
    assert oracle.unpack(packed({}, {}))[1] == {}
