"""The books of the contracts around the money, and what each slot shows in each second."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.cells import B1, last_rows, newest_seconds, sum_in_cells
from lake_assets.seconds.clock import I8, Clock
from lake_assets.seconds.contracts import Contracts, Tape
from lake_assets.seconds.quotes import quote
from lake_assets.seconds.strikes import I4

_KEYS: Final = ("expiry", "opt_type", "strike")


@dataclass(frozen=True, slots=True)
class Books:
    """Rows of some contracts, and where each contract's are in each second.

    ``place`` finds a contract of the whole session among them, and -1 for none. ``last`` and
    ``newest`` are of `lake_assets.kernels.cells`; ``traded`` sums ``vol_delta`` in each second,
    where ``complete`` says that all of it is known; ``alive`` tells the seconds with any row of
    any contract of the underlying.
    """

    rows: pl.DataFrame
    place: I8
    last: I4
    newest: I4
    traded: I8
    complete: B1
    alive: B1
    clock: Clock

    def row_of(self, contract: I4, lag: int = 0) -> pl.Series:
        """The contract's row of the second ``lag`` before, null where there is none."""
        at = np.arange(len(contract)) - lag
        inside = (at >= 0) & (contract >= 0)
        row = np.where(inside, self.last[self.place[contract], np.maximum(at, 0)], -1)
        return _rows(row)

    def row_in_force(self, contract: I4, max_age_s: int) -> tuple[pl.Series, pl.Series]:
        """The contract's newest row and its age; no row where it is too old, null before all."""
        local, at = self.place[contract], np.arange(len(contract))
        newest = np.where(contract >= 0, self.newest[local, at], -1)
        age = at - newest
        row = np.where((newest >= 0) & (age <= max_age_s), self.last[local, newest], -1)
        return _rows(row), pl.Series("age_s", age, dtype=pl.Int32).set(pl.Series(newest < 0), None)

    def volume_in(self, contract: I4) -> pl.Series:
        """What the contract traded in each second.

        Nothing if it has no row while others have; unknown if there is no row at all, or one that
        does not know.
        """
        local, at = self.place[contract], np.arange(len(contract))
        known = (contract >= 0) & self.complete[local, at] & self.alive
        return pl.Series("vol_delta", self.traded[local, at]).set(pl.Series(~known), None)

    def show(self, row: pl.Series, *columns: str) -> pl.DataFrame:
        """Best prices, quotes and these columns of a row in each second, null where none is."""
        shown = self.rows.select(pl.col("bp0", "sp0", *columns).gather(row))
        return shown.with_columns(*quote(self.clock.underlying))


def lay_out(tape: Tape, whole: Contracts, alive: B1, clock: Clock) -> Books:
    """Lay rows out by contract and second.

    They may be of some of the ``whole`` session's contracts only.
    """
    rows, second, mine = tape.rows, tape.second, tape.contracts
    of_rows = mine.of_rows()
    shape = (len(mine.opens), clock.seconds)
    last = last_rows(of_rows, second, *shape)
    change = rows["vol_delta"]
    known = change.is_not_null().to_numpy()
    traded, complete = sum_in_cells(of_rows, second, change.fill_null(0).to_numpy(), known, *shape)
    # one contract more, which has no row: the place of contracts that are not among the rows
    none = np.full((1, clock.seconds), -1, np.int32)
    nothing = np.zeros((1, clock.seconds), np.int64)
    return Books(
        rows=rows,
        place=_places(whole, mine),
        last=np.concatenate((last, none)),
        newest=np.concatenate((newest_seconds(last), none)),
        traded=np.concatenate((traded, nothing)),
        complete=np.concatenate((complete, nothing == 0)),
        alive=alive,
        clock=clock,
    )


def read_slot(
    books: Books, contract: I4, strike: I4, max_age_s: int, *, sizes: Sequence[str] = ()
) -> pl.DataFrame:
    """What the contract of a slot shows in each second, with the ``sizes`` asked for.

    Every field of the book speaks for ``max_age_s`` at most; an observed row that lacks a side is
    an observation, over which nothing is carried.
    """
    row, age = books.row_in_force(contract, max_age_s)
    shown = books.show(row, "volume", *sizes)
    return shown.with_columns(
        strike=pl.Series(strike).set(pl.Series(strike < 0), None),
        bid="bp0",
        ask="sp0",
        observed=(age == 0).fill_null(value=False),
        age_s=age,
        vol_delta=books.volume_in(contract),
    )


def _rows(row: I8) -> pl.Series:
    return pl.Series(row, dtype=pl.Int64).set(pl.Series(row < 0), None)


def _places(whole: Contracts, mine: Contracts) -> I8:
    """Place among ``mine`` of each of the ``whole``; the last entry, found by -1, is of none."""
    found = whole.table.join(
        mine.table.with_row_index("place"), on=_KEYS, how="left", maintain_order="left"
    )["place"]
    places = found.cast(pl.Int64).fill_null(len(mine.opens)).to_numpy()
    return np.append(places, len(mine.opens))
