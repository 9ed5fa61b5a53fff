"""The contracts of a session's books: where each one's rows are, and since when it is listed."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.strikes import RIGHTS, Listing
from lake_assets.seconds.clock import I8, Clock

ORDER: Final = ("expiry", "opt_type", "strike", "timestamp")
_CONTRACT: Final = ORDER[:3]
_STRIKES: Final = 2**32  # more than there are


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

    def of_rows(self) -> np.ndarray:
        """Place of each row's contract."""
        return np.repeat(np.arange(len(self.opens), dtype=np.int32), self.stops - self.opens)


def in_order(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows by contract and time; those of a lake already are, and are not sorted again."""
    key, time_us = _keys(rows), rows["timestamp"].to_physical().to_numpy()
    later = (key[1:] > key[:-1]) | ((key[1:] == key[:-1]) & (time_us[1:] >= time_us[:-1]))
    return rows if later.all() else rows.sort(ORDER, maintain_order=True)


def find_contracts(rows: pl.DataFrame, clock: Clock) -> Contracts:
    """The contracts of rows that are in order."""
    key = _keys(rows)
    edges = np.flatnonzero(key[1:] != key[:-1]) + 1
    opens = np.concatenate((np.zeros(min(1, len(key)), np.int64), edges))
    firsts = rows[opens].select(*_CONTRACT, first=clock.second_of(pl.col("timestamp")))
    return Contracts(
        table=firsts.select(_CONTRACT),
        opens=opens,
        stops=np.append(opens[1:], len(key))[: len(opens)],
        first=firsts["first"].cast(pl.Int64).to_numpy(writable=True),
        expiries=firsts["expiry"].unique().sort(),
    )


def _keys(rows: pl.DataFrame) -> I8:
    """One number a contract, in the contracts' order."""
    expiry, right, strike = (pl.col(name).to_physical().cast(pl.Int64) for name in _CONTRACT)
    keys = (RIGHTS * expiry + right) * _STRIKES + strike
    return rows.select(keys).to_series().to_numpy(writable=True)
