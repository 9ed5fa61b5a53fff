"""The strikes around the money and the contract in each slot."""

from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.kernels.strikes import (
    ATM,
    NO_TARGET,
    fill_slots,
    find_rolls,
    nearest_strikes,
)
from lake_assets.seconds.clock import Clock
from lake_assets.seconds.contracts import Contracts
from lake_assets.seconds.expiry import ChosenExpiry
from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.spot import Spot, spot_units

I4: TypeAlias = npt.NDArray[np.int32]

CALLS: Final = 0
PUTS: Final = 1


@dataclass(frozen=True, slots=True)
class Slots:
    """``contract`` (2, 5, n) holds each slot in each second, -1 where none does.

    ``strike`` is its strike in points, -1 likewise; ``frame`` holds the columns of the table.
    """

    contract: I4
    strike: I4
    frame: pl.DataFrame

    def at_the_money(self, right: int) -> I4:
        """The contract at the money of a right."""
        at_money: I4 = self.contract[right, ATM]
        return at_money

    @property
    def rolled(self) -> pl.Series:
        """Whether the money moved to another contract."""
        return self.frame["atm_rolled"]

    def ever(self) -> list[int]:
        """Every contract that is ever in a slot."""
        return [int(place) for place in np.unique(self.contract) if place >= 0]


def choose_slots(
    spot: Spot, contracts: Contracts, chosen: ChosenExpiry, clock: Clock, params: StateParams
) -> Slots:
    """Round spot to a strike and find the contracts around it."""
    underlying = clock.underlying
    step = underlying.strike_step
    units = 10**underlying.spot_decimals
    target = nearest_strikes(
        spot_units(spot.held, clock), step * units, step, params.atm_hysteresis_pct
    )
    listing = contracts.listing
    contract, fallback = fill_slots(target, chosen.place, listing, step)
    rolled = find_rolls(contract[CALLS, ATM], contract[PUTS, ATM], chosen.place)
    known = pl.Series(target != NO_TARGET)
    strikes = np.append(listing.strike, -1).astype(np.int32)
    return Slots(
        contract=contract,
        strike=strikes[contract],
        frame=pl.DataFrame(
            {
                "atm_target": pl.Series(target).set(~known, None),
                "slot_fallback": pl.Series(fallback).set(~known, None),
                "atm_rolled": rolled,
            }
        ),
    )
