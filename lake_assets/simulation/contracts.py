"""Which futures and options a simulated session trades, and what they are called."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count
from typing import Final

from lake_assets.market.price import DBN_PRICE_SCALE, DBN_UNITS_PER_TICK
from lake_assets.market.sessions import Calendar, Session, session_days, session_on
from lake_assets.market.vocabulary import OptionRight

_QUARTER_LETTERS: Final = {3: "H", 6: "M", 9: "U", 12: "Z"}
_ROLL: Final = timedelta(days=8)
_FRIDAY: Final = 4
_SPREAD_TICK: Final = DBN_PRICE_SCALE // 20
_SPREAD_ID: Final = 900_000
_OPTION_ID: Final = 10_000_000
_STRIKE_SHARE: Final = 0.03


@dataclass(frozen=True, slots=True)
class Future:
    """A futures contract or calendar spread; ``tick`` in 1e-9 points."""

    raw_symbol: str
    instrument_id: int
    tick: int


@dataclass(frozen=True, slots=True)
class Option:
    """A SPY option; ``strike`` in dollars, ``expires_ns`` the close of its expiry session."""

    raw_symbol: str
    instrument_id: int
    expiry: date
    expires_ns: int
    strike: int
    right: OptionRight


def third_friday(year: int, month: int) -> date:
    """The day a quarterly contract expires."""
    first = date(year, month, 1)
    return first + timedelta(days=(_FRIDAY - first.weekday()) % 7 + 14)


def futures_of(day: date) -> tuple[Future, Future, Future]:
    """The front contract of a session, the next one, and the calendar spread between them."""
    quarters = (third_friday(year, month) for year in count(day.year) for month in (3, 6, 9, 12))
    live = (expiry for expiry in quarters if day < expiry - _ROLL)
    near, far = _outright(next(live)), _outright(next(live))
    spread = Future(
        f"{near.raw_symbol}-{far.raw_symbol}", _SPREAD_ID + near.instrument_id, _SPREAD_TICK
    )
    return near, far, spread


def _outright(expiry: date) -> Future:
    symbol = f"ES{_QUARTER_LETTERS[expiry.month]}{expiry.year % 10}"
    return Future(symbol, expiry.year % 100 * 100 + expiry.month, DBN_UNITS_PER_TICK)


def next_options_session(session: Session) -> Session:
    """The next session that has regular hours."""
    days = session_days(Calendar.NEW_YORK)
    later = (session_on(day) for day in days[bisect_right(days, session.day) :])
    return next(found for found in later if found.rth is not None)


def options_of(session: Session, spot_usd: float) -> list[Option]:
    """Every option of the session's own expiry and the next, strikes a dollar apart."""
    reach = _STRIKE_SHARE * spot_usd
    strikes = range(round(spot_usd - reach), round(spot_usd + reach) + 1)
    listed = (
        (expiring, strike, right)
        for expiring in (session, next_options_session(session))
        for strike in strikes
        for right in OptionRight
    )
    return [
        _option(_OPTION_ID + place, expiring, strike, right)
        for place, (expiring, strike, right) in enumerate(listed)
    ]


def _option(instrument_id: int, expiring: Session, strike: int, right: OptionRight) -> Option:
    closes = expiring.hours if expiring.rth is None else expiring.rth
    return Option(
        raw_symbol=f"{'SPY':<6}{expiring.day:%y%m%d}{right}{strike * 1000:08d}",
        instrument_id=instrument_id,
        expiry=expiring.day,
        expires_ns=closes.closes,
        strike=strike,
        right=right,
    )
