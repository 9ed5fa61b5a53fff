"""What the rows of an option market's session say, contract by contract, from the definitions.

Rows are dicts of `bronze/option_books`, in any order. None is unknown.
"""

from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction
from zoneinfo import ZoneInfo

from lake_assets_tests.oracles import feed_spot, forward

YEAR_S = 365 * 86_400
SLOTS = {"_m2": -2, "_m1": -1, "": 0, "_p1": 1, "_p2": 2}
RIGHTS = {"CE": "ce", "PE": "pe"}


@dataclass(frozen=True)
class Facts:
    """What a session and a registered underlying fix; times are s since the epoch."""

    name: str
    day: object
    zone: str
    opens_s: int
    seconds: int
    step: int
    tick: str
    lot: int
    levels: int
    parity: bool
    decimals: int
    rate: float
    known_after_s: int
    rel_delta_min_move: str
    morning_until: time
    midday_until: time


def none_if(unknown, value):
    return None if unknown else value


def minus(a, b):
    return None if a is None or b is None else a - b


def plus(a, b):
    return None if a is None or b is None else a + b


def over(a, b):
    return None if a is None or b is None or b == 0 else a / b


def met(condition, *operands):
    """A condition with an unknown operand is not met."""
    return all(value is not None for value in operands) and condition(*operands)


def nearest(price, unit):
    """A price in whole units, to the nearest; None is None."""
    if price is None:
        return None
    return int((Fraction(price) / Fraction(unit) + Fraction(1, 2)) // 1)


class Session:
    """Everything the rows say, by contract and second."""

    def __init__(self, rows, facts, max_age_s=5, hysteresis_pct=0):
        self.facts, self.max_age_s, self.hysteresis_pct = facts, max_age_s, hysteresis_pct
        self.rows = sorted(rows, key=lambda row: row["timestamp"])
        self.cells, self.first, self.second_rows, self.volumes = {}, {}, {}, {}
        for row in self.rows:
            second = self.second_of(row)
            contract = (row["expiry"], row["opt_type"], row["strike"])
            self.first.setdefault(contract, second)
            self.cells.setdefault(contract, {}).setdefault(second, []).append(row)
            self.second_rows.setdefault(second, []).append(row)
            self.volumes.setdefault(contract, []).append((second, row["volume"]))
        self.expiry_first = {}
        for (expiry, _, _), second in self.first.items():
            self.expiry_first[expiry] = min(second, self.expiry_first.get(expiry, second))

    def second_of(self, row):
        """Second of session of a row, negative before the open."""
        micros = round(row["timestamp"].timestamp() * 1_000_000)
        return (micros - self.facts.opens_s * 1_000_000) // 1_000_000

    def expiry(self, t):
        """The nearest expiry of which a row was stamped before second t ended."""
        seen = [e for e, s in self.expiry_first.items() if s <= t and e >= self.facts.day]
        return min(seen, default=None)

    def left_s(self, t):
        """Seconds to that expiry, at the closing time of this session."""
        expiry = self.expiry(t)
        if expiry is None:
            return None
        zone, last_s = ZoneInfo(self.facts.zone), self.facts.opens_s + self.facts.seconds - 1
        closing = datetime.fromtimestamp(last_s, zone).time()
        ends = datetime.combine(expiry, closing, zone).timestamp()
        return round(ends) - (self.facts.opens_s + t)

    def row(self, contract, t):
        """The contract's last row of second t, if t is in the session."""
        if contract is None or t < 0:
            return None
        found = self.cells[contract].get(t)
        return found[-1] if found else None

    def book(self, row):
        """Prices, ticks and depths of a row; all None without one."""
        if row is None:
            return dict.fromkeys(
                ("bid", "ask", "b", "a", "mid", "spread", "wide", "q_b", "q_a", "B", "A", "volume")
            )
        bid, ask = row["bp0"], row["sp0"]
        b, a = (nearest(price, self.facts.tick) for price in (bid, ask))
        two_sided = b is not None and a is not None
        mid = (bid + ask) / 2 if two_sided and a >= b else None
        spread = ask - bid if two_sided and a > b else None
        depth = {
            side: sum(row[f"{letter}q{level}"] for level in range(self.facts.levels))
            for side, letter in (("B", "b"), ("A", "s"))
        }
        return {
            "bid": bid,
            "ask": ask,
            "b": b,
            "a": a,
            "mid": mid,
            "spread": spread,
            "wide": spread is None or 4 * (a - b) * 2 > a + b,
            "q_b": row["bq0"],
            "q_a": row["sq0"],
            **depth,
            "volume": row["volume"],
        }

    def spread_ticks(self, book):
        """Spread in ticks, None where there is no spread."""
        return None if book["spread"] is None else book["a"] - book["b"]

    def observed_spot(self, t):
        """(spot seen in second t, whether rows disagree)."""
        if not self.facts.parity:
            return feed_spot.spot_of_second(
                [(row["timestamp"], row["spot_price"]) for row in self.second_rows.get(t, [])]
            )
        expiry = self.expiry(t)
        every = sorted({k for e, _, k in self.first if e == expiry})
        legs = [(k, *(self.leg((expiry, right, k), t) for right in RIGHTS)) for k in every]
        if expiry is None:
            return None, False
        years = self.left_s(t) / YEAR_S
        return forward.parity_spot(legs, years, self.facts.rate, 5, 3), False

    def leg(self, contract, t):
        """(mid, twice the mid in ticks) of a contract in second t."""
        if contract not in self.cells:
            return None
        book = self.book(self.row(contract, t))
        return None if book["mid"] is None else (book["mid"], book["a"] + book["b"])

    def in_force(self, contract, t):
        """(row that speaks for second t, its age, the age of the newest row at all)."""
        if contract is None:
            return None, None
        seen = [s for s in self.cells[contract] if 0 <= s <= t]
        if not seen:
            return None, None
        age = t - max(seen)
        return (self.row(contract, max(seen)) if age <= self.max_age_s else None), age

    def traded(self, contract, t):
        """What a contract traded in second t."""
        if contract is None or t not in self.second_rows:
            return None
        deltas = [row["vol_delta"] for row in self.cells[contract].get(t, [])]
        return None if None in deltas else sum(deltas)
