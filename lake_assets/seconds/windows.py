"""Sums over windows of the one-second clock, with nulls."""

import polars as pl

from lake_assets.kernels.windows import window_sums


def summed(values: pl.Series, window_s: int, *, least: int) -> pl.Series:
    """Sum of the known values of ``(t - window_s, t]``, null where they are fewer than ``least``.

    A boolean counts as 1 where it is true.
    """
    known = values.is_not_null().to_numpy()
    whole = values.cast(pl.Int64).fill_null(0).to_numpy()
    sums, counts = window_sums(whole, known, window_s)
    return pl.Series(values.name, sums).set(pl.Series(counts < least), None)
