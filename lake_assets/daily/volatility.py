"""The volatility of each contract of a close: the vendor's, or the one its mid implies."""

from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from lake_assets.daily.parameters import ChainParams
from lake_assets.kernels.chain_volatility import HIGHEST, LOWEST, Chain, bisect_volatility
from lake_assets.kernels.parity import CALL, PUT
from lake_assets.market.chain_vocabulary import CallPut, IvSource
from lake_assets.market.price import NANOS_PER_MICRO, NANOS_PER_SECOND
from lake_assets.market.sessions import Calendar, Session, is_session, session_on

_RIGHTS: Final = {CallPut.CALL.value: CALL, CallPut.PUT.value: PUT}
_EXPIRY: Final = time(16)
_YEAR_NS: Final = 365 * 86_400 * NANOS_PER_SECOND
_HOUR_YEARS: Final = 1 / 8760


def solve_volatility(chain: pl.DataFrame, session: Session, params: ChainParams) -> pl.DataFrame:
    """With ``solved_iv``: null where the mid or the underlying is, and where none gives the mid.

    Time runs from a contract's quote, or the session's close if that is unknown, to 16:00 in New
    York on its expiration, or the close of a short day; an hour at least.
    """
    closes = session.rth.closes if session.rth else session.hours.closes
    # polars keeps the type of what it replaces by an empty table
    ends = {day: expires_ns(day) for day in chain["expiration"].unique()} or {session.day: closes}
    end = chain["expiration"].replace_strict(ends, return_dtype=pl.Int64).to_numpy()
    start = (chain["quote_time"].dt.epoch("us") * NANOS_PER_MICRO).fill_null(closes).to_numpy()
    priced = Chain(
        spot=_floats(chain["underlying_price"]),
        strike=_floats(chain["strike"]),
        right=chain["option_type"]
        .cast(pl.String)
        .replace_strict(_RIGHTS, return_dtype=pl.Int8)
        .to_numpy(writable=True),
        years=np.maximum((end - start) / _YEAR_NS, _HOUR_YEARS),
        mid=_floats(chain["mid"]),
    )
    found = bisect_volatility(priced, params.iv_rate, params.iv_yield)
    return chain.with_columns(solved_iv=pl.Series(found, dtype=pl.Float64).fill_nan(None))


def expires_ns(day: date) -> int:
    """When a contract expires: 16:00 in New York, or when a short day closes; ns UTC."""
    if is_session(day) and (hours := session_on(day).rth) is not None:
        return hours.closes
    local = datetime.combine(day, _EXPIRY, ZoneInfo(Calendar.NEW_YORK.zone))
    return int(local.astimezone(UTC).timestamp()) * NANOS_PER_SECOND


def choose_volatility(chain: pl.DataFrame) -> pl.DataFrame:
    """With ``iv`` and ``iv_source``: the vendor's where it is within 0.01 to 5, else the solved."""
    vendor, solved = (
        pl.col(name).is_between(LOWEST, HIGHEST).fill_null(value=False)
        for name in ("vendor_iv", "solved_iv")
    )
    source = (
        pl.when(vendor)
        .then(pl.lit(IvSource.VENDOR.value))
        .when(solved)
        .then(pl.lit(IvSource.SOLVED.value))
        .otherwise(pl.lit(IvSource.NONE.value))
    )
    return chain.with_columns(
        iv=pl.when(vendor).then("vendor_iv").when(solved).then("solved_iv"), iv_source=source
    )


def _floats(values: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return values.fill_null(np.nan).to_numpy(writable=True)
