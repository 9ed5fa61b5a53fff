"""The basis of each minute by put/call parity, and the bars."""

import numpy as np
import pandas as pd

from benchmarks.pandas_pipeline.day import I8, MINUTE, SECOND, TICK_UNITS, UNITS, Day
from lake_assets.physics.parameters import SignalParams

YEAR_S = 365 * 86_400


def estimate_basis(day: Day, params: SignalParams) -> pd.Series:
    """Units of $0.0001 by minute start, regular hours."""
    quotes = day.options.dropna(subset=["bid_u", "ask_u"])
    ns = quotes.ts_event_ns.to_numpy()
    trade_ns = day.trades.ts_event_ns.to_numpy()
    trade_e = day.trades.price_ticks.to_numpy().astype(np.int64) * TICK_UNITS
    ends = np.arange(day.session.hours.opens + MINUTE, day.closes + 1, MINUTE)
    age = params.parity_quote_age_s * SECOND
    found: dict[int, float] = {}
    for end in ends:
        seen = quotes.iloc[np.searchsorted(ns, end - age) : np.searchsorted(ns, end)]
        if len(seen):
            sample = _sample(seen, trade_ns, trade_e, day.closes, params)
            if sample is not None:
                found[int(end)] = sample
    return _smooth(found, ends, day, params)


def _sample(
    seen: pd.DataFrame, trade_ns: I8, trade_e: I8, closes: int, params: SignalParams
) -> float | None:
    """Median over the strikes nearest the money of ES / 10 less what options imply."""
    newest = seen.drop_duplicates(["strike_u", "right"], keep="last").set_index("strike_u")
    mid = (newest.bid_u + newest.ask_u) / 2
    widest = np.maximum(params.parity_max_spread_u, params.parity_max_spread_pct / 100 * mid)
    spread = newest.ask_u - newest.bid_u
    newest = newest.assign(mid=mid)[(newest.bid_u > 0) & (spread > 0) & (spread <= widest)]
    calls, puts = newest[newest.right == "C"], newest[newest.right == "P"]
    pairs = calls.join(puts, how="inner", suffixes=("_c", "_p"))
    skew = params.parity_max_skew_s * SECOND
    pairs = pairs[(pairs.ts_event_ns_c - pairs.ts_event_ns_p).abs() <= skew]
    later = pairs[["ts_event_ns_c", "ts_event_ns_p"]].max(axis=1).to_numpy()
    place = np.searchsorted(trade_ns, later) - 1
    fresh = (place >= 0) & (trade_ns[place] >= later - skew)
    pairs, later, place = pairs[fresh], later[fresh], place[fresh]
    gap = (pairs.mid_c - pairs.mid_p).to_numpy()
    near = np.flatnonzero(np.abs(gap) <= params.parity_max_gap_u)
    used = near[np.argsort(np.abs(gap[near]), kind="stable")][: params.parity_max_strikes]
    if used.size < params.parity_min_strikes:
        return None
    years = np.maximum(params.min_time_s, (closes - later[used]) / SECOND) / YEAR_S
    implied = pairs.index.to_numpy()[used] * np.exp(-params.rate * years) + gap[used]
    e = trade_e[place[used]]
    value = float(np.median(e - implied))
    newest_e = e[np.argmax(later[used])]
    return value if abs(value) <= params.basis_max_share * newest_e else None


def _smooth(found: dict[int, float], ends: I8, day: Day, params: SignalParams) -> pd.Series:
    """Median of the window; the last one while it is fresh enough; else the plain ratio."""
    values = pd.Series(found, dtype=float).reindex(ends)
    median = values.rolling(params.basis_window_min, min_periods=1).median()
    newest = pd.Series(np.where(values.notna(), ends, np.nan), index=ends).ffill()
    fresh = ends - newest <= params.basis_carry_min * MINUTE
    basis = median.ffill().where(fresh, 0.0).fillna(0.0).round().astype(np.int64)
    return basis[basis.index >= day.opens]


def build_bars(day: Day, basis: pd.Series, period_s: int) -> pd.DataFrame:
    """Bars of the whole session."""
    start = day.trades.ts_event_ns // (period_s * SECOND) * (period_s * SECOND)
    grouped = day.trades.groupby(start)
    bars = grouped["price_ticks"].agg(["first", "max", "min", "last", "count"])
    bars.columns = ["open_ticks", "high_ticks", "low_ticks", "close_ticks", "trades"]
    bars["volume"] = grouped["size"].sum()
    bars["end_ns"] = bars.index + period_s * SECOND
    basis_u = basis.reindex(bars.index).fillna(0)
    for name in ("open", "high", "low", "close"):
        bars[f"{name}_spy"] = (bars[f"{name}_ticks"] * TICK_UNITS - basis_u) / UNITS
    return bars
