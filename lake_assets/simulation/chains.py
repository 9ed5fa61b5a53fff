"""Daily option chains of a few symbols, as a vendor with greeks would land them."""

import csv
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Session, regular_days, regular_neighbours
from lake_assets.simulation.paths import path_of

DEFAULT_SYMBOLS: Final = ("SPY", "QQQ", "IWM")
_STARTS_USD: Final = {"SPY": 690.0, "QQQ": 620.0, "IWM": 250.0}
_ORIGIN: Final = date(2024, 1, 2)
_FRIDAY: Final = 4
_COLUMNS: Final = (
    "contract",
    "underlying",
    "expiration",
    "strike",
    "type",
    "last",
    "bid",
    "ask",
    "volume",
    "open_interest",
    "implied_volatility",
    "delta",
    "gamma",
    "theta",
    "vega",
    "rho",
    "underlying_price",
    "quote_time",
)


class ChainSimulation(BaseModel):
    """What is simulated: symbols, strikes a side of the money, weekly expirations."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = Field(1, ge=0)
    symbols: tuple[str, ...] = DEFAULT_SYMBOLS
    strikes: int = Field(20, ge=3, le=200, description="on each side of the money")
    expirations: int = Field(7, ge=1, le=52, description="weekly ones, the nearest first")
    rate: float = 0.04


@dataclass(frozen=True, slots=True)
class Priced:
    """A European option: price and greeks, theta a day, vega and rho a point."""

    price: float
    delta: float
    gamma: float
    theta: float
    vega: float
    rho: float


def simulate_chains(sessions: Sequence[Session], raw_root: Path, params: ChainSimulation) -> int:
    """Write a file a symbol for every session with regular hours; returns the rows written.

    The folder's ``metadata.json`` marks its files as simulated. A session's bytes depend on its
    date and the parameters alone.
    """
    rows = 0
    for session in sessions:
        if session.rth is None:
            continue
        folder = raw_root / "option_chains" / session.day.isoformat()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "metadata.json").write_text(json.dumps({"simulated": True}) + "\n")
        for symbol in params.symbols:
            chain = list(_chain(symbol, session, params))
            _write(folder / f"{symbol}.csv", chain)
            rows += len(chain)
    return rows


def _write(path: Path, rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(rows)


def _chain(symbol: str, session: Session, params: ChainSimulation) -> Iterator[list[object]]:
    since = len([day for day in regular_days() if _ORIGIN <= day <= session.day])
    start = _STARTS_USD.get(symbol, 100.0)
    spot = round(start * math.exp(path_of(params.seed, f"{symbol} spot", since, 0.009)), 2)
    level = 0.16 * math.exp(path_of(params.seed, f"{symbol} level", since, 0.05, pull=0.06))
    step = max(1.0, round(spot * 0.005))
    centre = round(spot / step) * step
    closes = 0 if session.rth is None else session.rth.closes
    quoted = datetime.fromtimestamp(closes // NANOS_PER_SECOND - 1, UTC).isoformat()
    rng = np.random.default_rng([params.seed, session.day.toordinal(), *symbol.encode()])
    for expiration in _fridays(session.day, params.expirations):
        years = max((expiration - session.day).days, 0.5) / 365
        for place in range(-params.strikes, params.strikes + 1):
            strike = centre + place * step
            for kind in "CP":
                yield _contract(
                    symbol, expiration, strike, kind, spot, level, years, quoted, params.rate, rng
                )


def _fridays(day: date, count: int) -> list[date]:
    """The next weekly expirations, each on the last session of its week."""
    first = day + timedelta(days=(_FRIDAY - day.weekday()) % 7 or 7)
    fridays = [first + timedelta(weeks=n) for n in range(count)]
    found = (regular_neighbours(friday + timedelta(days=1))[0] for friday in fridays)
    return [session.day for session in found if session is not None and session.day > day]


def _contract(  # noqa: PLR0913, PLR0917 - a contract has many facts
    symbol: str,
    expiration: date,
    strike: float,
    kind: str,
    spot: float,
    level: float,
    years: float,
    quoted: str,
    rate: float,
    rng: np.random.Generator,
) -> list[object]:
    away = strike / spot - 1
    volatility = level * (1 + 0.02 / math.sqrt(years) * 0.1) - 0.35 * away + 1.2 * away * away
    volatility = max(volatility, 0.05)
    worth = price_option(spot, strike, years, volatility, rate, is_call=kind == "C")
    half = max(0.01, 0.006 * worth.price * (1 + 8 * abs(away)))
    bid, ask = max(round(worth.price - half, 2), 0.0), max(round(worth.price + half, 2), 0.01)
    near = math.exp(-((away / 0.06) ** 2))
    volume = int(rng.poisson(40 + 2500 * near))
    interest = int(rng.poisson(150 + 9000 * near))
    # what hardly trades has no volatility of the vendor's, and one must be solved
    told = f"{volatility:.6f}" if near > 0.02 else ""
    greeks = (worth.delta, worth.gamma, worth.theta, worth.vega, worth.rho)
    return [
        f"{symbol}{expiration:%y%m%d}{kind}{round(strike * 1000):08d}",
        symbol,
        expiration.isoformat(),
        f"{strike:.3f}",
        kind,
        f"{round(worth.price, 2):.2f}",
        f"{bid:.2f}",
        f"{ask:.2f}",
        volume,
        interest,
        told,
        *(f"{greek:.6f}" for greek in greeks),
        f"{spot:.2f}",
        quoted,
    ]


def price_option(  # noqa: PLR0913 - Black's formula has so many arguments
    spot: float, strike: float, years: float, volatility: float, rate: float, *, is_call: bool
) -> Priced:
    """Price and greeks of a European option, by Black and Scholes."""
    sign = 1.0 if is_call else -1.0
    spread = volatility * math.sqrt(years)
    d1 = math.log(spot / strike) / spread + rate * years / spread + spread / 2
    paid = strike * math.exp(-rate * years)
    density = math.exp(-d1 * d1 / 2) / math.sqrt(2 * math.pi)
    inside = _normal(sign * (d1 - spread))
    decay = -spot * density * volatility / (2 * math.sqrt(years)) - sign * rate * paid * inside
    return Priced(
        price=sign * (spot * _normal(sign * d1) - paid * inside),
        delta=sign * _normal(sign * d1),
        gamma=density / (spot * spread),
        theta=decay / 365,
        vega=spot * density * math.sqrt(years) / 100,
        rho=sign * years * paid * inside / 100,
    )


def _normal(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2))
