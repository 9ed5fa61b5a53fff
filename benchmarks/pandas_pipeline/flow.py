"""Volume, net flow and gamma of each contract by minute, the walls and the gamma flip."""

from itertools import pairwise

import numpy as np
import pandas as pd

from benchmarks.pandas_pipeline.day import F8, MINUTE, SECOND, UNITS, Day
from benchmarks.pandas_pipeline.greeks import (
    CONTRACT,
    between,
    gamma_of,
    spot_before,
    years_left,
)
from lake_assets.physics.parameters import SignalParams


def sum_flow(
    day: Day, prints: pd.DataFrame, basis: pd.Series, params: SignalParams
) -> pd.DataFrame:
    """A row for each minute end and contract that traded by then."""
    ends = np.arange(day.opens + MINUTE, day.closes + 1, MINUTE)
    bucket = np.maximum(prints.ts_event_ns // MINUTE * MINUTE + MINUTE, day.opens + MINUTE)
    size, side = prints["size"], prints.aggressor
    parts = prints[CONTRACT].assign(
        end_ns=bucket,
        volume=size,
        premium=prints.price_u * size * 100 / UNITS,
        net=size * side,
        size_sq=(size * size).where(side != 0, 0),
    )
    sums = parts.groupby(["end_ns", *CONTRACT]).sum().unstack(CONTRACT)
    sums = sums.reindex(ends).fillna(0).cumsum()
    flow = sums.stack(CONTRACT, future_stack=True).reset_index()
    known = prints.assign(end_ns=bucket).dropna(subset=["iv"])
    newest = known.groupby(["end_ns", *CONTRACT]).agg(iv=("iv", "last"), at=("ts_event_ns", "last"))
    newest = newest.unstack(CONTRACT).reindex(ends).ffill()
    held = newest.stack(CONTRACT, future_stack=True).reset_index()
    flow = flow.merge(held, on=["end_ns", *CONTRACT], how="left")
    flow = _with_neighbours(flow, params)
    flow = flow[flow.volume > 0].reset_index(drop=True)
    spot = pd.Series(spot_before(ends, day, basis, params), index=ends)
    flow["spot"] = spot.loc[flow.end_ns].to_numpy()
    flow["years"] = years_left(flow.end_ns.to_numpy(), day.closes, params)
    strike = flow.strike_u.to_numpy() / UNITS
    flow["gamma"] = gamma_of(
        flow.spot.to_numpy(), strike, flow.years.to_numpy(), flow.iv.to_numpy(), params.rate
    )
    flow["gross_gamma"] = flow.volume * flow.gamma * 100
    flow["dealer_gamma"] = -flow.net * flow.gamma * 100
    return flow


def _with_neighbours(flow: pd.DataFrame, params: SignalParams) -> pd.DataFrame:
    """Interpolate where a contract that traded has had no volatility of its own."""
    age = params.iv_neighbour_age_s * SECOND
    iv = flow.iv.to_numpy(copy=True)
    missing = flow[(flow.volume > 0) & flow.iv.isna()]
    fresh = flow[flow.iv.notna() & (flow.end_ns - flow["at"] <= age)]
    smiles = dict(iter(fresh.set_index("strike_u").groupby(["end_ns", "right"]).iv))
    for row in missing.itertuples():
        smile = smiles.get((row.end_ns, row.right))
        if smile is not None:
            iv[row.Index] = between(smile.sort_index(), row.strike_u)
    return flow.assign(iv=iv)


def find_walls(flow: pd.DataFrame, params: SignalParams) -> pd.DataFrame:
    """Call wall, put wall and gamma flip of each minute end, units of $0.0001."""
    walls = {end: _walls(rows, params) for end, rows in flow.groupby("end_ns")}
    return pd.DataFrame.from_dict(walls, orient="index", columns=["call", "put", "flip"])


def _walls(rows: pd.DataFrame, params: SignalParams) -> tuple[float, float, float]:
    spot_u = rows.spot.iat[0] * UNITS
    found = []
    for right in "CP":
        mine = rows[(rows.right == right) & (rows.gross_gamma > 0)]
        ranked = mine.assign(gap=(mine.strike_u - spot_u).abs()).sort_values(
            ["gross_gamma", "gap", "strike_u"], ascending=[False, True, True]
        )
        found.append(float(ranked.strike_u.iat[0]) if len(ranked) else np.nan)
    return found[0], found[1], _flip(rows, round(spot_u) if spot_u == spot_u else 0, params)  # noqa: PLR0124


def _flip(rows: pd.DataFrame, spot_u: int, params: SignalParams) -> float:
    held = rows[rows.gamma.notna() & (rows.net != 0)]
    if not len(held):
        return np.nan
    strike, net, iv = (held[name].to_numpy() for name in ("strike_u", "net", "iv"))
    reach = int(params.flip_range_pct / 100 * spot_u / params.flip_step_u) + 1
    tried = spot_u + params.flip_step_u * np.arange(-reach, reach + 1)
    close = 100 * np.abs(tried - spot_u) <= params.flip_range_pct * spot_u
    tried = tried[close & (tried >= strike.min()) & (tried <= strike.max())]
    if not tried.size:
        return np.nan
    gamma = gamma_of(tried[:, None] / UNITS, strike / UNITS, held.years.to_numpy(), iv, params.rate)
    zeros = _zeros(tried.astype(float), (-net * gamma * 100).sum(axis=1), params.flip_epsilon)
    if not zeros:
        return np.nan
    return float(np.rint(min(zeros, key=lambda u: (abs(u - spot_u), u))))


def _zeros(x: F8, y: F8, epsilon: float) -> list[float]:
    """Where the curve changes its sign; what is close to zero is zero."""
    sign = np.where(np.abs(y) <= epsilon * np.abs(y).max(), 0, np.sign(y))
    solid = np.flatnonzero(sign)
    found = []
    for i, j in pairwise(solid):
        if sign[i] == sign[j]:
            continue
        if j == i + 1:
            found.append(x[i] + (x[j] - x[i]) * y[i] / (y[i] - y[j]))
        else:
            found.append((x[i + 1] + x[j - 1]) / 2)
    return found
