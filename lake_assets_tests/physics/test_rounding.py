"""Quotients: halves to even, dollars to the nearest float."""

from fractions import Fraction

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.physics.rounding import divide_to_even, dollars, whole_cents

whole = st.integers(-(10**15), 10**15)


@given(st.lists(st.tuples(whole, st.integers(1, 10**6)), max_size=20))
def test_a_quotient_rounds_halves_to_even(pairs):
    dividend, divisor = np.array(pairs, np.int64).reshape(-1, 2).T

    assert divide_to_even(dividend, divisor).tolist() == [round(Fraction(a, b)) for a, b in pairs]


@given(st.lists(whole, max_size=20))
def test_units_round_to_cents_halves_to_even(units):
    cents = pl.DataFrame({"u": units}, schema={"u": pl.Int64}).select(whole_cents(pl.col("u")))

    assert cents["u"].to_list() == [round(Fraction(u, 100)) for u in units]


@given(st.lists(st.none() | st.integers(-(10**9), 10**9), max_size=20))
def test_dollars_are_the_nearest_float(units):
    frame = pl.DataFrame({"u": units}, schema={"u": pl.Int64})

    priced = frame.select(dollars(pl.col("u")))["u"].to_list()

    assert priced == [None if u is None else u / 10_000 for u in units]
