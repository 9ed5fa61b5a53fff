"""What moved at the touch of the contract at the money: its mid, its order flow, its delta."""

from typing import Final

import polars as pl

from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.quotes import in_spot_units
from lake_assets.seconds.windows import summed

_WINDOW_S: Final = 10
LAG_S: Final = _WINDOW_S


def measure_flow(
    history: pl.DataFrame,
    observed_spot: pl.Series,
    rolled: pl.Series,
    underlying: Underlying,
    params: StateParams,
) -> pl.DataFrame:
    """Changes of one contract between seconds in which it was observed.

    ``history`` holds quotes and sizes of the contract chosen at each second: ``now_``, ``was_``
    of the second before, and ``ten_`` of ten seconds before.
    """
    least = -(-params.window_known_pct * _WINDOW_S // 100)
    ofi = history.select(pl.when(~rolled).then(_order_flow())).to_series()
    return history.select(
        dopt_1s=pl.when(~rolled).then(pl.col("now_mid") - pl.col("was_mid")),
        ofi_1s=ofi,
        ofi_10s=summed(ofi, _WINDOW_S, least=least),
        rel_delta_10s=_relative(history, observed_spot, rolled, underlying),
    )


def _order_flow() -> pl.Expr:
    """Size that came to the bid and left the ask, less the contrary.

    Source: Cont, Kukanov and Stoikov, The price impact of order book events, 2014.
    """
    bid, bid_was, ask, ask_was = (
        pl.col(name)
        for name in ("now_bid_ticks", "was_bid_ticks", "now_ask_ticks", "was_ask_ticks")
    )
    bids = pl.col("now_bq0") * (bid >= bid_was) - pl.col("was_bq0") * (bid <= bid_was)
    asks = pl.col("now_sq0") * (ask <= ask_was) - pl.col("was_sq0") * (ask >= ask_was)
    return bids - asks


def _relative(
    history: pl.DataFrame, observed_spot: pl.Series, rolled: pl.Series, underlying: Underlying
) -> pl.Series:
    """Move of the option over ten seconds a point of the underlying's, if that moved enough."""
    frame = pl.DataFrame({"spot": observed_spot, "rolls": summed(rolled, _WINDOW_S, least=1)})
    spot = pl.col("spot")
    units = in_spot_units(spot, underlying)
    least = round(underlying.rel_delta_min_move * 10**underlying.spot_decimals)
    moved = (units - units.shift(LAG_S)).abs() >= least
    change = pl.col("now_mid") - pl.col("ten_mid")
    return (
        pl.concat([history.select("now_mid", "ten_mid"), frame], how="horizontal")
        .select(pl.when(moved & (pl.col("rolls") == 0)).then(change / (spot - spot.shift(LAG_S))))
        .to_series()
    )
