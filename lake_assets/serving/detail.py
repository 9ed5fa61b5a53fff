"""Fewer rows that look the same: each stretch keeps every column's smallest and largest value."""

from collections.abc import Collection
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.kernels.extremes import find_extremes

_PER_BUCKET: Final = 2


def thinned(
    rows: pl.DataFrame, points: int, *, times: Collection[str], last: Collection[str]
) -> pl.DataFrame:
    """At most ``points`` rows, two for each of equal stretches of the rows.

    Of a column of numbers or truths a stretch's two rows hold its smallest and its largest value,
    in the order they came (of equals the first), nulls left aside; null where all is null. Of any
    other column they hold the first and the last value, as they do of ``times``. Both rows hold the
    last of the columns ``last``: what is known of a stretch is known when all of it is.

    Rows are given back as they are if they are no more than ``points``. A stretch is rows
    ``[n·i // b, n·(i+1) // b)`` of n rows and b = points // 2 stretches.

    Args:
        rows: in order of time.
        points: two or more.
        times: columns that grow from row to row.
        last: columns of moments at which a row is known.
    """
    if rows.height <= points:
        return rows
    edges = np.arange(points // _PER_BUCKET + 1, dtype=np.int64)
    edges = edges * rows.height // (points // _PER_BUCKET)
    first, final = edges[:-1], edges[1:] - 1
    ends, ending = _pairs(first, final), _pairs(final, final)
    measured = [n for n, d in rows.schema.items() if _is_measured(d) and n not in (*times, *last)]
    numbers = rows.select(pl.col(measured).cast(pl.Float64).fill_null(float("nan")))
    places = {n: pl.Series(find_extremes(numbers[n].to_numpy(), edges).ravel()) for n in measured}
    places |= dict.fromkeys(last, ending)
    return rows.select(pl.col(n).gather(places.get(n, ends)) for n in rows.columns)


def _pairs(one: npt.NDArray[np.int64], other: npt.NDArray[np.int64]) -> pl.Series:
    return pl.Series(np.stack((one, other), axis=1).ravel())


def _is_measured(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype == pl.Boolean


def compiled() -> None:
    """Thin a few rows, which compiles the kernel."""
    thinned(pl.DataFrame({"number": [0.0] * 3}), _PER_BUCKET, times=(), last=())
