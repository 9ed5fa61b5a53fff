"""Every level known at each minute's start."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from benchmarks.pandas_pipeline.day import MINUTE, TICK_UNITS, Day
from lake_assets.market.vocabulary import LevelKind
from lake_assets.physics.parameters import SignalParams

_PREMARKET = 330 * MINUTE
_SMA = {"SMA_200": 200, "SMA_400": 400}
_KINDS = {kind.value: place for place, kind in enumerate(LevelKind)}


def list_levels(  # noqa: PLR0913, PLR0917 - the arguments are the table's lineage
    day: Day,
    basis: pd.Series,
    bars: pd.DataFrame,
    flow: pd.DataFrame,
    walls: pd.DataFrame,
    params: SignalParams,
) -> pd.DataFrame:
    """Rows by minute, kind and price; both scales."""
    future = pd.concat([_of_windows(day, params), _of_averages(day, bars)], axis=1)
    spot_e = future.pop("spot")
    basis_u = basis.reindex(future.index).fillna(0).astype(np.int64)
    born_es = future.stack().dropna().rename("level_e").reset_index()
    born_es.columns = ["minute_ns", "kind", "level_e"]
    born_es["level_u"] = born_es.level_e - basis_u.loc[born_es.minute_ns].to_numpy()
    born_spy = pd.concat(
        [_rounds(spot_e - basis_u, params), *_of_options(future.index, flow, walls, params)]
    )
    born_spy["level_e"] = born_spy.level_u + basis_u.loc[born_spy.minute_ns].to_numpy()
    found = pd.concat([born_es, born_spy]).astype({"level_u": np.int64, "level_e": np.int64})
    order = found.kind.map(_KINDS)
    found = found.assign(order=order).sort_values(["minute_ns", "order", "level_u"])
    found["level_id"] = _names(found)
    return found.reset_index(drop=True)


def _names(found: pd.DataFrame) -> pd.Series:
    many = found.kind.isin(["ROUND", "STRIKE"])
    cents = (found.level_u / 100).round() / 100
    return found.kind.where(~many, found.kind + "_" + cents.map("{:.2f}".format))


def _of_windows(day: Day, params: SignalParams) -> pd.DataFrame:
    """Premarket, opening range, session so far, VWAP and the last price; units in ES scale."""
    trades, opens = day.trades, day.opens
    minutes = np.arange(opens, day.closes, MINUTE)
    found = pd.DataFrame(index=minutes)
    ns = trades.ts_event_ns.to_numpy()
    e = trades.price_ticks.astype(np.int64) * TICK_UNITS
    size = trades["size"]
    first = np.searchsorted(ns, opens)
    range_end = opens + params.opening_range_min * MINUTE
    for name, start, stop in (("PM", opens - _PREMARKET, opens), ("OR", opens, range_end)):
        inside = e[np.searchsorted(ns, start) : np.searchsorted(ns, stop)]
        if len(inside):
            found.loc[minutes >= stop, f"{name}_HIGH"] = inside.max()
            found.loc[minutes >= stop, f"{name}_LOW"] = inside.min()
    place = np.searchsorted(ns, minutes) - 1
    since = e[first:]
    so_far = {
        "SESSION_HIGH": since.cummax(),
        "SESSION_LOW": since.cummin(),
        "VWAP": ((since * size[first:]).cumsum() / size[first:].cumsum()).round(),
    }
    for name, values in so_far.items():
        found[name] = np.where(place >= first, values.reindex(np.maximum(place, first)), np.nan)
    found["spot"] = e.to_numpy()[place]
    return found


def _of_averages(day: Day, bars: pd.DataFrame) -> pd.DataFrame:
    minutes = np.arange(day.opens, day.closes, MINUTE)
    closes = bars.close_ticks.astype(np.int64) * TICK_UNITS
    done = np.searchsorted(bars.end_ns.to_numpy(), minutes, side="right") - 1
    found = {
        name: closes.rolling(count).mean().round().to_numpy()[done] for name, count in _SMA.items()
    }
    return pd.DataFrame(found, index=minutes)


def _rounds(spot_u: pd.Series, params: SignalParams) -> pd.DataFrame:
    """Whole dollars within reach of the last price."""
    step, reach = params.round_step_u, params.round_range_u
    rows = [
        (minute, level_u)
        for minute, price in spot_u.items()
        for level_u in range(-int((reach - price) // step) * step, int(price) + reach + 1, step)
    ]
    return pd.DataFrame(rows, columns=["minute_ns", "level_u"]).assign(kind="ROUND")


def _of_options(
    minutes: pd.Index, flow: pd.DataFrame, walls: pd.DataFrame, params: SignalParams
) -> Iterator[pd.DataFrame]:
    volume = flow[flow.end_ns.isin(minutes)].groupby(["end_ns", "strike_u"]).volume.sum()
    strikes = volume[volume >= params.strike_min_volume].reset_index()[["end_ns", "strike_u"]]
    yield strikes.set_axis(["minute_ns", "level_u"], axis=1).assign(kind="STRIKE")
    names = {"call": "CALL_WALL", "put": "PUT_WALL", "flip": "GAMMA_FLIP"}
    for column, kind in names.items():
        known = walls.loc[walls.index.isin(minutes), column].dropna().reset_index()
        yield known.set_axis(["minute_ns", "level_u"], axis=1).assign(kind=kind)
