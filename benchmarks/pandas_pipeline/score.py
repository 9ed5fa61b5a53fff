"""The break score at each touch and at each second before it."""

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.pandas_pipeline.day import F8, MINUTE, SECOND
from benchmarks.pandas_pipeline.fuel import Fuel
from benchmarks.pandas_pipeline.tape import Tape
from lake_assets.physics.components import HEDGE_SCORES, LIQUIDITY_SCORES
from lake_assets.physics.parameters import SignalParams

_PART = 25  # of a tape score: a full slope, a one-sided tape
_LIQUIDITY = {str(state): float(value) for state, value in LIQUIDITY_SCORES.items()}
_HEDGE = {str(effect): float(value) for effect, value in HEDGE_SCORES.items()}


def score_touches(
    touches: pd.DataFrame, barrier: pd.DataFrame, tape: Tape, fuel: Fuel, params: SignalParams
) -> pd.DataFrame:
    """Raw and smooth score, signal and confidence, in the touches' order."""
    seconds = params.score_grid_s + 1
    states = barrier.state.to_numpy().reshape(-1, seconds)
    now = barrier.iloc[seconds - 1 :: seconds].reset_index(drop=True)
    rows = [
        _score(touch, states[place], now.iloc[place], tape, fuel, params)
        for place, touch in enumerate(touches.itertuples())
    ]
    return pd.DataFrame(rows)


def _score(  # noqa: PLR0913, PLR0917 - what a score is made of
    touch: Any,  # noqa: ANN401 - a row of itertuples has no type
    states: np.ndarray,
    now: pd.Series,
    tape: Tape,
    fuel: Fuel,
    params: SignalParams,
) -> dict[str, Any]:
    """One touch: the engines are asked at each second, then weighed."""
    path = np.full(len(states), np.nan)
    for place, state in enumerate(states):
        at = touch.ts_event_ns - (len(states) - 1 - place) * SECOND
        run = tape.before(at, touch.level_e)
        gamma = fuel.at(at // MINUTE * MINUTE, touch.level_u)
        path[place] = _weigh(
            (_LIQUIDITY.get(state), _HEDGE.get(gamma["effect"]), _tape(touch.sign, run, params)),
            params,
        )
    # the last second is the touch itself
    known = not np.isnan(path[-1])
    return {
        "break_score_raw": path[-1],
        "break_score_smooth": _smooth(path, params.score_tau_s),
        "signal": _signal(path, touch.distance, run, params) if known else None,
        "confidence": _confidence(now, run, gamma, params) if known else None,
    }


def _tape(sign: int, run: dict[str, Any], params: SignalParams) -> float | None:
    if not run["tape_trades"]:
        return None
    if run["tape_sweep_direction"] == ("UP" if sign > 0 else "DOWN"):
        return 100.0
    slope, imbalance = sign * run["tape_price_slope"], sign * run["tape_imbalance"]
    steep = _PART * min(1.0, slope / params.tape_slope_full_points_s) if slope > 0 else 0.0
    return steep + (_PART * imbalance if imbalance > 0 else 0.0)


def _weigh(components: tuple[float | None, ...], params: SignalParams) -> float:
    weights = (
        params.score_weight_liquidity,
        params.score_weight_hedge,
        params.score_weight_tape,
    )
    there = [(w, c) for w, c in zip(weights, components, strict=True) if c is not None]
    return sum(w * c for w, c in there) / sum(w for w, _ in there) if there else np.nan


def _smooth(path: F8, tau_s: float) -> float:
    if np.isnan(path[-1]):
        return np.nan
    known = np.flatnonzero(~np.isnan(path))
    mean = path[known[0]]
    for before, at in pairwise(known):
        mean += (1 - np.exp(-(at - before) / tau_s)) * (path[at] - mean)
    return float(mean)


def _signal(path: F8, distance: float, run: dict[str, Any], params: SignalParams) -> str:
    held = path[-1 - params.score_hold_s :]
    if held.min() >= params.break_score:
        return "BREAK"
    if held.max() <= params.reject_score and distance <= params.reject_distance_u / 10_000:
        return "REJECT"
    fought = (
        params.contested_low <= path[-1] <= params.contested_high
        and run["tape_buy_vol"] + run["tape_sell_vol"] >= params.contested_contracts
        and abs(run["tape_imbalance"]) <= params.contested_imbalance
    )
    return "CONTESTED" if fought else "NEUTRAL"


def _confidence(
    now: pd.Series, run: dict[str, Any], gamma: dict[str, Any], params: SignalParams
) -> str:
    churned = min(1.0, now.churn / params.confidence_churn_contracts)
    volume = run["tape_buy_vol"] + run["tape_sell_vol"]
    shares = (
        churned * now.book_coverage_s / params.barrier_window_s,
        min(1.0, volume / params.confidence_tape_contracts),
        min(1.0, gamma["fuel_volume"] / params.confidence_fuel_contracts)
        * gamma.get("fuel_gamma_share", np.nan),
    )
    mean = round(float(np.nan_to_num(shares).sum()) / len(shares), 9)
    if mean >= params.confidence_high:
        return "HIGH"
    return "MEDIUM" if mean >= params.confidence_medium else "LOW"
