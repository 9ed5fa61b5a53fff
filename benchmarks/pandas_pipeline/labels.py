"""What price did after each touch."""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.pandas_pipeline.day import F8, I8, MINUTE, SECOND, TICK_UNITS, UNITS, Day
from lake_assets.physics.parameters import SignalParams

_FUTURE = 5 * MINUTE
_NEVER = int(np.iinfo(np.int64).max)


def label_touches(touches: pd.DataFrame, day: Day, params: SignalParams) -> pd.DataFrame:
    """Outcome and path of each touch, in the touches' order."""
    ns = day.trades.ts_event_ns.to_numpy()
    e = day.trades.price_ticks.to_numpy().astype(np.int64) * TICK_UNITS
    labels = pd.DataFrame([_label(t, ns, e, day.closes, params) for t in touches.itertuples()])
    labels["avg_uniqueness"] = _uniqueness(touches.ts_event_ns, labels)
    return labels


def _label(
    touch: Any,  # noqa: ANN401 - a row of itertuples has no type
    ns: I8,
    e: I8,
    closes: int,
    params: SignalParams,
) -> dict[str, Any]:
    at = touch.ts_event_ns
    ends = at + params.label_horizon_min * MINUTE
    if ends > closes:
        return {"outcome": None, "label_reason": "PAST_CLOSE", "label_end_ns": ends}
    start, stop = np.searchsorted(ns, [at, ends], side="right")
    stamps, y = ns[start:stop], touch.sign * (e[start:stop] - touch.level_e)
    silences = np.diff(np.concatenate([[at], stamps, [ends]]))
    if silences.max() > params.label_gap_s * SECOND:
        return {"outcome": None, "label_reason": "DATA_GAP", "label_end_ns": ends}
    y0, threshold = touch.sign * (touch.e - touch.level_e), params.label_threshold_u
    up = threshold + (y0 if params.label_shift_outside and y0 >= threshold else 0)
    down = -threshold + (y0 if params.label_shift_outside and y0 <= -threshold else 0)
    broke, bounced = _first(stamps[y > up]), _first(stamps[y < down])
    decided = min(broke, bounced, ends)
    outcome = "BREAK" if decided == broke else "BOUNCE" if decided == bounced else "CHOP"
    last = np.searchsorted(ns, at + _FUTURE, side="right") - 1
    return {
        "outcome": outcome,
        "label_reason": "OK",
        "future_price_5min": (e[last] - touch.basis_u) / UNITS,
        "excursion_max": y.max() / UNITS,
        "excursion_min": y.min() / UNITS,
        "label_barrier_shifted": up - down != 2 * threshold,
        "time_to_break_s": (broke - at) / SECOND if broke < _NEVER else np.nan,
        "time_to_bounce_s": (bounced - at) / SECOND if bounced < _NEVER else np.nan,
        "label_end_ns": decided,
    }


def _first(stamps: I8) -> int:
    return int(stamps[0]) if stamps.size else _NEVER


def _uniqueness(at: pd.Series, labels: pd.DataFrame) -> F8:
    """Mean over a label's seconds of one over the labels alive in each."""
    known = labels.outcome.notna().to_numpy()
    first, last = at.to_numpy() // SECOND, labels.label_end_ns.to_numpy() // SECOND
    base = first.min() if len(first) else 0
    alive = np.zeros(int((last - base).max(initial=0)) + 2)
    np.add.at(alive, first[known] - base, 1)
    np.add.at(alive, last[known] - base + 1, -1)
    share = np.cumsum(1 / np.maximum(np.cumsum(alive), 1))
    before = np.concatenate([[0.0], share])
    mean = (before[last - base + 1] - before[first - base]) / (last - first + 1)
    return np.where(known, mean, np.nan)
