"""Thinned rows against the slow way, and what must hold of them."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.serving.detail import thinned
from lake_assets_tests.oracles import detail as oracle

SCHEMA = {
    "at": pl.Int64,
    "known_at": pl.Int64,
    "price": pl.Float64,
    "size": pl.Int64,
    "alive": pl.Boolean,
    "word": pl.Enum(["calm", "burst"]),
}
cell = st.tuples(
    st.none() | st.floats(-5, 5) | st.sampled_from([0.0, 1.0]),
    st.none() | st.integers(-3, 3),
    st.none() | st.booleans(),
    st.none() | st.sampled_from(["calm", "burst"]),
)


def table(cells):
    return [dict(zip(SCHEMA, (at, at + 2, *each), strict=True)) for at, each in enumerate(cells)]


def frame(rows):
    return pl.DataFrame(rows, schema=SCHEMA)


@given(st.lists(cell, max_size=60), st.integers(2, 30))
def test_thinning_equals_the_slow_way(cells, points):
    rows = table(cells)
    # the slow way finds a row's place by its value: `at` makes each row one of its own
    expected = oracle.thinned(rows, points, times={"at"}, last={"known_at"})
    found = thinned(frame(rows), points, times=["at"], last=["known_at"])
    assert found.rows(named=True) == expected


@given(st.lists(cell, min_size=1, max_size=200), st.integers(2, 40))
def test_extremes_stay_and_rows_are_no_more_than_asked_for(cells, points):
    rows = frame(table(cells))
    found = thinned(rows, points, times=["at"], last=["known_at"])
    assert found.height <= points
    assert found.schema == rows.schema
    assert found["at"].is_sorted()
    for name in ("price", "size"):
        assert found[name].max() == rows[name].max()
        assert found[name].min() == rows[name].min()
    assert found["alive"].any() == rows["alive"].any()


def test_what_is_said_of_a_stretch_is_known_at_its_end():
    rows = frame(table([(float(at), 0, False, None) for at in range(10)]))
    found = thinned(rows, 4, times=["at"], last=["known_at"])
    assert found["at"].to_list() == [0, 4, 5, 9]
    assert found["known_at"].to_list() == [6, 6, 11, 11]


@pytest.mark.parametrize("points", [2, 3, 7])
def test_a_fall_stays_a_fall(points):
    rows = pl.DataFrame({"price": [5.0, 4.0, 3.0, 2.0, 1.0, 0.0, -1.0, -2.0]})
    found = thinned(rows, points, times=[], last=[])
    assert found["price"].is_sorted(descending=True)


def test_a_number_that_no_float_holds_comes_out_as_it_was():
    big = 2**62
    rows = pl.DataFrame({"id": [big + 1, big + 3, big + 2**20, None, big]})
    assert set(thinned(rows, 2, times=[], last=[])["id"]) <= set(rows["id"])
