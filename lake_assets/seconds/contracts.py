"""The contracts of a session's books: where each one's rows are, and since when it is listed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.contracts import I4, place_rows
from lake_assets.kernels.strikes import RIGHTS, Listing
from lake_assets.market.price import NANOS_PER_MICRO
from lake_assets.seconds.clock import I8, Clock

ORDER: Final = ("expiry", "opt_type", "strike", "timestamp")
_CONTRACT: Final = ORDER[:3]


@dataclass(frozen=True, slots=True)
class Contracts:
    """Contracts in the order of their rows: by expiry, calls before puts, by strike.

    ``opens`` and ``stops`` are each one's first row and the row after its last; ``first`` is the
    second of session of the first, negative before the open.
    """

    table: pl.DataFrame
    opens: I8
    stops: I8
    first: I8
    expiries: pl.Series

    @property
    def listing(self) -> Listing:
        """The contracts as kernels look them up."""
        group = RIGHTS * self.expiry_places + self.rights
        edges = np.arange(RIGHTS * len(self.expiries))
        return Listing(
            self.table["strike"].cast(pl.Int64).to_numpy(writable=True),
            self.first,
            np.searchsorted(group, edges, side="left").reshape(-1, RIGHTS),
            np.searchsorted(group, edges, side="right").reshape(-1, RIGHTS),
        )

    @property
    def expiry_places(self) -> I8:
        """Place of each contract's expiry among them all."""
        return np.searchsorted(self.expiries.to_physical(), self.table["expiry"].to_physical())

    @property
    def rights(self) -> I8:
        """0 for calls, 1 for puts."""
        return self.table["opt_type"].to_physical().cast(pl.Int64).to_numpy(writable=True)

    def of_rows(self) -> I4:
        """Place of each row's contract."""
        return np.repeat(np.arange(len(self.opens), dtype=np.int32), self.stops - self.opens)


@dataclass(frozen=True, slots=True)
class Tape:
    """Rows by contract and time, the second of session of each, and the contracts they are of."""

    rows: pl.DataFrame
    second: I4
    contracts: Contracts

    @classmethod
    def of(cls, rows: pl.DataFrame, clock: Clock) -> "Tape":
        """Put rows in order; those of a lake already are, and are not sorted again."""
        opens, second, ordered = _placed(rows, clock)
        if not ordered:
            rows = rows.sort(ORDER, maintain_order=True)
            opens, second, _ = _placed(rows, clock)
        table = rows.select(pl.col(_CONTRACT).gather(opens))
        return cls(
            rows=rows,
            second=second,
            contracts=Contracts(
                table=table,
                opens=opens,
                stops=np.append(opens[1:], len(second))[: len(opens)],
                first=second[opens].astype(np.int64),
                expiries=table["expiry"].unique().sort(),
            ),
        )


def _placed(rows: pl.DataFrame, clock: Clock) -> tuple[I8, I4, bool]:
    expiry, right, strike, time_us = (rows[name].to_physical().to_numpy() for name in ORDER)
    return place_rows(expiry, right, strike, time_us, clock.opens_ns // NANOS_PER_MICRO)
