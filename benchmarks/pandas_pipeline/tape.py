"""The tape before a moment: who hit whom at a level, how fast, and in which sweep."""

from typing import Any

import numpy as np
import pandas as pd

from benchmarks.pandas_pipeline.day import F8, I8, SECOND, TICK_UNITS, Day
from lake_assets.physics.parameters import SignalParams

_MS = 1_000_000
_USD_A_LOT = 12.5  # of notional: a tick of price times a contract


class Tape:
    """The front contract's trades as arrays, asked at one moment after another."""

    def __init__(self, day: Day, params: SignalParams) -> None:
        trades = day.trades
        self.ns: I8 = trades.ts_event_ns.to_numpy()
        self.ticks: I8 = trades.price_ticks.to_numpy().astype(np.int64)
        self.size: I8 = trades["size"].to_numpy()
        self.side: I8 = trades.aggressor.to_numpy()
        self.params = params

    def before(self, end_ns: int, level_e: int) -> dict[str, Any]:
        """The window that ends at a moment, at a level."""
        params = self.params
        opens = end_ns - params.tape_window_s * SECOND
        start, stop = np.searchsorted(self.ns, [opens, end_ns])
        ns, ticks = self.ns[start:stop], self.ticks[start:stop]
        band = np.abs(ticks * TICK_UNITS - level_e) <= params.tape_band_u
        size, side = self.size[start:stop][band], self.side[start:stop][band]
        bought, sold = int(size[side > 0].sum()), int(size[side < 0].sum())
        direction, notional = self._sweep(ns[band], ticks[band], size, side)
        known = bought + sold
        return {
            "tape_buy_vol": bought,
            "tape_sell_vol": sold,
            "tape_unknown_vol": int(size[side == 0].sum()),
            "tape_trades": int(stop - start),
            "tape_velocity": band.sum() / params.tape_window_s,
            "tape_imbalance": (bought - sold) / known if known else np.nan,
            "tape_price_slope": _slope((ns - opens) / SECOND, ticks / 4),
            "tape_sweep_direction": direction,
            "tape_sweep_notional": notional,
        }

    def _sweep(self, ns: I8, ticks: I8, size: I8, side: I8) -> tuple[str, float]:
        """The largest one-sided run over several prices, of equals the later."""
        params, known = self.params, side != 0
        ns, ticks, size, side = (column[known] for column in (ns, ticks, size, side))
        if not ns.size:
            return "NONE", np.nan
        cut = (np.diff(side) != 0) | (np.diff(ns) > params.sweep_gap_ms * _MS)
        starts = np.concatenate([[0], np.flatnonzero(cut) + 1])
        notional = np.add.reduceat(ticks * size, starts) * _USD_A_LOT
        stops = np.append(starts[1:], ns.size)
        best, found = -1, np.nan
        for run in np.flatnonzero(notional >= params.sweep_min_notional_usd):
            prices = np.unique(ticks[starts[run] : stops[run]]).size
            if prices >= params.sweep_min_prices and not notional[run] < found:
                best, found = starts[run], notional[run]
        if best < 0:
            return "NONE", np.nan
        return ("UP" if side[best] > 0 else "DOWN"), float(found)


def measure_tape(touches: pd.DataFrame, tape: Tape) -> pd.DataFrame:
    """The tape before each touch, in the touches' order."""
    return pd.DataFrame(
        [tape.before(t, e) for t, e in zip(touches.ts_event_ns, touches.level_e, strict=True)]
    )


def _slope(seconds: F8, points: F8) -> float:
    """Least squares; NaN where there is no line."""
    if seconds.size == 0 or seconds[0] == seconds[-1]:
        return np.nan
    x = seconds - seconds.mean()
    return float((x * (points - points.mean())).sum() / (x * x).sum())
