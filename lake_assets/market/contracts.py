"""ES contracts: their symbols, their expiries, and the dates on which the front is dictated."""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Final

MONTH_LETTERS: Final = "FGHJKMNQUVXZ"  # January to December
ROLL_DAYS: Final = 8  # volume moves to the next contract on the Thursday eight days before expiry

_OUTRIGHT: Final = re.compile(rf"ES(?P<month>[{MONTH_LETTERS}])(?P<year>\d{{1,2}})")
_QUARTER: Final = 3
_FRIDAY: Final = 4
_WEEK: Final = 7


def third_friday(year: int, month: int) -> date:
    """The day the contract of a month settles."""
    first = date(year, month, 1)
    return first + timedelta(days=(_FRIDAY - first.weekday()) % _WEEK + 2 * _WEEK)


def expiry_of(raw_symbol: str, day: date) -> date | None:
    """Expiry of an outright traded on a day, or None if the symbol names no month.

    A symbol shows one or two digits of its year. A traded contract has not expired, so the year
    meant is the first that ends in them and whose expiry is not before the day.
    """
    parts = _OUTRIGHT.fullmatch(raw_symbol)
    if parts is None:
        return None
    month = MONTH_LETTERS.index(parts["month"]) + 1
    cycle = 10 ** len(parts["year"])
    year = day.year + (int(parts["year"]) - day.year) % cycle
    expiry = third_friday(year, month)
    return expiry if expiry >= day else third_friday(year + cycle, month)


def front_expiry(day: date) -> date:
    """The nearest quarterly expiry more than eight days away."""
    months = range(day.month, day.month + 2 * _QUARTER + 1)
    quarterly = [m for m in months if m % _QUARTER == 0]
    expiries = (third_friday(day.year + (m - 1) // 12, (m - 1) % 12 + 1) for m in quarterly)
    return next(e for e in expiries if day < e - timedelta(days=ROLL_DAYS))


@cache
def front_overrides() -> Mapping[date, str]:
    """Sessions whose front contract is dictated, from the table beside this file."""
    text = files(__package__).joinpath("front_overrides.csv").read_text()
    rows = csv.DictReader(io.StringIO(text))
    return {date.fromisoformat(row["date"]): row["raw_symbol"] for row in rows}
