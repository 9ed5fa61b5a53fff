"""The expiry that is looked at in each second, and how far away it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.kernels.parity import YEAR_S
from lake_assets.market.option_vocabulary import DteBucket
from lake_assets.seconds.clock import I8, Clock
from lake_assets.seconds.contracts import Contracts

F8: TypeAlias = npt.NDArray[np.float64]

_MINUTE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class ChosenExpiry:
    """``place`` among the contracts' expiries in each second, -1 before the first row.

    ``left_s`` is the time to it, s: it expires when this session's last second opens, by the
    exchange's clock, on its date. It is 0 where there is none.
    """

    expiries: pl.Series
    place: I8
    left_s: I8

    @property
    def years(self) -> F8:
        """Time to expiry, years of 365 days."""
        return self.left_s / YEAR_S

    def places(self) -> list[int]:
        """Every place that is ever chosen."""
        return [int(place) for place in np.unique(self.place) if place >= 0]


def choose_expiry(contracts: Contracts, clock: Clock) -> ChosenExpiry:
    """The nearest expiry of which a row was stamped before the second ended.

    A row before the open counts, of whatever strike.
    """
    place = np.full(clock.seconds, -1, np.int64)
    expiry_places = contracts.expiry_places
    for at in reversed(range(len(contracts.expiries))):
        if contracts.expiries[at] >= clock.session.day:
            first = int(contracts.first[expiry_places == at].min())
            place[max(0, first) :] = at
    ends_s = np.array(
        [
            int(datetime.combine(day, clock.closing_time, clock.zone).timestamp())
            for day in contracts.expiries
        ],
        np.int64,
    )
    left_s = np.zeros(clock.seconds, np.int64)
    known = place >= 0
    left_s[known] = ends_s[place[known]] - clock.stamps_s()[known]
    return ChosenExpiry(contracts.expiries, place, left_s)


def read_expiry(chosen: ChosenExpiry, clock: Clock) -> pl.DataFrame:
    """Columns of the chosen expiry; null where there is none yet.

    Days are counted between dates, so they do not change within a session.
    """
    places = pl.Series(chosen.place, dtype=pl.Int64)
    known = places >= 0
    expiry = chosen.expiries.cast(pl.Date).gather(places.set(~known, None))
    days = (expiry - pl.Series([clock.session.day])).dt.total_days()
    buckets = [DteBucket.of(day) for day in range(6)]
    return pl.DataFrame(
        {
            "expiry": expiry,
            "dte_days": days.cast(pl.Int16),
            "dte_bucket": days.clip(upper_bound=5).replace_strict(
                list(range(6)), buckets, return_dtype=pl.Enum(DteBucket)
            ),
            "minutes_to_expiry": pl.Series(chosen.left_s / _MINUTE_S).set(~known, None),
        }
    )
