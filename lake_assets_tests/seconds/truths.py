"""Drawn sessions of every table the aggregates read: few rules, many cells, some unknown."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from lake_assets.catalog.option_events import (
    BURSTS,
    CHOP_POCKETS,
    FEAR_SPIKES,
    LIQUIDITY_EVENTS,
    REGIMES,
)
from lake_assets.catalog.option_state import OPTION_STATE
from lake_assets.market.sessions import session_days, session_on
from lake_assets.market.underlyings import underlying_named

SECOND = 1_000_000
FAMILIES = (OPTION_STATE, BURSTS, LIQUIDITY_EVENTS, FEAR_SPIKES, CHOP_POCKETS, REGIMES)


@dataclass(frozen=True, kw_only=True)
class Drawn:
    """How large a drawn market is; ``bursts`` and the like are so many a session."""

    underlying: str = "NIFTY"
    days: int = 3
    seconds: int = 200
    bursts: int = 3
    events: int = 20
    seed: int = 1
    first: date = date(2025, 8, 1)

    @property
    def dates(self) -> list[date]:
        """The exchange's sessions from the first on."""
        calendar = underlying_named(self.underlying).calendar
        return [day for day in session_days(calendar) if day >= self.first][: self.days]


def tables(market: Drawn) -> dict[str, list[tuple[str, pl.DataFrame]]]:
    """Sessions by table, oldest first."""
    found = {family.table: [] for family in FAMILIES}
    for place, day in enumerate(market.dates):
        for name, rows in _session(
            market, day, np.random.default_rng([market.seed, place])
        ).items():
            found[name].append((day.isoformat(), rows))
    return found


def _session(market: Drawn, day: date, rng) -> dict[str, pl.DataFrame]:
    clock = _Clock(market, day, rng)
    state = clock.state()
    bursts = clock.bursts()
    return {
        "option_state": state,
        "bursts": bursts,
        "liquidity_events": clock.liquidity(),
        "fear_spikes": clock.fear(bursts),
        "chop_pockets": clock.chop(),
        "regimes": clock.regimes(),
    }


class _Clock:
    def __init__(self, market: Drawn, day: date, rng) -> None:
        self.market, self.day, self.rng, self.n = market, day, rng, market.seconds
        entry = underlying_named(market.underlying)
        self.opens = session_on(day, entry.calendar).rth.opens // 1_000
        self.stamps = self.opens + np.arange(self.n) * SECOND
        self.bucket = rng.choice(["0", "2", "4", "6+"])
        steps = np.repeat(rng.integers(0, 6, self.n // 7 + 1), 7)[: self.n]
        self.regime = [[None, "normal", "chop", "flicker", "burst", "fear"][k] for k in steps]
        third = max(self.n // 3, 1)
        self.time = [("morning", "midday", "afternoon")[min(i // third, 2)] for i in range(self.n)]
        self.entry = entry

    def moments(self, seconds) -> pl.Series:
        micros = self.opens + np.asarray(seconds, np.int64) * SECOND
        return pl.Series(micros, dtype=pl.Int64).cast(pl.Datetime("us", "UTC"))

    def known(self, values, share=0.9) -> list:
        kept = self.rng.random(len(values)) < share
        return [v if ok else None for v, ok in zip(np.asarray(values).tolist(), kept, strict=True)]

    def state(self) -> pl.DataFrame:
        rng, n, step = self.rng, self.n, self.entry.strike_step
        spot = 24_000 + np.cumsum(rng.integers(-40, 41, n)) / 20
        target = (np.floor(spot / step + 0.5) * step).astype(int)
        cells = {
            "timestamp": self.moments(np.arange(n)),
            "expiry": [self.day] * n,
            "dte_bucket": self.known([self.bucket] * n, 0.98),
            "time_of_day": self.time,
            "spot_price": spot,
            "spot_observed": rng.random(n) < 0.95,
            "basis": self.known(rng.normal(0, 3, n)),
        }
        for sign, leg in ((1, "ce"), (-1, "pe")):
            for at, slot in enumerate(("_m2", "_m1", "", "_p1", "_p2")):
                strike = target + (at - 2) * step
                cells |= {
                    f"{leg}_strike{slot}": strike,
                    f"{leg}_mid{slot}": self.known(
                        np.round(500 + sign * 0.5 * (spot - strike) + rng.normal(0, 1, n), 2), 0.97
                    ),
                    f"{leg}_observed{slot}": rng.random(n) < 0.95,
                }
            cells |= {
                f"{leg}_spread": self.known(rng.integers(1, 9, n) / 20),
                f"{leg}_obi_5": self.known(rng.uniform(-1, 1, n)),
                f"{leg}_obi_1": self.known(rng.uniform(-1, 1, n)),
                f"{leg}_bid_depth_5": self.known(rng.integers(0, 900, n) * 75),
                f"{leg}_ask_depth_5": self.known(rng.integers(0, 900, n) * 75),
                f"{leg}_depth_slope_bid": self.known(rng.random(n)),
                f"{leg}_depth_slope_ask": self.known(rng.random(n)),
                f"{leg}_ofi_10s": self.known(rng.integers(-999, 999, n)),
                f"{leg}_iv": self.known(rng.uniform(0.1, 0.2, n)),
            }
        dtypes = OPTION_STATE.of(self.market.underlying).dtypes
        return pl.DataFrame(cells, schema_overrides={name: dtypes[name] for name in cells})

    def starts(self, count: int) -> np.ndarray:
        return np.sort(self.rng.permutation(np.arange(1, self.n - 1))[:count])

    def at(self, start) -> dict:
        return {
            "dte_bucket": [self.bucket] * len(start),
            "time_of_day": [self.time[i] for i in start],
        }

    def filled(self, table, cells) -> pl.DataFrame:
        """A table's rows: the columns nobody reads are null."""
        dtypes = table.of(self.market.underlying).dtypes
        frame = pl.DataFrame(
            cells, schema_overrides={n: d for n, d in dtypes.items() if n in cells}
        )
        empty = [pl.lit(None, dtype=d).alias(n) for n, d in dtypes.items() if n not in cells]
        return frame.with_columns(empty).select(dtypes.names())

    def bursts(self) -> pl.DataFrame:
        rng, start = self.rng, self.starts(self.market.bursts)
        m = start.size
        end = np.minimum(start + rng.integers(1, 40, m), self.n - 1)
        name = f"{self.market.underlying}_{self.day}_burst"
        return self.filled(
            BURSTS,
            {
                "event_id": [f"{name}_{i:05d}" for i in start],
                "start_time": self.moments(start),
                "end_time": self.moments(end),
                "duration_s": end - start,
                "direction": rng.choice([-1, 1], m),
                "size_points": rng.integers(160, 500, m) / 20,
                "peak_points": rng.integers(160, 400, m) / 20,
                "censored": rng.random(m) < 0.2,
                "ce_rel_delta_peak": self.known(rng.normal(0.5, 0.1, m)),
                "pe_rel_delta_peak": self.known(rng.normal(-0.5, 0.1, m)),
                "ce_move_peak": self.known(rng.normal(4, 1, m)),
                "pe_move_peak": self.known(rng.normal(-4, 1, m)),
                "tps": self.known(rng.random(m) * 5),
                "vacuum_score": self.known(rng.random(m)),
                **self.at(start),
            },
        )

    def liquidity(self) -> pl.DataFrame:
        start = self.starts(self.market.events)
        kinds = LIQUIDITY_EVENTS.of(self.market.underlying).dtypes["event_type"].categories
        return self.filled(
            LIQUIDITY_EVENTS,
            {
                "timestamp": self.moments(start),
                "event_type": self.rng.choice(kinds.to_list(), start.size).tolist(),
                **self.at(start),
            },
        )

    def fear(self, bursts: pl.DataFrame) -> pl.DataFrame:
        falls = bursts.filter(pl.col("direction") < 0)
        kept = falls.filter(pl.Series(self.rng.random(falls.height) < 0.6))
        m = kept.height
        took = self.known(self.rng.integers(10, 300, m), 0.8)
        return self.filled(
            FEAR_SPIKES,
            {
                "event_id": kept["event_id"].str.replace("burst", "fear"),
                "burst_id": kept["event_id"],
                "onset_time": kept["end_time"],
                "decay_time_s": took,
                "censored": [t is None for t in took],
                "dte_bucket": kept["dte_bucket"],
                "time_of_day": kept["time_of_day"],
            },
        )

    def chop(self) -> pl.DataFrame:
        start = self.starts(self.market.bursts)
        return self.filled(
            CHOP_POCKETS,
            {
                "start_time": self.moments(start),
                "duration_s": self.rng.integers(15, 90, start.size),
                "censored": self.rng.random(start.size) < 0.2,
                **self.at(start),
            },
        )

    def regimes(self) -> pl.DataFrame:
        return self.filled(
            REGIMES, {"timestamp": self.moments(np.arange(self.n)), "regime": self.regime}
        )
