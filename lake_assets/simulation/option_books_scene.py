"""What does not change while a simulated day of option books goes on."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from lake_assets.errors import ComputationRefusedError
from lake_assets.market.option_vocabulary import DteBucket, OptionType
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Nanos, Session
from lake_assets.market.underlyings import Underlying
from lake_assets.simulation.option_books_params import OptionBookParams

F8: TypeAlias = npt.NDArray[np.float64]
I8: TypeAlias = npt.NDArray[np.int64]

YEAR_S: Final = 365 * 86_400
_SHORTEST_S: Final = 60
_THURSDAY: Final = 3
_LATER: Final = timedelta(days=7)
_CENTRE_STEPS: Final = 550


@dataclass(frozen=True, slots=True)
class Scene:
    """An underlying's session: its seconds, its strikes and two expiries, its thresholds.

    Contracts are numbered expiry by expiry, calls before puts, strikes upward.
    """

    underlying: Underlying
    session: Session
    params: OptionBookParams
    expiries: tuple[date, date]
    strikes: I8

    @property
    def hours(self) -> Interval:
        """The hours in which options trade."""
        return self.session.hours if self.session.rth is None else self.session.rth

    @property
    def seconds(self) -> int:
        """Grid seconds, open and close both included."""
        return (self.hours.closes - self.hours.opens) // NANOS_PER_SECOND + 1

    @property
    def contracts(self) -> int:
        """Contracts of both expiries."""
        return 4 * self.strikes.size

    @property
    def lot_size(self) -> int:
        """Units of a lot."""
        return self.underlying.lot_size_on(self.session.day)

    @property
    def ticks_per_point(self) -> int:
        """Option ticks of a point, a whole number."""
        return round(1 / self.underlying.option_tick)

    @property
    def place(self) -> int:
        """Where tables by days to expiry hold this session."""
        return DteBucket.of((self.expiries[0] - self.session.day).days).place

    @property
    def burst_points(self) -> float:
        """What a burst moves at least."""
        return self.underlying.burst_points[self.place]

    @property
    def step_points(self) -> float:
        """What the largest second of a burst moves at least."""
        return self.underlying.burst_step_points[self.place]

    @property
    def theta_put(self) -> float:
        """What a put must gain of a fall, as a share, to show fear."""
        return self.underlying.theta_put[self.place]

    @property
    def start_points(self) -> float:
        """Spot at the open: a little off the middle strike, so that the money does not flicker."""
        given = self.params.spot_points
        return given or (_CENTRE_STEPS + 0.1) * self.underlying.strike_step

    def contract(self, leg: OptionType, strike: int) -> int:
        """Number of a contract of the nearer expiry."""
        put = int(leg is OptionType.PE)
        return put * self.strikes.size + int(np.searchsorted(self.strikes, strike))

    def money(self, spot_points: float) -> int:
        """The strike at the money; an exact half goes up."""
        step = self.underlying.strike_step
        return int(np.floor(spot_points / step + 0.5)) * step

    def expires_ns(self, expiry: int) -> Nanos:
        """When an expiry ends: as the exchange usually closes on its date."""
        closes = datetime.combine(
            self.expiries[expiry], self.underlying.closes, ZoneInfo(self.underlying.time_zone)
        )
        return Nanos(round(closes.timestamp()) * NANOS_PER_SECOND)

    def years(self, expiry: int) -> F8:
        """Time to an expiry at each second, a year being 365 days; never under a minute."""
        left = (self.expires_ns(expiry) - self.hours.opens) // NANOS_PER_SECOND
        left_s = left - np.arange(self.seconds, dtype=np.float64)
        return np.maximum(left_s, _SHORTEST_S) / YEAR_S

    def moments(self, second: I8) -> npt.NDArray[np.datetime64]:
        """UTC times of seconds of the session, in microseconds."""
        return (self.hours.opens // 1000 + second * 1_000_000).astype("datetime64[us]")

    @property
    def local_open(self) -> np.datetime64:
        """The open as the exchange's own clock shows it, without a zone."""
        opens = datetime.fromtimestamp(self.hours.opens // NANOS_PER_SECOND, UTC)
        local = opens.astimezone(ZoneInfo(self.underlying.time_zone)).replace(tzinfo=None)
        return np.datetime64(local, "us")


def scene_of(session: Session, underlying: Underlying, params: OptionBookParams) -> Scene:
    """The scene of a session.

    Raises:
        ComputationRefusedError: the session is another exchange's, or its options do not trade.
    """
    if session.calendar is not underlying.calendar:
        raise ComputationRefusedError(
            f"{underlying.name} follows the calendar {underlying.calendar}, but the session of"
            f" {session.day} is of {session.calendar}"
        )
    if session.rth is None:
        raise ComputationRefusedError(f"options do not trade on {session.day}: {session.why}")
    ahead = params.days_to_expiry
    if ahead is None:
        ahead = (_THURSDAY - session.day.weekday()) % 7
    near = session.day + timedelta(days=ahead)
    step = underlying.strike_step
    middle = _CENTRE_STEPS * step
    if params.spot_points is not None:
        middle = round(params.spot_points / step) * step
    reach = np.arange(params.strikes, dtype=np.int64) - params.strikes // 2
    return Scene(underlying, session, params, (near, near + _LATER), middle + step * reach)
