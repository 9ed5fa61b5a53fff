"""A random but honest market: chains, macro vintages, geopolitical risk; as rows, as a lake."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from lake_assets.lake.lake import Lake
from lake_assets.market.sessions import regular_days
from lake_assets_tests.retrieval import silver

SYMBOLS = ("AAPL", "QQQ", "SPY")
LAST = date(2026, 5, 29)


@dataclass(slots=True)
class Market:
    """Rows as they are published."""

    days: list[date]
    options: dict[date, list[dict[str, Any]]] = field(default_factory=dict)
    macro: dict[date, list[dict[str, Any]]] = field(default_factory=dict)
    gpr: dict[date, list[dict[str, Any]]] = field(default_factory=dict)

    def publish(self, lake: Lake, *, shuffle: int | None = None, until: date | None = None) -> Lake:
        """Put every partition in force; ``shuffle`` hands the rows over in another order."""
        for day, rows in self.options.items():
            if until is None or day <= until:
                silver.publish_options(lake, day, _shuffled(rows, shuffle), daily=bool(day.day % 4))
        for day, rows in self.macro.items():
            if until is None or day <= until:
                silver.publish_macro(lake, day, _shuffled(rows, shuffle))
        for day, rows in self.gpr.items():
            if until is None or day <= until:
                silver.publish_gpr(lake, day, _shuffled(rows, shuffle))
        return lake

    @property
    def option_rows(self) -> list[dict[str, Any]]:
        """Rows of every snapshot, as they are stored."""
        return [silver.option(day, **row) for day, rows in self.options.items() for row in rows]


def _shuffled(rows: Sequence[dict[str, Any]], seed: int | None) -> list[dict[str, Any]]:
    found = list(rows)
    if seed is not None:
        Random(seed).shuffle(found)  # noqa: S311 - seeded
    return found


def random_market(
    seed: int, *, sessions: int = 12, symbols: Sequence[str] = SYMBOLS, contracts: int = 30
) -> Market:
    """Sessions up to ``LAST``: ties and nulls are common, a symbol may miss a session."""
    rng = Random(seed)  # noqa: S311 - seeded
    days = [day for day in regular_days() if day <= LAST][-sessions:]
    market = Market(days)
    for day in days:
        market.options[day] = [
            row
            for symbol in symbols
            if rng.random() < 0.9 or symbol == "SPY"
            for row in random_chain(rng, symbol, day, contracts)
        ]
        market.macro[day] = random_vintage(rng, day)
    for back in (2, 1, 0):
        retrieved = days[-1] - timedelta(days=20 + 31 * back)
        market.gpr[retrieved] = random_months(rng, retrieved)
    return market


def random_chain(rng: Random, symbol: str, day: date, contracts: int) -> list[dict[str, Any]]:
    """A chain around 100, with ties in distance and spread."""
    price = rng.choice([100.0, 100.0, None]) if symbol != "SPY" else 100.0
    rows = {}
    for _ in range(contracts):
        option_type = rng.choice(["call", "put"])
        strike = rng.choice([88.0, 90.0, 92.0, 93.0, 95.0, 99.0, 100.0, 101.0, 105.0, 107.5, 110.0])
        expiration = day + timedelta(days=rng.choice([0, 3, 7, 14, 28, 32, 45, 60]))
        spread = rng.choice([None, 1.0, 2.0, 4.878049, rng.uniform(0, 200)])
        liquid = rng.random() < 0.7
        bid = rng.choice([None, round(rng.uniform(0, 5), 2)])
        executable = liquid and spread is not None and spread <= 15
        counted = executable or rng.random() < 0.8
        rows[option_type, strike, expiration] = {
            "symbol": symbol,
            "option_type": option_type,
            "strike": strike,
            "expiration": expiration,
            "underlying_price": price,
            "moneyness_signed": None if price is None else round(strike / price - 1, 6),
            "iv": rng.choice([None, 0.2, 0.25, rng.uniform(0.01, 5.0)]),
            "spread_pct": spread,
            "volume": rng.randrange(1_000) + 50 if counted else rng.choice([None, 0]),
            "open_interest": rng.randrange(5_000) + 100 if counted else rng.choice([None, 0]),
            "bid": bid,
            "ask": None if bid is None else bid + 0.1,
            "last_price": rng.choice([None, bid]),
            "is_liquid": liquid,
            "is_executable_liquid": executable,
        }
    return list(rows.values())


def random_vintage(rng: Random, retrieved: date) -> list[dict[str, Any]]:
    """A daily index, whose past may be revised, and a monthly rate."""
    days = [day for day in regular_days() if day <= retrieved][-4:]
    index = [
        silver.macro(
            "^GSPC",
            day,
            retrieved,
            round(rng.uniform(5_000, 6_000), 2),
            daily_change_pct=rng.choice([None, rng.uniform(-5, 5)]),
        )
        for day in days[: rng.choice([3, 4])]
    ]
    month = retrieved.replace(day=1)
    rate = silver.macro(
        "UNRATE",
        month - timedelta(days=31) if month.month != 3 else month - timedelta(days=28),
        retrieved,
        round(rng.uniform(3, 5), 1),
        frequency="Monthly",
        unit="percent",
        is_rate=True,
        publication_lag_days=35,
        mom_change_level=rng.choice([None, round(rng.uniform(-1, 1), 1)]),
    )
    return [*index, rate | {"observation_date": rate["observation_date"].replace(day=1)}]


def random_months(rng: Random, retrieved: date) -> list[dict[str, Any]]:
    """Months published by a day, newest the month before."""
    months = [date(2025 + at // 12, at % 12 + 1, 1) for at in range(17)]
    return [
        {
            "date": month,
            "gpr": rng.uniform(50, 200),
            "gprt": rng.uniform(50, 200),
            "gpr_percentile": rng.uniform(1, 100),
            "gpr_percentile_full_sample": rng.uniform(1, 100),
            "gpr_mom_pct": rng.choice([None, 0.0, rng.uniform(-50, 50)]),
        }
        for month in months
        if month < retrieved.replace(day=1)
    ]
