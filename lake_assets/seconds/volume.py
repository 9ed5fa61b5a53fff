"""Traded volume: of the two contracts at the money, and of the whole chain."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.chain_volume import chain_volume
from lake_assets.seconds.clock import Clock
from lake_assets.seconds.contracts import Tape
from lake_assets.seconds.depth import share
from lake_assets.seconds.expiry import ChosenExpiry
from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.strikes import CALLS, PUTS
from lake_assets.seconds.windows import summed

_WINDOW_S: Final = 30


def total_volume(call: pl.Series, put: pl.Series, params: StateParams) -> pl.DataFrame:
    """Volume of both contracts at the money, by second and over half a minute."""
    both = (call + put).alias("opt_vol_1s")
    least = -(-params.window_known_pct * _WINDOW_S // 100)
    return pl.DataFrame(
        {
            "opt_vol_1s": both,
            "opt_active_1s": both > 0,
            "opt_vol_30s": summed(both, _WINDOW_S, least=least),
        }
    )


def put_call_ratio(tape: Tape, chosen: ChosenExpiry, clock: Clock) -> pl.Series:
    """Puts over calls of all strikes of the chosen expiry, by volume of the day so far."""
    contracts, listing = tape.contracts, tape.contracts.listing
    volume = tape.rows["volume"]
    known, whole = volume.is_not_null().to_numpy(), volume.fill_null(0).to_numpy()
    sums = np.zeros((2, clock.seconds), np.int64)
    counts = np.zeros((2, clock.seconds), np.int64)
    for place in chosen.places():
        mine = chosen.place == place
        for right in (CALLS, PUTS):
            of = slice(listing.opens[place, right], listing.stops[place, right])
            traded, of_contracts = chain_volume(
                tape.second, whole, known, contracts.opens[of], contracts.stops[of], clock.seconds
            )
            sums[right, mine], counts[right, mine] = traded[mine], of_contracts[mine]
    calls, puts = pl.col("calls"), pl.col("puts")
    return (
        pl.DataFrame({"calls": sums[CALLS], "puts": sums[PUTS], "quoted": counts[PUTS]})
        .select(pl.when(pl.col("quoted") > 0).then(share(puts, calls)).alias("pcr_volume"))
        .to_series()
    )
