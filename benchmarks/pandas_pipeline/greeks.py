"""Volatility and greeks of every print, by Newton's method on whole columns."""

import numpy as np
import pandas as pd
from scipy.special import ndtr

from benchmarks.pandas_pipeline.basis import YEAR_S
from benchmarks.pandas_pipeline.day import F8, I8, MINUTE, SECOND, TICK_UNITS, UNITS, Day
from lake_assets.physics.parameters import SignalParams

CONTRACT = ["strike_u", "right"]
_STEPS = 100


def price_greeks(day: Day, basis: pd.Series, params: SignalParams) -> pd.DataFrame:
    """The prints with spot, years, own and used volatility and the greeks."""
    prints = day.options
    ns = prints.ts_event_ns.to_numpy()
    spot = spot_before(ns, day, basis, params)
    years = years_left(ns, day.closes, params)
    strike, call = prints.strike_u.to_numpy() / UNITS, (prints.right == "C").to_numpy()
    quoted = ((prints.bid_u > 0) & (prints.ask_u >= prints.bid_u)).fillna(value=False)
    mid = (prints.bid_u + prints.ask_u) / 2
    price = np.where(quoted, mid, prints.price_u).astype(float) / UNITS
    iv = implied_volatility(price, spot, strike, years, call, params)
    iv[prints.late.to_numpy()] = np.nan
    made = prints.assign(spot=spot, years=years, iv=iv)
    made["iv_used"] = made.groupby(CONTRACT, sort=False).iv.ffill()
    _interpolate(made, params)
    return made.assign(**greeks(spot, strike, years, made.iv_used.to_numpy(), call, params.rate))


def spot_before(ns: I8, day: Day, basis: pd.Series, params: SignalParams) -> F8:
    """Dollars; NaN where the last trade is too old."""
    trade_ns = day.trades.ts_event_ns.to_numpy()
    place = np.searchsorted(trade_ns, ns) - 1
    known = (place >= 0) & (ns - trade_ns[place] <= params.spot_max_age_s * SECOND)
    basis_u = basis.reindex(ns // MINUTE * MINUTE).fillna(0).to_numpy()
    ticks = day.trades.price_ticks.to_numpy().astype(np.int64)[place]
    return np.where(known, (ticks * TICK_UNITS - basis_u) / UNITS, np.nan)


def years_left(ns: I8, closes: int, params: SignalParams) -> F8:
    """Years of 365 days to the close."""
    years: F8 = np.maximum(params.min_time_s, (closes - ns) / SECOND) / YEAR_S
    return years


def implied_volatility(  # noqa: PLR0913, PLR0917 - the columns of an option
    price: F8, spot: F8, strike: F8, years: F8, call: np.ndarray, params: SignalParams
) -> F8:
    """Newton inside a bracket, all options at once; NaN where no volatility gives the price."""
    paid = strike * np.exp(-params.rate * years)
    floor = np.maximum(
        np.maximum(0, np.where(call, spot - strike, strike - spot)),
        np.where(call, spot - paid, paid - spot),
    )
    possible = (price > floor) & (price < np.where(call, spot, paid))
    at = np.flatnonzero(possible)
    iv = np.full(price.size, np.nan)
    low, high = np.full(at.size, params.iv_min), np.full(at.size, params.iv_max)
    ends = [_price(spot[at], paid[at], years[at], sigma, call[at])[0] for sigma in (low, high)]
    inside = (price[at] >= ends[0]) & (price[at] <= ends[1])
    at, low, high = at[inside], low[inside], high[inside]
    # where the curve of price over volatility bends, Newton's method always converges
    inflection = np.sqrt(2 * np.abs(np.log(spot[at] / paid[at])) / years[at])
    sigma = np.clip(np.maximum(inflection, 0.05), low, high)
    for _ in range(_STEPS):
        value, vega = _price(spot[at], paid[at], years[at], sigma, call[at])
        error = value - price[at]
        low, high = np.where(error < 0, sigma, low), np.where(error > 0, sigma, high)
        with np.errstate(divide="ignore", invalid="ignore"):
            tried = sigma - error / vega
        tried = np.where((tried > low) & (tried < high), tried, (low + high) / 2)
        done = np.abs(tried - sigma) <= params.iv_tol
        iv[at[done]] = tried[done]
        keep = ~done
        at, low, high, sigma = at[keep], low[keep], high[keep], tried[keep]
        if not at.size:
            break
    return iv


def _price(spot: F8, paid: F8, years: F8, sigma: F8, call: np.ndarray) -> tuple[F8, F8]:
    """Value and its slope in volatility."""
    spread = sigma * np.sqrt(years)
    d1 = np.log(spot / paid) / spread + spread / 2
    sign = np.where(call, 1.0, -1.0)
    value = sign * (spot * ndtr(sign * d1) - paid * ndtr(sign * (d1 - spread)))
    return value, spot * np.sqrt(years) * _density(d1)


def _density(x: F8) -> F8:
    density: F8 = np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    return density


def gamma_of(spot: F8, strike: F8, years: F8, iv: F8, rate: float) -> F8:
    """Per $1; arguments broadcast."""
    spread = iv * np.sqrt(years)
    d1 = (np.log(spot / strike) + rate * years) / spread + spread / 2
    gamma: F8 = _density(d1) / (spot * spread)
    return gamma


def greeks(  # noqa: PLR0913, PLR0917 - the columns of an option
    spot: F8, strike: F8, years: F8, iv: F8, call: np.ndarray, rate: float
) -> dict[str, F8]:
    """Delta, gamma, theta a day, vega a volatility point."""
    spread, sign = iv * np.sqrt(years), np.where(call, 1.0, -1.0)
    d1 = (np.log(spot / strike) + rate * years) / spread + spread / 2
    paid = strike * np.exp(-rate * years)
    decay = -spot * _density(d1) * iv / (2 * np.sqrt(years))
    carry = sign * rate * paid * ndtr(sign * (d1 - spread))
    return {
        "delta": sign * ndtr(sign * d1),
        "gamma": _density(d1) / (spot * spread),
        "theta": (decay - carry) / 365,
        "vega": spot * _density(d1) * np.sqrt(years) / 100,
    }


def _interpolate(prints: pd.DataFrame, params: SignalParams) -> None:
    """Between the nearest fresh strikes, where a contract has had no volatility yet."""
    ns = prints.ts_event_ns.to_numpy()
    age = params.iv_neighbour_age_s * SECOND
    used = prints.iv_used.to_numpy(copy=True)
    for at in np.flatnonzero(np.isnan(used)):
        window = prints.iloc[np.searchsorted(ns, ns[at] - age) : np.searchsorted(ns, ns[at])]
        same = window[(window.right == prints.right.iat[at]) & window.iv.notna()]
        newest = same.groupby("strike_u").iv.last()
        used[at] = between(newest, prints.strike_u.iat[at])
    prints["iv_used"] = used


def between(newest: pd.Series, strike_u: int) -> float:
    """Linear in strike; NaN without a neighbour on each side."""
    return float(
        np.interp(strike_u, newest.index, newest, left=np.nan, right=np.nan)
        if len(newest)
        else np.nan
    )
