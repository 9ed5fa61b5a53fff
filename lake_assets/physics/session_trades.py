"""The front contract's trades as arrays, and the places of moments among them."""

from dataclasses import dataclass
from typing import Self

import numpy as np
import polars as pl

from lake_assets.physics.order import I8, ordered_ns


@dataclass(frozen=True, slots=True)
class SessionTrades:
    """Times never going back, ES ticks and sizes, each (n,)."""

    ns: I8
    ticks: I8
    sizes: I8

    @classmethod
    def of(cls, trades: pl.DataFrame) -> Self:
        """The columns of one contract's trades."""
        return cls(
            ordered_ns(trades, "ts_event_ns", "es_trades"),
            trades["price_ticks"].to_numpy().astype(np.int64),
            trades["size"].to_numpy(writable=True),
        )

    def places(self, moments: I8) -> I8:
        """How many trades come before each moment; a trade stamped at it does not."""
        return np.searchsorted(self.ns, moments, side="left")

    def place(self, moment: int) -> int:
        """How many trades come before a moment."""
        return int(np.searchsorted(self.ns, moment, side="left"))
