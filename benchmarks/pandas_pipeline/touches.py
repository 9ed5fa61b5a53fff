"""Touches: the first print of each minute within reach of each level known at its start."""

import numpy as np
import pandas as pd

from benchmarks.pandas_pipeline.day import I8, MINUTE, SECOND, TICK_UNITS, UNITS, Day
from lake_assets.physics.parameters import SignalParams

_AVERAGES = {
    "SMA_200": "dist_to_sma_200",
    "SMA_400": "dist_to_sma_400",
    "VWAP": "dist_to_vwap",
}


def find_touches(
    day: Day, levels: pd.DataFrame, basis: pd.Series, params: SignalParams
) -> pd.DataFrame:
    """One row a touch, in order of time, kind and price."""
    ns = day.trades.ts_event_ns.to_numpy()
    e = day.trades.price_ticks.to_numpy().astype(np.int64) * TICK_UNITS
    found = []
    for minute, known in levels.groupby("minute_ns"):
        start, stop = np.searchsorted(ns, [minute, minute + MINUTE])
        if start == stop:
            continue
        level_e = known.level_e.to_numpy()
        near = np.abs(e[start:stop] - level_e[:, None]) <= params.touch_band_u
        touched = near.any(axis=1)
        found.append(known[touched].assign(place=start + near.argmax(axis=1)[touched]))
    touches = pd.concat(found)
    place, level_e = touches.place.to_numpy(), touches.level_e.to_numpy()
    before = e[np.maximum(place - 1, 0)]
    touches = touches.assign(
        ts_event_ns=ns[place],
        e=e[place],
        sign=_approach(e, place, level_e),
        is_entry=(place == 0) | (np.abs(before - level_e) > params.touch_band_u),
        basis_u=basis.reindex(touches.minute_ns).fillna(0).to_numpy(np.int64),
    )
    touches = _measured(touches, levels, e, int(np.searchsorted(ns, day.opens)))
    range_end = day.opens + params.opening_range_min * MINUTE
    touches["is_first_15m"] = touches.ts_event_ns < range_end
    touches = touches.sort_values(["ts_event_ns", "order", "level_u"]).reset_index(drop=True)
    return _with_names(touches, day, params)


def _approach(e: I8, place: I8, level_e: I8) -> I8:
    """+1 where price came from below: walk back to the first price off the level."""
    signs = np.empty(len(place), np.int64)
    for row, (at, level) in enumerate(zip(place.tolist(), level_e.tolist(), strict=True)):
        back = at - 1
        while back >= 0 and e[back] == level:
            back -= 1
        if back >= 0:
            signs[row] = 1 if e[back] < level else -1
        else:
            signs[row] = -1 if e[at] > level else 1
    return signs


def _measured(touches: pd.DataFrame, levels: pd.DataFrame, e: I8, first: int) -> pd.DataFrame:
    """Distances, and the place in the day's range so far."""
    spot_u = touches.e - touches.basis_u
    touches = touches.assign(
        spot_u=spot_u, spot=spot_u / UNITS, distance=(touches.e - touches.level_e).abs() / UNITS
    )
    since = pd.Series(e[first:])
    at = touches.place.to_numpy() - first
    low, high = since.cummin().to_numpy()[at], since.cummax().to_numpy()[at]
    width = np.where(high > low, high - low, np.nan)
    touches["session_position"] = (touches.e - low) / width
    for kind, name in _AVERAGES.items():
        level = levels[levels.kind == kind].set_index("minute_ns").level_u
        touches[name] = (touches.spot_u - level.reindex(touches.minute_ns).to_numpy()) / UNITS
    return touches


def _with_names(touches: pd.DataFrame, day: Day, params: SignalParams) -> pd.DataFrame:
    date = day.session.day.isoformat()
    touches["direction"] = np.where(touches.sign > 0, "UP", "DOWN")
    cents = (touches.level_u / 100).round().astype(np.int64).astype(str)
    at = touches.ts_event_ns.astype(str)
    touches["event_id"] = (
        date + "_" + touches.kind + "_" + cents + "_" + at + "_" + touches.direction
    )
    gap = touches.groupby("level_id").ts_event_ns.diff()
    starts = gap.isna() | (gap > params.episode_gap_s * SECOND)
    episode = starts.groupby(touches.level_id).cumsum()
    keys = [touches.level_id, episode]
    touches["episode_seq"] = touches.groupby(keys).cumcount() + 1
    begun = touches.groupby(keys).ts_event_ns.transform("first").astype(str)
    touches["episode_id"] = date + "_" + touches.level_id + "_" + begun
    return touches
