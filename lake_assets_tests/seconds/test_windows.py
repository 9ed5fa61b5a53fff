"""Sums over windows, with nulls."""

import polars as pl

from lake_assets.seconds.windows import summed


def test_a_sum_of_too_few_known_values_is_unknown():
    values = pl.Series([1, None, 3, 4, None, None])
    assert summed(values, 3, least=2).to_list() == [None, None, 4, 7, 7, None]


def test_a_flag_counts_as_one_and_an_unknown_one_as_nothing():
    flags = pl.Series([True, None, False, True])
    assert summed(flags, 4, least=1).to_list() == [1, 1, 1, 2]
