"""What every walk over a day's rows assumes: times never go back."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.errors import UnorderedInputError

I8: TypeAlias = npt.NDArray[np.int64]


def ordered_ns(frame: pl.DataFrame, column: str, name: str) -> I8:
    """A time column as an array, once it is known to be in order.

    Raises:
        UnorderedInputError: a time is earlier than the one before it.
    """
    times = frame[column].to_numpy(writable=True)
    back = np.flatnonzero(times[1:] < times[:-1])
    if back.size:
        raise UnorderedInputError(
            f"{name} must be sorted by {column}; row {back[0] + 1} is earlier than the one before"
        )
    return times
