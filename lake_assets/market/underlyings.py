"""Whose options are watched second by second: adding an underlying is one entry here.

An entry holds the market's facts and, since no other file may need an edit, the default
thresholds that are the underlying's own.
"""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, time
from functools import cache
from importlib.resources import files
from typing import Final, TypeAlias

from lake_assets.errors import UnknownNameError
from lake_assets.market.option_vocabulary import BookSource, SpotSource
from lake_assets.market.sessions import Calendar

PerBucket: TypeAlias = tuple[float, float, float, float]
"""One number for each `DteBucket`, in its order: 0, 2, 4, 6+ days to expiry."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Default thresholds of one underlying; prices in its points, by days to expiry.

    ``burst_k1`` and ``burst_k2`` are ratios of the volatility of ten seconds to that of two
    minutes, above which a burst starts and below which it ends; ``theta_put`` is what the put's
    move must reach, as a share of the underlying's.
    """

    burst_points: PerBucket
    burst_step_points: PerBucket
    burst_end_points: PerBucket
    burst_k1: PerBucket = (1.6, 1.8, 2.0, 2.2)
    burst_k2: PerBucket = (1.2, 1.3, 1.4, 1.5)
    theta_put: PerBucket = (0.60, 0.57, 0.55, 0.53)


@dataclass(frozen=True, slots=True, kw_only=True)
class Underlying(Thresholds):
    """One underlying: where its options trade, in what steps, and where its data come from.

    Times of day are the exchange's own; ``strike_step``, moves and ticks are points of the
    underlying's price; ``rate`` is flat and continuous, per year of 365 days. ``lot_sizes`` are
    units a lot has from each date on, oldest first.
    """

    name: str
    venue: str
    calendar: Calendar
    time_zone: str
    opens: time
    closes: time
    strike_step: int
    option_tick: float
    lot_sizes: tuple[tuple[date, int], ...]
    source: BookSource
    depth_levels: int
    spot_source: SpotSource
    spot_decimals: int
    rate: float
    rel_delta_min_move: float
    convexity_small_points: float
    convexity_large_points: float
    morning_until: time
    midday_until: time

    def lot_size_on(self, day: date) -> int:
        """Units of a lot on a date; an entry of ``lot_size_overrides.csv`` wins.

        Raises:
            UnknownNameError: the date is before the first known lot size.
        """
        known = {**dict(self.lot_sizes), **_lot_size_overrides().get(self.name, {})}
        started = [start for start in known if start <= day]
        if not started:
            raise UnknownNameError(
                f"{self.name} has no lot size on {day}; the first is of {min(known)}"
            )
        return known[max(started)]

    @property
    def facts(self) -> dict[str, object]:
        """What is true of the market, without the thresholds, as text and numbers."""
        chosen = {f.name for f in fields(Thresholds)}
        held = {n: v for n, v in asdict(self).items() if n not in chosen and n != "lot_sizes"}
        lots = {**dict(self.lot_sizes), **_lot_size_overrides().get(self.name, {})}
        return {
            **{n: v.isoformat() if isinstance(v, time) else v for n, v in held.items()},
            "lot_sizes": {start.isoformat(): size for start, size in sorted(lots.items())},
        }


_FIRST: Final = date(2010, 1, 1)
_NIFTY: Final = Underlying(
    name="NIFTY",
    venue="NSE",
    calendar=Calendar.NSE,
    time_zone="Asia/Kolkata",
    opens=time(9, 15),
    closes=time(15, 30),
    strike_step=50,
    option_tick=0.05,
    lot_sizes=((_FIRST, 75),),
    source=BookSource.PACKED,
    depth_levels=5,
    spot_source=SpotSource.FEED,
    spot_decimals=2,
    rate=0.06,
    rel_delta_min_move=1.0,
    convexity_small_points=5.0,
    convexity_large_points=10.0,
    morning_until=time(11),
    midday_until=time(14),
    burst_points=(8.0, 10.0, 12.0, 15.0),
    burst_step_points=(2.0, 3.0, 4.0, 5.0),
    burst_end_points=(2.0, 2.0, 3.0, 4.0),
)
_BANKNIFTY: Final = Underlying(
    name="BANKNIFTY",
    venue="NSE",
    calendar=Calendar.NSE,
    time_zone="Asia/Kolkata",
    opens=time(9, 15),
    closes=time(15, 30),
    strike_step=100,
    option_tick=0.05,
    lot_sizes=((_FIRST, 35),),
    source=BookSource.PACKED,
    depth_levels=5,
    spot_source=SpotSource.FEED,
    spot_decimals=2,
    rate=0.06,
    rel_delta_min_move=2.0,
    convexity_small_points=10.0,
    convexity_large_points=20.0,
    morning_until=time(11),
    midday_until=time(14),
    burst_points=(20.0, 25.0, 35.0, 45.0),
    burst_step_points=(6.0, 8.0, 10.0, 12.0),
    burst_end_points=(5.0, 6.0, 8.0, 10.0),
)
# Its thresholds are derived, not calibrated: NIFTY's times 0.025, rounded up to a cent. The factor
# lies between the ratio of the strike steps (0.020) and that of the prices (0.026).
_SPY: Final = Underlying(
    name="SPY",
    venue="OPRA",
    calendar=Calendar.NEW_YORK,
    time_zone="America/New_York",
    opens=time(9, 30),
    closes=time(16),
    strike_step=1,
    option_tick=0.01,
    lot_sizes=((_FIRST, 1),),
    source=BookSource.DBN,
    depth_levels=1,
    spot_source=SpotSource.PARITY,
    spot_decimals=4,
    rate=0.04,
    rel_delta_min_move=0.10,
    convexity_small_points=0.10,
    convexity_large_points=0.20,
    morning_until=time(11, 30),
    midday_until=time(14),
    burst_points=(0.20, 0.25, 0.30, 0.38),
    burst_step_points=(0.05, 0.08, 0.10, 0.13),
    burst_end_points=(0.05, 0.05, 0.08, 0.10),
)

UNDERLYINGS: Final[Mapping[str, Underlying]] = {u.name: u for u in (_NIFTY, _BANKNIFTY, _SPY)}


def underlying_named(name: str) -> Underlying:
    """The underlying of a name.

    Raises:
        UnknownNameError: nobody registered it; the message lists who is.
    """
    found = UNDERLYINGS.get(name)
    if found is None:
        raise UnknownNameError(
            f"no underlying is called {name!r}; registered are {', '.join(UNDERLYINGS)}"
        )
    return found


@cache
def _lot_size_overrides() -> Mapping[str, Mapping[date, int]]:
    """Lot sizes that are dictated, from the table beside this file."""
    text = files(__package__).joinpath("lot_size_overrides.csv").read_text()
    found: dict[str, dict[date, int]] = {}
    for row in csv.DictReader(io.StringIO(text)):
        found.setdefault(row["underlying"], {})[date.fromisoformat(row["from"])] = int(
            row["lot_size"]
        )
    return found
