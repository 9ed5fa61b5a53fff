"""Volatility and greeks of the contract in each slot, by Black's formula on the forward."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels import black_76
from lake_assets.kernels.black_76 import ForwardGreeks, Quoted, imply_on_forward
from lake_assets.kernels.black_scholes import VolatilityRule
from lake_assets.kernels.parity import YEAR_S
from lake_assets.market.option_vocabulary import IvQuality
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.expiry import ChosenExpiry
from lake_assets.seconds.parameters import StateParams

_QUALITIES: Final = {
    black_76.NO_FORWARD: IvQuality.NO_FORWARD,
    black_76.NO_MID: IvQuality.NO_MID,
    black_76.TOO_SHORT: IvQuality.TOO_SHORT,
    black_76.BELOW_INTRINSIC: IvQuality.BELOW_INTRINSIC,
    black_76.ABOVE_BOUND: IvQuality.ABOVE_BOUND,
    black_76.NO_CONVERGENCE: IvQuality.NO_CONVERGENCE,
    black_76.SOLVED: IvQuality.OK,
}


def imply_volatility(  # noqa: PLR0913 - a price depends on all of it
    slot: pl.DataFrame,
    *,
    right: int,
    forward: pl.Series,
    chosen: ChosenExpiry,
    underlying: Underlying,
    params: StateParams,
) -> pl.DataFrame:
    """Volatility, greeks and their quality of one slot in each second.

    A mid carried from an earlier second is priced with this second's forward, and says so.
    """
    options = Quoted(
        forward=forward.fill_null(np.nan).to_numpy(writable=True),
        strike=slot["strike"].cast(pl.Float64).fill_null(np.nan).to_numpy(writable=True),
        right=np.full(len(slot), right, np.int8),
        mid=slot["mid"].fill_null(np.nan).to_numpy(writable=True),
        years=chosen.years,
    )
    rule = VolatilityRule(
        underlying.rate, params.implied_min, params.implied_max, params.implied_tol
    )
    found = imply_on_forward(options, rule, params.implied_min_time_s / YEAR_S)
    return _dress(slot, found, params)


def _dress(slot: pl.DataFrame, found: ForwardGreeks, params: StateParams) -> pl.DataFrame:
    spread_ticks, ticks = pl.col("spread_ticks"), pl.col("bid_ticks") + pl.col("ask_ticks")
    # both sides doubled: the mid is half of the ticks
    wide = (200 * spread_ticks > params.wide_spread_pct * ticks).fill_null(value=True)
    reason = pl.Series(found.quality).replace_strict(_QUALITIES, return_dtype=pl.Enum(IvQuality))
    solved = pl.when(wide).then(pl.lit(IvQuality.WIDE)).when(pl.col("age_s") > 0)
    quality = (
        pl.when(pl.lit(reason) == IvQuality.OK)
        .then(solved.then(pl.lit(IvQuality.FILLED)).otherwise(pl.lit(IvQuality.OK)))
        .otherwise(pl.lit(reason))
    )
    numbers = {name: getattr(found, name) for name in ("iv", "delta", "gamma", "vega")}
    return slot.select(
        **{name: pl.Series(values).fill_nan(None) for name, values in numbers.items()},
        iv_quality=quality.cast(pl.Enum(IvQuality)),
    )
