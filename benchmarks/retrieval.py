"""Questions to a lake of 504 sessions of 5 tickers with 3,000 contracts, log on the disk included.

A warm query asks one ticker for every option family again; a new one asks for a ticker and day
nobody has asked about. The measurement is a process of its own. Run with ``make bench``;
``BENCH_SESSIONS`` changes the size.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import numpy as np
import polars as pl

from lake_assets.catalog import OPTION_DAILY, OPTION_SNAPSHOTS
from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake, in_memory
from lake_assets.market.sessions import regular_days
from lake_assets.market.vocabulary import Provenance
from lake_assets.retrieval.picks import DAILY_PICKS
from lake_assets.retrieval.request import MetricQuery
from lake_assets.retrieval.tool import SilverTool

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "504"))
TICKERS = ("AAPL", "IWM", "NVDA", "QQQ", "SPY")
CONTRACTS = 3_000
LAST = date(2026, 5, 29)
LIQUID_VOLUME, LIQUID_INTEREST, EXECUTABLE_SPREAD = 50, 100, 15.0
WARM_UP, RUNS = 20, 500
TARGET_P50_MS, TARGET_P99_MS = 10.0, 50.0
FAMILIES = ("put_call_ratio", "options_analysis", "liquidity_analysis", "pricing_spread")


def chain(day: date, rng: np.random.Generator) -> pl.DataFrame:
    """A session's snapshot: 25 expiries of 60 strikes, calls and puts, for each ticker."""
    strikes, expiries = np.linspace(70.0, 130.0, 60), [2, 7, 14, 21, 28, 35, 45, 60, 90, 120]
    expiries += list(range(150, 600, 30))
    grid = pl.DataFrame({"symbol": TICKERS}).join(
        pl.DataFrame({"option_type": ["call", "put"]}), how="cross"
    )
    grid = grid.join(pl.DataFrame({"strike": strikes.round(1)}), how="cross").join(
        pl.DataFrame({"dte": expiries[: CONTRACTS // (2 * len(strikes))]}), how="cross"
    )
    rows, moneyness = grid.height, (pl.col("strike") / 100.0 - 1).round(6)
    spread = rng.uniform(0.5, 20.0, rows).round(3)
    volume, interest = rng.integers(0, 2_000, rows), rng.integers(0, 5_000, rows)
    liquid = (volume >= LIQUID_VOLUME) & (interest >= LIQUID_INTEREST)
    iv = rng.uniform(0.1, 0.6, rows).round(4)
    known = grid.with_columns(
        session_date=pl.lit(day),
        expiration=pl.lit(day) + pl.duration(days=pl.col("dte")),
        underlying_price=pl.lit(100.0),
        underlying_source=pl.lit("raw"),
        moneyness_signed=moneyness,
        moneyness_ratio=moneyness.abs(),
        moneyness_pct=moneyness.abs() * 100,
        bid=pl.lit(1.0),
        ask=pl.lit(1.1),
        mid=pl.lit(1.05),
        last_price=pl.lit(1.0),
        spread_pct=pl.Series(spread),
        spread_ratio=pl.Series(spread / 100),
        volume=pl.Series(volume),
        open_interest=pl.Series(interest),
        vendor_iv=pl.Series(iv),
        iv=pl.Series(iv),
        iv_source=pl.lit("vendor"),
        quote_time_source=pl.lit("none"),
        is_liquid_basic=pl.Series(liquid),
        is_liquid=pl.Series(liquid),
        is_executable_liquid=pl.Series(liquid & (spread <= EXECUTABLE_SPREAD)),
        flags=pl.lit(0),
    )
    known = known.with_columns(
        contract_symbol=pl.format(
            "{}{}{}{}",
            "symbol",
            pl.col("expiration").dt.strftime("%y%m%d"),
            pl.col("option_type").str.slice(0, 1).str.to_uppercase(),
            (pl.col("strike") * 1_000).round().cast(pl.Int64).cast(pl.String).str.zfill(8),
        )
    )
    return filled(OPTION_SNAPSHOTS, known)


def filled(dataset: Dataset, known: pl.DataFrame) -> pl.DataFrame:
    """Every column of a dataset in its type; what is not known is null."""
    absent = [pl.lit(None).alias(name) for name in dataset.dtypes if name not in known.columns]
    return known.with_columns(absent).select(list(dataset.dtypes)).cast(dict(dataset.dtypes))


def build(root: Path) -> None:
    """The lake, one session after the other; the picks by the template both sides share."""
    lake, rng = Lake(root), np.random.default_rng(1)
    with in_memory() as connection:
        for day in [day for day in regular_days() if day <= LAST][-SESSIONS:]:
            publish(lake, OPTION_SNAPSHOTS, day, chain(day, rng))
            path = root / OPTION_SNAPSHOTS.path(day.isoformat())
            bound = {"files": [str(path)], "start": day, "end": day}
            picks = pl.concat(
                connection.sql(DAILY_PICKS, params=bound | {"symbol": ticker}).pl()
                for ticker in TICKERS
            )
            source = pl.lit(sha256(path.read_bytes()).hexdigest())
            picks = picks.with_columns(source_sha256=source)
            publish(lake, OPTION_DAILY, day, filled(OPTION_DAILY, picks))


def publish(lake: Lake, dataset: Dataset, day: date, rows: pl.DataFrame) -> None:
    """Put a session in force the way every writer does."""
    made = Fingerprint(
        code_version=dataset.version,
        schema_hash=dataset.schema_hash,
        parameters={},
        inputs={},
        raw_files={},
    )
    lake.publish(dataset, day.isoformat(), rows, fingerprint=made, provenance=Provenance.SIMULATED)


def measure(root: Path) -> dict[str, float]:
    """Milliseconds of the first query, of warm ones, and of ones nobody has asked before."""
    began = time.perf_counter()
    tool = SilverTool(Lake(root))
    started = (time.perf_counter() - began) * 1e3
    warm = asked("SPY", LAST)
    first = timed(tool, warm)
    for _ in range(WARM_UP):
        tool.query(warm)
    used = time.process_time()
    again = [timed(tool, warm) for _ in range(RUNS)]
    used = (time.process_time() - used) * 1e3 / RUNS
    days = [LAST - timedelta(days=back) for back in range(1, 1 + RUNS // 10)]
    new = [timed(tool, asked(TICKERS[at % 5], day)) for at, day in enumerate(days)]
    return {
        "start_ms": started,
        "first_ms": first,
        "warm_cpu_ms": used,
        "warm_p50_ms": float(np.percentile(again, 50)),
        "warm_p99_ms": float(np.percentile(again, 99)),
        "new_p50_ms": float(np.percentile(new, 50)),
        "new_p99_ms": float(np.percentile(new, 99)),
    }


def asked(ticker: str, as_of: date) -> MetricQuery:
    """Every option family of one ticker."""
    return MetricQuery(metrics=FAMILIES, tickers=(ticker,), as_of=as_of, time_window="past_week")


def timed(tool: SilverTool, query: MetricQuery) -> float:
    """Milliseconds of one query."""
    began = time.perf_counter()
    result = tool.query(query)
    took = (time.perf_counter() - began) * 1e3
    if any(answer.status == "error" for answer in result.answers):
        raise RuntimeError(f"the benchmark's own query failed: {result.status}")
    return took


def main() -> None:
    """Build, then measure in another process."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "lake"
        began = time.perf_counter()
        build(root)
        print(f"retrieval: {SESSIONS} sessions built in {time.perf_counter() - began:.0f} s")
        words = [sys.executable, "-m", "benchmarks.retrieval", str(root)]
        told = json.loads(subprocess.run(words, capture_output=True, check=True, text=True).stdout)
    print(
        f"  warm query  p50 {told['warm_p50_ms']:6.1f} ms (target {TARGET_P50_MS:.0f})"
        f"  p99 {told['warm_p99_ms']:6.1f} ms (target {TARGET_P99_MS:.0f})"
        f"  of a processor {told['warm_cpu_ms']:.1f} ms\n"
        f"  new query   p50 {told['new_p50_ms']:6.1f} ms  p99 {told['new_p99_ms']:6.1f} ms\n"
        f"  start {told['start_ms']:.0f} ms, first query {told['first_ms']:.0f} ms"
    )


if __name__ == "__main__":
    main()
