"""Scenes of a few rows: a test states the columns it is about, the rest is dull."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from lake_assets.catalog.option_books import OPTION_BOOKS
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.option_state import build_option_state
from lake_assets.seconds.parameters import StateParams
from lake_assets_tests.seconds.tapes import DAY, short

EXPIRY = DAY + timedelta(days=6)
STRIKE = 24_600
SPOT = 24_600.0
ORDER = ("expiry", "opt_type", "strike", "timestamp")


def row(second: float, opt_type: str = "CE", strike: int = STRIKE, **columns) -> dict:
    """A row of a contract so many seconds after the open; ``sizes`` are (bids, asks)."""
    bids, asks = columns.pop("sizes", ([300] * 5, [300] * 5))
    dull = {
        "second": second,
        "opt_type": opt_type,
        "strike": strike,
        "expiry": EXPIRY,
        "volume": 1_000,
        "vol_delta": 0,
        "bp0": 100.0,
        "sp0": 100.5,
        "spot_price": SPOT,
        **{f"bq{level}": size for level, size in enumerate(bids)},
        **{f"sq{level}": size for level, size in enumerate(asks)},
    }
    return dull | columns


def both(second: float, **columns) -> list[dict]:
    """The same row of the call and the put."""
    return [row(second, right, **columns) for right in ("CE", "PE")]


def books(rows: list[dict], underlying: str = "NIFTY", day: date = DAY) -> pl.DataFrame:
    """Rows of `bronze/option_books`, in order."""
    registered = underlying_named(underlying)
    opens_us = session_on(day, registered.calendar).rth.opens // 1_000
    whole = [
        {
            "timestamp": datetime.fromtimestamp(0, UTC)
            + timedelta(microseconds=opens_us + round(given["second"] * 1e6)),
            "timestamp_ns": (opens_us + round(given["second"] * 1e6)) * 1_000,
            "underlying": underlying,
            "session_date": day,
            "price": None,
            "vol_flag": "ok",
            "vol_elapsed_s": None,
            "vendor_vol_delta": None,
            "oi": None,
            **{name: value for name, value in given.items() if name != "second"},
        }
        for given in rows
    ]
    return pl.DataFrame(whole, schema=OPTION_BOOKS.of(underlying).dtypes).sort(ORDER)


def state(
    rows: list[dict], seconds: int = 30, underlying: str = "NIFTY", day: date = DAY, **params
) -> pl.DataFrame:
    """The state of a session that closes so many seconds after its open."""
    registered = underlying_named(underlying)
    session = short(session_on(day, registered.calendar), seconds)
    made = books(rows, underlying, day)
    return build_option_state(made, session, registered, StateParams(**params))
