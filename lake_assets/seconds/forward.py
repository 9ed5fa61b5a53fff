"""The forward that calls and puts around the money imply."""

import numpy as np
import polars as pl

from lake_assets.kernels.forward import slot_forward
from lake_assets.market.option_vocabulary import SpotSource
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.expiry import ChosenExpiry
from lake_assets.seconds.spot import Spot
from lake_assets.seconds.strikes import I4


def imply_forward(
    strike: I4, mid: np.ndarray, chosen: ChosenExpiry, spot: Spot, underlying: Underlying
) -> pl.DataFrame:
    """Forward by parity in each second, and what it is above spot.

    A spot that comes from parity itself has no basis of its own.

    Args:
        strike: (2, 5, n) strike of each slot, -1 where none.
        mid: (2, 5, n) its mid, NaN where unknown.
        chosen: the expiry.
        spot: the price in force.
        underlying: whose options.
    """
    forward, strikes = slot_forward(strike, mid, chosen.years, underlying.rate)
    implied = pl.Series("forward", forward).fill_nan(None)
    has_basis = underlying.spot_source is SpotSource.FEED
    basis = implied - spot.held
    return pl.DataFrame(
        {
            "forward": implied,
            "forward_n": pl.Series(strikes).cast(pl.UInt8),
            "basis": basis if has_basis else pl.Series([None] * len(basis), dtype=pl.Float64),
        }
    )
