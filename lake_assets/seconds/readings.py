"""Columns of a table as kernels read them: no nulls, exact prices, and whose seconds they are."""

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.errors import ComputationRefusedError
from lake_assets.kernels.compile import load_ahead
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Session
from lake_assets.market.underlyings import Underlying

B1: TypeAlias = npt.NDArray[np.bool_]
F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]

UNKNOWN: Final = -1
_GRID: Final = "timestamp_ns"


def read_seconds(
    option_state: pl.DataFrame | pl.LazyFrame, columns: Iterable[str], session: Session
) -> pl.DataFrame:
    """Read these columns of a session's state, and no others: it has more than two hundred.

    Raises:
        ComputationRefusedError: the state does not have one row for each second from open to
            close, both included.
    """
    load_ahead()
    wanted = dict.fromkeys((_GRID, *columns))
    found = option_state.lazy().select(*wanted).collect()
    _require_whole_session(found, session)
    return found


def _require_whole_session(option_state: pl.DataFrame, session: Session) -> None:
    """See that there is one row for each second, or what ends a session could not be told."""
    if session.rth is None:
        raise ComputationRefusedError(f"{session.day} has no regular hours to find events in")
    opens, closes = session.rth.opens, session.rth.closes
    wanted = np.arange(opens, closes + 1, NANOS_PER_SECOND)
    if not np.array_equal(option_state[_GRID].to_numpy(), wanted):
        raise ComputationRefusedError(
            f"option_state of {session.day} must have {wanted.size} rows, one for each second of "
            f"the session; found {option_state.height}; materialize it again"
        )


def floats(frame: pl.DataFrame, name: str) -> F8:
    """A column as floats; null is NaN."""
    return frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True)


def flags(frame: pl.DataFrame, name: str) -> B1:
    """A column of conditions; null is not met."""
    return frame[name].fill_null(value=False).to_numpy(writable=True)


def whole(column: pl.Series, missing: int = UNKNOWN) -> I8:
    """A column of whole numbers; null is ``missing``."""
    return column.cast(pl.Int64).fill_null(missing).to_numpy(writable=True)


def in_points(units: I8, underlying: Underlying) -> F8:
    """Whole units of spot as the floats nearest to the points."""
    points: F8 = units / 10**underlying.spot_decimals
    return points


def known(values: F8) -> pl.Series:
    """Floats as a column; NaN is null."""
    return pl.Series(values, dtype=pl.Float64).fill_nan(None)


def taken(frame: pl.DataFrame, name: str, places: I8) -> pl.Series:
    """A column at places, null where the place is negative."""
    at = pl.Series(places, dtype=pl.Int64)
    return frame[name].gather(at.set(at < 0, None)).alias(name)
