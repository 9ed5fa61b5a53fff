"""Fewer rows that look the same: each stretch keeps every column's smallest and largest value."""

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

_PER_BUCKET: Final = 2

Places = npt.NDArray[np.int64]


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
    buckets = points // _PER_BUCKET
    edges = np.arange(buckets + 1, dtype=np.int64) * rows.height // buckets
    first, final = edges[:-1], edges[1:] - 1
    grid = _grid(edges)
    picked = []
    for series in rows.iter_columns():
        if series.name in last:
            places = final, final
        elif series.name in times or not _is_measured(series.dtype):
            places = first, final
        else:
            places = _extremes(series, grid, first)
        picked.append(series.gather(np.stack(places, axis=1).ravel()))
    return pl.DataFrame(picked)


def _is_measured(dtype: pl.DataType) -> bool:
    return dtype.is_numeric() or dtype == pl.Boolean


def _grid(edges: Places) -> Places:
    """(buckets, widest) row of each member of a bucket; a shorter one names its last row twice."""
    first, width = edges[:-1], np.diff(edges)
    steps = np.arange(width.max(), dtype=np.int64)
    rows: Places = first[:, None] + np.minimum(steps[None, :], width[:, None] - 1)
    return rows


def _extremes(series: pl.Series, grid: Places, first: Places) -> tuple[Places, Places]:
    """Rows of the smallest and the largest value of each bucket, in the order they came."""
    values: npt.NDArray[Any] = series.cast(pl.Float64).fill_null(float("nan")).to_numpy()[grid]
    unknown = np.isnan(values)
    low = first + np.where(unknown, np.inf, values).argmin(axis=1)
    high = first + np.where(unknown, -np.inf, values).argmax(axis=1)
    # of a bucket of unknowns any row is as good: all of them are null
    return np.minimum(low, high), np.maximum(low, high)
