"""Small option states and books: a test states the price path and the cells it is about.

Second 0 is the open; a session is as long as its path. Everything not stated is known and dull.
Volatilities follow from the path by their definition, so a test cannot contradict itself.
"""

from datetime import date

import numpy as np
import polars as pl

from lake_assets.market.option_vocabulary import DteBucket, OptionType, TimeOfDay
from lake_assets.market.sessions import Interval, Nanos, Session, session_on
from lake_assets.market.underlyings import underlying_named

DAY = date(2025, 8, 1)
SECOND = 10**9
NIFTY, BANKNIFTY, SPY = (underlying_named(name) for name in ("NIFTY", "BANKNIFTY", "SPY"))
OPEN_NS = int(session_on(DAY, NIFTY.calendar).rth.opens)
MAX_AGE = 5
SLOTS = ("_m2", "_m1", "", "_p1", "_p2")
LEG = {
    "bid": (99.75, pl.Float64),
    "ask": (100.25, pl.Float64),
    "spread": (0.5, pl.Float64),
    "observed": (True, pl.Boolean),
    "vol_delta": (0, pl.Int64),
    "bid_size": (300, pl.Int64),
    "ask_size": (300, pl.Int64),
    "bid_depth_5": (1_500, pl.Int64),
    "ask_depth_5": (1_500, pl.Int64),
    "bid_pull": (False, pl.Boolean),
    "ask_pull": (False, pl.Boolean),
    "bid_replenish": (False, pl.Boolean),
    "ask_replenish": (False, pl.Boolean),
    "pull_rate_30s": (0.0, pl.Float64),
    "replenish_rate_30s": (0.0, pl.Float64),
    "flicker_30s": (False, pl.Boolean),
}
WHOLE = {
    "feed_alive": (True, pl.Boolean),
    "session_date": (DAY, pl.Date),
    "expiry": (DAY, pl.Date),
    "dte_days": (0, pl.Int16),
    "dte_bucket": ("0", pl.Enum(DteBucket)),
    "time_of_day": ("morning", pl.Enum(TimeOfDay)),
    "atm_target": (24_000, pl.Int32),
    "flicker_30s": (False, pl.Boolean),
    "opt_vol_1s": (0, pl.Int64),
    "opt_vol_30s": (0, pl.Int64),
    "spread_total": (1.0, pl.Float64),
}


def session_of(seconds: int) -> Session:
    """A session of so many seconds."""
    hours = Interval(Nanos(OPEN_NS), Nanos(OPEN_NS + (seconds - 1) * SECOND))
    return Session(DAY, NIFTY.calendar, hours, hours, "a short one")


def state(path, *, underlying=NIFTY, **cells) -> pl.DataFrame:
    """The state of a session with these prices, None where none was observed.

    A cell's value is repeated, a list is a column, a dict holds the seconds that differ.
    """
    declared = {
        **WHOLE,
        **{f"{leg}_{name}": given for leg in ("ce", "pe") for name, given in LEG.items()},
        **{
            f"{leg}_{name}{slot}": given
            for leg in ("ce", "pe")
            for at, slot in enumerate(SLOTS)
            for name, given in _slot(at, underlying).items()
        },
        **_spot(path),
    }
    unknown = sorted(cells.keys() - declared.keys())
    if unknown:
        raise KeyError(f"no test needs {', '.join(unknown)} of a state")
    seconds = len(path)
    return _clock(seconds, underlying).with_columns(
        pl.Series(name, _column(cells.get(name, value), value, seconds), dtype=dtype, strict=False)
        for name, (value, dtype) in declared.items()
    )


def _clock(seconds: int, underlying) -> pl.DataFrame:
    stamps = pl.Series("timestamp_ns", OPEN_NS + np.arange(seconds) * SECOND)
    later = 2 if underlying is not SPY else 1
    return pl.DataFrame([stamps]).with_columns(
        timestamp=_moments(stamps),
        known_at=_moments(stamps + later * SECOND),
        underlying=pl.lit(underlying.name, dtype=pl.Enum([underlying.name])),
        second_of_session=pl.Series(np.arange(seconds), dtype=pl.Int32),
    )


def _moments(nanos: pl.Series) -> pl.Series:
    return (nanos // 1_000).cast(pl.Datetime("us", "UTC"))


def _slot(at: int, underlying) -> dict:
    strike = 24_000 + (at - 2) * underlying.strike_step
    return {"strike": (strike, pl.Int32), "iv": (0.15, pl.Float64)}


def _spot(path) -> dict:
    """Price in force, whether it was seen, and its volatilities."""
    held, age = [], MAX_AGE + 1
    for price in path:
        age = 0 if price is not None else age + 1
        held.append(price if age == 0 else held[-1] if held and age <= MAX_AGE else None)
    return {
        "spot_price": (held, pl.Float64),
        "spot_observed": ([price is not None for price in path], pl.Boolean),
        **{f"rv_{w}s": (volatility(path, w), pl.Float64) for w in (10, 30, 120)},
    }


def volatility(path, window: int) -> list:
    """Root mean square of the one-second returns of a window, 80 % of which must be known."""
    spot = np.array([np.nan if price is None else price for price in path], float)
    returns = np.concatenate(([np.nan], np.log(spot[1:] / spot[:-1])))
    padded = np.concatenate((np.full(window - 1, np.nan), returns))
    windows = np.lib.stride_tricks.sliding_window_view(padded, window)
    known = (~np.isnan(windows)).sum(axis=1)
    squares = np.nansum(windows**2, axis=1)
    enough = (known * 10 >= window * 8) & (np.arange(len(path)) >= window)
    return [
        float(np.sqrt(s / n)) if ok else None
        for s, n, ok in zip(squares, known, enough, strict=True)
    ]


def _column(given, usual, seconds: int) -> list:
    if isinstance(given, dict):
        column = _column(usual, usual, seconds)
        for second, value in given.items():
            column[second] = value
        return list(column)
    return list(given) if isinstance(given, list) else [given] * seconds


def books(quotes, *, levels=5) -> pl.DataFrame:
    """Books of contracts: {(right, strike): {second: (bid, ask, size of a side, traded)}}.

    Every side's size rests in equal parts on its levels; a price may be None.
    """
    rows = [
        {
            "timestamp_ns": OPEN_NS + int(second * SECOND),
            "expiry": DAY,
            "opt_type": right,
            "strike": strike,
            "vol_delta": traded,
            "bp0": bid,
            "sp0": ask,
            **{
                f"{side}q{level}": size // levels if level < levels else None
                for side in "bs"
                for level in range(5)
            },
        }
        for (right, strike), path in quotes.items()
        for second, (bid, ask, size, traded) in path.items()
    ]
    sizes = {f"{side}q{level}": pl.Int64 for side in "bs" for level in range(5)}
    return pl.DataFrame(
        rows,
        schema={
            "timestamp_ns": pl.Int64,
            "expiry": pl.Date,
            "opt_type": pl.Enum(OptionType),
            "strike": pl.Int32,
            "vol_delta": pl.Int64,
            "bp0": pl.Float64,
            "sp0": pl.Float64,
            **sizes,
        },
    )


NO_BOOKS = books({})


def quiet(seconds: int, price=24_000.0) -> list:
    """A path that trembles by half a point and does nothing else."""
    return [price + 0.5 * (i % 2) for i in range(seconds)]


def burst_path() -> list:
    """A rise of ten points within ten seconds, worked out by hand: seconds 0 to 200."""
    rise = [24_002.0, 24_004.5, 24_007.0, 24_009.5, 24_012.0]
    after = [24_012.0 if i % 2 == 0 else 24_011.5 for i in range(156, 201)]
    return quiet(151) + rise + after


def merged_path() -> list:
    """The same, and five seconds after its end another: seconds 0 to 220."""
    rise = [24_014.5, 24_017.0, 24_019.5, 24_022.0, 24_024.5]
    after = [24_024.5 if i % 2 == 1 else 24_024.0 for i in range(171, 221)]
    return burst_path()[:166] + rise + after


def mirrored(path, about=24_000.0) -> list:
    """Every move turned round; differences stay exact, for prices are multiples of 0.05."""
    return [None if p is None else round(2 * about - p, 2) for p in path]
