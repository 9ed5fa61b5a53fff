"""Dealers' gamma around a level at a minute's start."""

from typing import Any

import numpy as np
import pandas as pd

from lake_assets.physics.parameters import SignalParams


class Fuel:
    """The flow of every minute, asked level by level; a level asked again is remembered."""

    def __init__(self, flow: pd.DataFrame, params: SignalParams) -> None:
        self.params = params
        self.minutes = {
            end: {name: rows[name].to_numpy() for name in _COLUMNS}
            for end, rows in flow.groupby("end_ns")
        }
        self.asked: dict[tuple[int, int], dict[str, Any]] = {}

    def at(self, minute_ns: int, level_u: int) -> dict[str, Any]:
        """Gamma of the strikes in reach of a level."""
        key = (minute_ns, level_u)
        if key not in self.asked:
            self.asked[key] = self._sum(self.minutes.get(minute_ns), level_u)
        return self.asked[key]

    def _sum(self, flow: dict[str, np.ndarray] | None, level_u: int) -> dict[str, Any]:
        if flow is None:
            return {"effect": None, "fuel_volume": np.nan}
        near = np.abs(flow["strike_u"] - level_u) <= self.params.fuel_strike_range_u
        rows = {name: column[near] for name, column in flow.items()}
        known = ~np.isnan(rows["gamma"])
        volume = rows["volume"].sum()
        found: dict[str, Any] = {
            "effect": None,
            "fuel_volume": volume,
            "fuel_gamma_share": rows["volume"][known].sum() / volume if volume else np.nan,
        }
        if not known.any():
            return found
        exposure = rows["dealer_gamma"][known].sum()
        variance = ((100 * rows["gamma"][known]) ** 2 * rows["size_sq"][known]).sum()
        gross = np.where(known, rows["gross_gamma"], 0)
        found["gamma_exposure"] = exposure
        found["fuel_call_gamma"] = gross[rows["right"] == "C"].sum()
        found["fuel_put_gamma"] = gross[rows["right"] == "P"].sum()
        if variance > 0:
            found["effect"] = self._effect(round(exposure / np.sqrt(variance), 9))
        return found

    def _effect(self, z: float) -> str:
        if z <= -self.params.fuel_z:
            return "AMPLIFY"
        return "DAMPEN" if z >= self.params.fuel_z else "NEUTRAL"


_COLUMNS = (
    "strike_u",
    "right",
    "volume",
    "size_sq",
    "gamma",
    "gross_gamma",
    "dealer_gamma",
)


def measure_fuel(touches: pd.DataFrame, fuel: Fuel, walls: pd.DataFrame) -> pd.DataFrame:
    """The fuel of each touch, in the touches' order, with the walls of its minute."""
    found = pd.DataFrame(
        [fuel.at(m, u) for m, u in zip(touches.minute_ns, touches.level_u, strict=True)]
    )
    return found.join(walls.reindex(touches.minute_ns).reset_index(drop=True))
