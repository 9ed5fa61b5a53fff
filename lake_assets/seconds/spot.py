"""The underlying's price in each second: from the feed's own column, or by put/call parity."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.cells import last_rows
from lake_assets.kernels.feed_spot import latest_spot
from lake_assets.kernels.forward import Chain, ParityStrikes, parity_spot
from lake_assets.market.option_vocabulary import SpotSource
from lake_assets.seconds.clock import I8, Clock
from lake_assets.seconds.contracts import Tape
from lake_assets.seconds.expiry import F8, ChosenExpiry
from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.quotes import in_spot_units, quote

_NO_MID: Final = -1


@dataclass(frozen=True, slots=True)
class Spot:
    """``observed`` is the price seen in the second, NaN where none was, (n,).

    ``frame`` holds the columns of the table: the price in force, carried for a few seconds.
    """

    observed: F8
    frame: pl.DataFrame

    @property
    def held(self) -> pl.Series:
        """The price in force, null where none is."""
        return self.frame["spot_price"]

    @property
    def seen(self) -> pl.Series:
        """The price seen in the second, null where none was."""
        return pl.Series("spot", self.observed).fill_nan(None)


def observe_spot(tape: Tape, chosen: ChosenExpiry, clock: Clock, params: StateParams) -> Spot:
    """See the price in each second and carry it as long as it may speak.

    Parity needs the best prices of the rows, a feed its spot.
    """
    if clock.underlying.spot_source is SpotSource.FEED:
        observed, conflict = latest_spot(
            tape.second,
            tape.rows["timestamp"].to_physical().to_numpy(),
            tape.rows["spot_price"].fill_null(np.nan).to_numpy(),
            clock.seconds,
        )
    else:
        observed = _implied(tape, chosen, clock, params)
        conflict = np.zeros(clock.seconds, np.bool_)
    return Spot(observed, _carry(observed, conflict, params))


def spot_units(spot: pl.Series, clock: Clock) -> I8:
    """A price in spot's smallest unit, -1 where it is unknown."""
    units = pl.select(in_spot_units(pl.lit(spot), clock.underlying)).to_series()
    return units.fill_null(-1).to_numpy(writable=True)


def _implied(tape: Tape, chosen: ChosenExpiry, clock: Clock, params: StateParams) -> F8:
    """Spot by parity; where the nearest expiry changes, each one's seconds are its own."""
    rule = ParityStrikes(params.spot_max_strikes, params.spot_min_strikes)
    implied = np.full(clock.seconds, np.nan)
    for place in chosen.places():
        chain = _chain(tape, place, clock)
        mine = chosen.place == place
        implied[mine] = parity_spot(chain, chosen.years, clock.underlying.rate, rule)[mine]
    return implied


def _chain(tape: Tape, place: int, clock: Clock) -> Chain:
    """Quotes of one expiry at the strikes that have both rights."""
    contracts, listing = tape.contracts, tape.contracts.listing
    calls, puts = (
        np.arange(listing.opens[place, right], listing.stops[place, right]) for right in (0, 1)
    )
    strike, call_at, put_at = np.intersect1d(
        listing.strike[calls], listing.strike[puts], assume_unique=True, return_indices=True
    )
    both = np.concatenate((calls, puts))
    start = contracts.opens[both[0]] if both.size else 0
    stop = contracts.stops[both[-1]] if both.size else 0
    quoted = tape.rows[start:stop].select(*quote(clock.underlying))
    last = last_rows(
        np.repeat(
            np.arange(both.size, dtype=np.int32), contracts.stops[both] - contracts.opens[both]
        ),
        tape.second[start:stop],
        both.size,
        clock.seconds,
    )
    twice = pl.when(pl.col("mid").is_not_null()).then(pl.col("bid_ticks") + pl.col("ask_ticks"))
    return Chain(
        strike=strike,
        last=np.stack((last[call_at], last[calls.size + put_at])),
        twice_mid=quoted.select(twice.fill_null(_NO_MID)).to_series().to_numpy(writable=True),
        mid=quoted["mid"].fill_null(np.nan).to_numpy(writable=True),
    )


def _carry(observed: F8, conflict: np.ndarray, params: StateParams) -> pl.DataFrame:
    """Hold each price until it is too old; its age goes on counting."""
    price = pl.col("observed")
    place = pl.int_range(pl.len())
    age = place - pl.when(price.is_not_null()).then(place).forward_fill()
    return pl.DataFrame(
        {"observed": pl.Series(observed).fill_nan(None), "spot_conflict": conflict}
    ).select(
        pl.when(age <= params.book_max_age_s).then(price.forward_fill()).alias("spot_price"),
        price.is_not_null().alias("spot_observed"),
        age.cast(pl.Int32).alias("spot_age_s"),
        "spot_conflict",
    )
