"""SPY as the future tells it at a moment, and what is left until the options expire."""

from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.kernels.parity import YEAR_S
from lake_assets.market.price import NANOS_PER_MINUTE, NANOS_PER_SECOND, UNITS_PER_TICK
from lake_assets.physics.minutes import basis_in_force
from lake_assets.physics.order import I8
from lake_assets.physics.parameters import OptionParams
from lake_assets.physics.session_trades import SessionTrades

F8: TypeAlias = npt.NDArray[np.float64]

UNKNOWN_SPOT: Final = 0


def spot_before(
    moments: I8, trades: SessionTrades, es_spy_basis: pl.DataFrame, params: OptionParams
) -> I8:
    """Price of the last trade before each moment, by the basis of the moment's minute.

    Units of $0.0001; `UNKNOWN_SPOT` where no trade is ``spot_max_age_s`` old or less.
    """
    last = trades.places(moments) - 1
    known = last >= 0
    spot_u = np.full(moments.shape, UNKNOWN_SPOT, np.int64)
    known[known] = (
        moments[known] - trades.ns[last[known]] <= params.spot_max_age_s * NANOS_PER_SECOND
    )
    minutes = pl.Series(moments[known] // NANOS_PER_MINUTE * NANOS_PER_MINUTE, dtype=pl.Int64)
    basis_u = basis_in_force(minutes, es_spy_basis)["basis_u"].to_numpy()
    spot_u[known] = trades.ticks[last[known]] * UNITS_PER_TICK - basis_u
    return spot_u


def known_spot(spot_u: I8) -> pl.Series:
    """Spots as a column: null where there is none."""
    return pl.Series(spot_u).set(pl.Series(spot_u == UNKNOWN_SPOT), None)


def years_left(moments: I8, close_ns: int, params: OptionParams) -> F8:
    """Time to the close that the options expire at, in years of 365 days, never below the least.

    One division, so that equal times left give equal bits.
    """
    least_ns = params.min_time_s * NANOS_PER_SECOND
    years: F8 = np.maximum(close_ns - moments, least_ns) / (YEAR_S * NANOS_PER_SECOND)
    return years
