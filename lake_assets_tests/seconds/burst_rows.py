"""Rows of `gold/bursts`: a test states the cells it is about, the rest is dull."""

from datetime import UTC, date, datetime, timedelta

import polars as pl

from lake_assets.catalog.option_events import BURSTS

DAY = date(2025, 8, 1)


def burst_rows(rows, underlying="NIFTY", day=DAY) -> pl.DataFrame:
    """Bursts of a session, one a minute, each a down burst unless it says otherwise."""
    declared = BURSTS.of(underlying)
    noon = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=6)
    whole = []
    for at, given in enumerate(rows):
        start = noon + timedelta(minutes=at)
        times = {n: start + timedelta(seconds=s) for n, s in _TIMES.items()}
        name = f"{underlying}_{day}_burst_{at:05d}"
        dull = {"event_id": name, "underlying": underlying, "session_date": day, "expiry": day}
        whole.append({**dict.fromkeys(declared.dtypes), **_DULL, **dull, **times, **given})
    return pl.DataFrame(whole, schema=declared.dtypes)


_TIMES = {"start_time": 0, "trigger_time": 4, "peak_time": 5, "end_time": 15, "known_at": 32}
_DULL = {
    "duration_s": 15,
    "direction": -1,
    "merged_count": 1,
    "size_points": 12.0,
    "peak_points": 12.0,
    "net_points": -11.5,
    "start_price": 24_012.0,
    "end_price": 24_000.5,
    "max_price": 24_012.0,
    "min_price": 24_000.0,
    "end_reason": "quiet",
    "censored": False,
    "dte_days": 0,
    "dte_bucket": "0",
    "time_of_day": "midday",
}
