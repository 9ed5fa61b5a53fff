"""One right's at-the-money option through a session, as the events of its book need it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.vacuums import LegTape
from lake_assets.market.option_vocabulary import OptionType
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.quotes import in_ticks
from lake_assets.seconds.readings import B1, I8, UNKNOWN, flags, taken, whole

_OF_A_RIGHT: Final = (
    "strike",
    "observed",
    "bid",
    "ask",
    "spread",
    "vol_delta",
    "bid_pull",
    "ask_pull",
    "bid_replenish",
    "ask_replenish",
    "flicker_30s",
)


def leg_columns(underlying: Underlying) -> list[str]:
    """Columns of a state that the legs of both rights are made of."""
    names = (*_OF_A_RIGHT, *(_depth(side, underlying) for side in ("bid", "ask")))
    return ["expiry", *(f"{right.lower()}_{name}" for right in OptionType for name in names)]


def _depth(side: str, underlying: Underlying) -> str:
    """Where a side's size is: five levels, or the best price's if the source has no more."""
    return f"{side}_depth_5" if underlying.depth_levels > 1 else f"{side}_size"


@dataclass(frozen=True, slots=True)
class OptionLeg:
    """The columns of a state that are one right's; which contract it is changes with spot."""

    state: pl.DataFrame
    underlying: Underlying
    right: OptionType

    def column(self, name: str) -> pl.Series:
        """A column of this right."""
        return self.state[f"{self.right.lower()}_{name}"]

    def met(self, name: str) -> B1:
        """Seconds in which a condition holds; unknown is not met."""
        return flags(self.state, f"{self.right.lower()}_{name}")

    def at(self, name: str, places: I8) -> pl.Series:
        """A column of this right at places."""
        return taken(self.state, f"{self.right.lower()}_{name}", places)

    def depth(self, side: str) -> I8:
        """Size of a side, -1 where it is unknown."""
        return whole(self.column(_depth(side, self.underlying)))

    def resting(self) -> I8:
        """Size of both sides, -1 where one is unknown."""
        bid, ask = self.depth("bid"), self.depth("ask")
        return np.where((bid < 0) | (ask < 0), UNKNOWN, bid + ask)

    def spread_ticks(self) -> I8:
        """Spread in whole ticks, -1 where there is none."""
        bid, ask = (
            in_ticks(pl.col(f"{self.right.lower()}_{side}"), self.underlying)
            for side in ("bid", "ask")
        )
        return whole(self.state.select(pl.when(ask > bid).then(ask - bid)).to_series())

    def contracts(self) -> I8:
        """A number for each contract, -1 for none: its expiry and strike, 32 bits each."""
        expiry, strike = whole(self.state["expiry"].to_physical()), whole(self.column("strike"))
        return np.where((expiry < 0) | (strike < 0), UNKNOWN, expiry * 2**32 + strike)

    def tape(self) -> LegTape:
        """Everything the search for collapses reads; a pull is told of in eligible seconds only."""
        return LegTape(
            contract=self.contracts(),
            observed=self.met("observed"),
            eligible=self.column("bid_pull").is_not_null().to_numpy(writable=True),
            depth=self.resting(),
            spread=self.spread_ticks(),
            volume=whole(self.column("vol_delta")),
        )
