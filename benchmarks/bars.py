"""Minute bars of one contract's trades: ours beside a polars and a DuckDB one-liner.

Ours also picks the front contract, checks the order, and gives every price in the fund's scale.
"""

import time
from datetime import date
from typing import Any, Final

import duckdb
import numpy as np
import polars as pl

from benchmarks.measurement import answer
from lake_assets.catalog.silver import ES_SPY_BASIS
from lake_assets.market.sessions import session_on
from lake_assets.physics.bars import build_bars

_DAY: Final = date(2025, 12, 17)
_MINUTE_NS: Final = 60_000_000_000
_SYMBOL: Final = "ESH6"
_SQL: Final = """
    SELECT ts_event_ns // 60000000000 AS minute, first(price_ticks ORDER BY place) AS open,
        max(price_ticks) AS high, min(price_ticks) AS low,
        last(price_ticks ORDER BY place) AS close, sum(size) AS volume, count(*) AS trades
    FROM trades GROUP BY minute ORDER BY minute
"""


def draw_trades(count: int) -> pl.DataFrame:
    """A day of trades in order; price walks by ticks."""
    rng, hours = np.random.default_rng(1), session_on(_DAY).hours
    return pl.DataFrame(
        {
            "ts_event_ns": np.sort(rng.integers(hours.opens, hours.closes, count)),
            "sequence": np.arange(count),
            "raw_symbol": pl.repeat(_SYMBOL, count, eager=True),
            "price_ticks": (27_600 + np.cumsum(rng.integers(-1, 2, count))).astype(np.int32),
            "size": rng.integers(1, 20, count),
            "aggressor": rng.integers(-1, 2, count).astype(np.int8),
        }
    ).with_row_index("place")


def cut(way: str, count: str, times: str) -> dict[str, Any]:
    """Median seconds of one way over so many repetitions; the first, unmeasured, warms it."""
    trades = draw_trades(int(count))
    steps = {"ours": _ours, "polars": _polars, "duckdb": _duckdb}
    seconds = []
    for _ in range(int(times) + 1):
        start = time.perf_counter()
        bars = steps[way](trades)
        seconds.append(time.perf_counter() - start)
    return {
        "seconds": float(np.median(seconds[1:])),
        "bars": len(bars),
        "volume": int(bars["volume"].sum()),
    }


def _ours(trades: pl.DataFrame) -> pl.DataFrame:
    front = pl.DataFrame({"raw_symbol": [_SYMBOL]})
    return build_bars(trades, front, ES_SPY_BASIS.empty(), session_on(_DAY), period_s=60)


def _polars(trades: pl.DataFrame) -> pl.DataFrame:
    price = pl.col("price_ticks")
    return trades.group_by(pl.col("ts_event_ns") // _MINUTE_NS, maintain_order=True).agg(
        price.first().alias("open"),
        price.max().alias("high"),
        price.min().alias("low"),
        price.last().alias("close"),
        pl.col("size").sum().alias("volume"),
        pl.len().alias("trades"),
    )


def _duckdb(trades: pl.DataFrame) -> pl.DataFrame:
    with duckdb.connect() as connection:
        connection.register("trades", trades.to_arrow())
        return pl.DataFrame(connection.sql(_SQL).to_arrow_table())


if __name__ == "__main__":
    answer({"cut": cut})
