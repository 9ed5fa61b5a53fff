"""Strikes where most gamma was traded, and the price where dealers' gamma changes sign."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.gamma_flip import Chain, FlipRule, find_flips
from lake_assets.market.price import UNITS_PER_DOLLAR
from lake_assets.market.vocabulary import OptionRight
from lake_assets.physics.order import ordered_ns
from lake_assets.physics.parameters import OptionParams

WALLS: Final = pl.Schema(
    {
        "end_ns": pl.Int64(),
        "call_wall_u": pl.Int64(),
        "put_wall_u": pl.Int64(),
        "gamma_flip_u": pl.Int64(),
    }
)


def find_walls(option_flow: pl.DataFrame, params: OptionParams) -> pl.DataFrame:
    """Find the call wall, the put wall and the gamma flip at each minute end.

    Returns one row for each end in `silver/option_flow`, in order: ``end_ns``, ``call_wall_u``,
    ``put_wall_u`` and ``gamma_flip_u``, units of $0.0001. A wall is the strike with the largest
    gross gamma of its right, of equals the one nearest to spot, then the lower; null where no
    gamma is above zero. The flip is null where dealers' gamma does not change sign.
    """
    ordered_ns(option_flow, "end_ns", "option_flow")
    flow = option_flow.with_columns(
        # exact: a price in dollars is the float nearest to its units
        spot_u=(pl.col("spot") * UNITS_PER_DOLLAR).round().cast(pl.Int64)
    )
    ends = flow.select("end_ns").unique(maintain_order=True)
    for right, name in ((OptionRight.C, "call_wall_u"), (OptionRight.P, "put_wall_u")):
        wall = _largest(flow.filter(pl.col("right") == right), name)
        ends = ends.join(wall, on="end_ns", how="left", maintain_order="left")
    flips = _flips(flow, params)
    return ends.join(flips, on="end_ns", how="left", maintain_order="left").select(WALLS.names())


def _largest(flow: pl.DataFrame, name: str) -> pl.DataFrame:
    """The wall among contracts of one right."""
    gap_u = (pl.col("strike_u") - pl.col("spot_u")).abs()
    return (
        flow.filter(pl.col("gross_gamma") > 0)
        .sort("end_ns", -pl.col("gross_gamma"), gap_u, "strike_u", maintain_order=True)
        .group_by("end_ns", maintain_order=True)
        .agg(pl.col("strike_u").first().alias(name))
    )


def _flips(flow: pl.DataFrame, params: OptionParams) -> pl.DataFrame:
    """The flip of each end at which somebody's flow has a gamma; the others are left out."""
    held = flow.filter(pl.col("gamma").is_not_null(), pl.col("net_customer") != 0)
    ends = held.select("end_ns", "spot_u", "t_years").unique("end_ns", keep="first").sort("end_ns")
    of_row, of_end = held["end_ns"].to_numpy(), ends["end_ns"].to_numpy()
    chain = Chain(
        held["strike_u"].to_numpy(writable=True),
        held["net_customer"].to_numpy(writable=True),
        held["last_iv"].to_numpy(writable=True),
    )
    flip_u = find_flips(
        chain,
        np.append(np.searchsorted(of_row, of_end), of_row.size),
        ends["spot_u"].to_numpy(writable=True),
        ends["t_years"].to_numpy(writable=True),
        FlipRule(params.flip_range_pct, params.flip_step_u, params.flip_epsilon, params.rate),
    )
    return ends.select("end_ns", pl.Series("gamma_flip_u", flip_u).replace(0, None))
