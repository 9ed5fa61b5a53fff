"""How much of what two pipelines say of a session is the same."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd
import polars as pl

_TOLERANCE: Final = 1e-6  # relative, of floats
_SAID: Final = {
    "tape": {
        "tape_buy_vol": "tape_buy_vol",
        "tape_sell_vol": "tape_sell_vol",
        "tape_unknown_vol": "tape_unknown_vol",
        "tape_trades": "tape_trades",
        "tape_velocity": "tape_velocity",
        "tape_imbalance": "tape_imbalance",
        "tape_price_slope": "tape_price_slope",
        "tape_sweep_direction": "tape_sweep_direction",
        "tape_sweep_notional": "tape_sweep_notional",
    },
    "labels": {
        "outcome": "outcome",
        "label_reason": "label_reason",
        "future_price_5min": "future_price_5min",
        "excursion_max": "excursion_max",
        "excursion_min": "excursion_min",
        "time_to_break_s": "time_to_break_s",
        "time_to_bounce_s": "time_to_bounce_s",
        "avg_uniqueness": "avg_uniqueness",
    },
    "barrier": {
        "barrier_state": "book_state",
        "barrier_added": "book_added",
        "barrier_canceled": "book_canceled",
        "barrier_filled": "book_filled",
        "barrier_hidden": "book_hidden",
        "barrier_masked_updates": "book_masked",
        "depth_in_zone": "book_depth",
        "wall_ratio": "book_wall_ratio",
    },
    "fuel": {
        "fuel_effect": "effect",
        "gamma_exposure": "gamma_exposure",
        "fuel_call_gamma": "fuel_call_gamma",
        "fuel_volume": "fuel_volume",
    },
    "score": {
        "break_score_raw": "break_score_raw",
        "break_score_smooth": "break_score_smooth",
        "signal": "signal",
        "confidence": "confidence",
    },
}
_TOUCH: Final = {
    "direction": "direction",
    "is_entry": "is_entry",
    "distance": "distance",
    "session_position": "session_position",
    "dist_to_sma_400": "dist_to_sma_400",
    "dist_to_vwap": "dist_to_vwap",
    "episode_id": "episode_id",
}


def agree(theirs: pd.DataFrame, ours: Mapping[str, pl.DataFrame]) -> dict[str, float]:
    """Share of the touches of either that both have and describe alike, then of what is said.

    A touch is one of both if time, kind and price are the same; a table agrees on it if every
    compared column does.
    """
    keys = ["ts_event_ns", "level_kind", "level_u"]
    left = theirs.rename(columns={"kind": "level_kind"}).set_index(keys).add_prefix("theirs_")
    found: dict[str, float] = {}
    for name, columns in {"touches": _TOUCH, **_SAID}.items():
        rows = _plain(ours[name].select(*keys, *columns)).set_index(keys)
        both = left.join(rows, how="inner")
        same = np.ones(len(both), bool)
        for our, their in columns.items():
            same &= _equal(both[our], both[f"theirs_{their}"])
        either = len(left) + len(rows) - len(both)
        found[name] = float(same.sum()) / (either if name == "touches" else max(1, len(both)))
    return found


def _plain(rows: pl.DataFrame) -> pd.DataFrame:
    """The same rows for pandas: closed sets as text, null numbers as NaN."""
    text = rows.with_columns(pl.col(pl.Enum).cast(pl.String))
    return pd.DataFrame({name: text[name].to_numpy() for name in text.columns})


def _equal(ours: pd.Series, theirs: pd.Series) -> np.ndarray:
    if not pd.api.types.is_numeric_dtype(ours):
        a, b = (words.astype(object).fillna("").astype(str) for words in (ours, theirs))
        return np.asarray(a == b)
    a8, b8 = ours.to_numpy(float), theirs.to_numpy(float)
    return np.isclose(a8, b8, rtol=_TOLERANCE, atol=_TOLERANCE, equal_nan=True)
