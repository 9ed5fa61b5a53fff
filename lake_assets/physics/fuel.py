"""Fuel: what dealers' gamma around a level does to a move through it."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.touch import FUEL
from lake_assets.kernels.fuel import Flow, FuelSums, sum_fuel
from lake_assets.market.vocabulary import FuelEffect
from lake_assets.physics.greeks import right_codes
from lake_assets.physics.option_flow import FLOW_GAMMAS
from lake_assets.physics.order import ordered_ns
from lake_assets.physics.parameters import FuelParams
from lake_assets.physics.rounding import dollars
from lake_assets.physics.walls import find_walls

_KEYS: Final = ("event_id", "ts_event_ns", "level_kind", "level_u")
_Z_DECIMALS: Final = 9


def measure_fuel(
    touches: pl.DataFrame, option_flow: pl.DataFrame, params: FuelParams
) -> pl.DataFrame:
    """Give each touch the dealer gamma around its level.

    Returns the rows of `silver/fuel`, in the touches' order. The flow is that at the start of
    the touch's minute; where it has no gamma in reach of the level, the effect is null: no data
    is never NEUTRAL.
    """
    levels = touches.select("minute_ns", "level_u")
    walls = find_walls(option_flow, params).select(
        minute_ns="end_ns",
        fuel_call_wall=dollars(pl.col("call_wall_u")),
        fuel_put_wall=dollars(pl.col("put_wall_u")),
        fuel_hvl=dollars(pl.col("gamma_flip_u")),
    )
    return (
        pl.concat(
            [touches.select(*_KEYS, "minute_ns"), fuel_at(levels, option_flow, params)],
            how="horizontal",
        )
        .join(walls, on="minute_ns", how="left", maintain_order="left")
        .select(FUEL.dtypes.names())
    )


def fuel_at(levels: pl.DataFrame, option_flow: pl.DataFrame, params: FuelParams) -> pl.DataFrame:
    """The gamma columns of `silver/fuel` for levels at minute starts, row by row.

    ``levels`` has ``minute_ns`` and ``level_u``, in any order: touches, or moments before them.
    """
    ends = ordered_ns(option_flow, "end_ns", "option_flow")
    minutes = levels["minute_ns"].to_numpy()
    starts = np.searchsorted(ends, minutes, side="left")
    stops = np.searchsorted(ends, minutes, side="right")
    sums = sum_fuel(
        _flow(option_flow),
        starts,
        stops,
        levels["level_u"].to_numpy(writable=True),
        params.fuel_strike_range_u,
    )
    return _dress(sums, pl.Series(stops > starts), params)


def _flow(option_flow: pl.DataFrame) -> Flow:
    gammas = option_flow.select(pl.col(FLOW_GAMMAS).fill_null(float("nan")))
    return Flow(
        option_flow["strike_u"].to_numpy(writable=True),
        right_codes(option_flow),
        option_flow["volume"].to_numpy(writable=True),
        option_flow["size_sq"].to_numpy(writable=True),
        *(gammas[name].to_numpy(writable=True) for name in FLOW_GAMMAS),
    )


def _dress(sums: FuelSums, has_flow: pl.Series, params: FuelParams) -> pl.DataFrame:
    """Null is kept apart from zero: a level without gamma, a moment without options."""
    known, exposure = pl.col("measured") > 0, pl.col("gamma_exposure")
    z = exposure / pl.col("variance").sqrt()
    effect = (
        pl.when(pl.col("fuel_flow_z").round(_Z_DECIMALS) <= -params.fuel_z)
        .then(pl.lit(FuelEffect.AMPLIFY))
        .when(pl.col("fuel_flow_z").round(_Z_DECIMALS) >= params.fuel_z)
        .then(pl.lit(FuelEffect.DAMPEN))
        .when(pl.col("fuel_flow_z").is_not_null())
        .then(pl.lit(FuelEffect.NEUTRAL))
    )
    measured = pl.DataFrame(
        {
            "gamma_exposure": sums.dealer,
            "fuel_call_gamma": sums.gross[:, 0],
            "fuel_put_gamma": sums.gross[:, 1],
            "variance": sums.variance,
            "fuel_volume": sums.volume,
            "measured": sums.measured,
            "has_flow": has_flow,
        }
    )
    return (
        measured.with_columns(
            fuel_flow_z=pl.when(known & (pl.col("variance") > 0)).then(z),
            fuel_volume=pl.when("has_flow").then("fuel_volume"),
            fuel_gamma_share=pl.when(pl.col("fuel_volume") > 0).then(
                pl.col("measured") / pl.col("fuel_volume")
            ),
            **{
                name: pl.when(known).then(name)
                for name in ("gamma_exposure", "fuel_call_gamma", "fuel_put_gamma")
            },
        )
        .with_columns(
            fuel_effect=effect.cast(pl.Enum(FuelEffect)), fuel_net_dealer_gamma="gamma_exposure"
        )
        .drop("variance", "measured", "has_flow")
    )
