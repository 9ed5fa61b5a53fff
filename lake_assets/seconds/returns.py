"""Returns of spot and their size, from observed prices only."""

from typing import Final

import polars as pl

from lake_assets.kernels.returns import acceleration, gaps, log_returns, realized_volatility
from lake_assets.seconds.expiry import F8
from lake_assets.seconds.parameters import StateParams

_LAGS_S: Final = (1, 5, 10)
_RV_WINDOWS_S: Final = (10, 30, 120)
_ACCEL_WINDOW_S: Final = 10


def measure_returns(observed: F8, params: StateParams) -> pl.DataFrame:
    """Returns, volatilities, acceleration and gaps of a price seen in some of the seconds.

    Args:
        observed: (n,) price, NaN where none was seen.
        params: how much of a window must be known.
    """
    least = params.window_known_pct
    columns = {f"ret_{lag}s": pl.Series(log_returns(observed, lag)) for lag in _LAGS_S}
    ret_1s = columns["ret_1s"].to_numpy()
    for window in _RV_WINDOWS_S:
        volatility, known = realized_volatility(ret_1s, window, least)
        columns[f"rv_{window}s"] = pl.Series(volatility)
        columns[f"rv_{window}s_n"] = pl.Series(known)
    columns["accel_10s"] = pl.Series(acceleration(ret_1s, _ACCEL_WINDOW_S, least))
    change, missed = gaps(observed)
    columns["gap_ret"], gap_s = pl.Series(change), pl.Series(missed)
    floats = {n: c.fill_nan(None) if c.dtype.is_float() else c for n, c in columns.items()}
    return pl.DataFrame({**floats, "gap_s": gap_s.set(gap_s == 0, None)})
