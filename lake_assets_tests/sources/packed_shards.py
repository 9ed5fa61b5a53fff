"""Packed shards of option books, column by column, for tests that need no market data."""

from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from lake_assets.catalog.option_books import OPTION_BOOKS
from lake_assets.catalog.parameters import BookParams
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.sources.inventory import scan_raw
from lake_assets.sources.option_books import read_option_books

DAY = date(2025, 8, 1)
OPEN = datetime(2025, 8, 1, 9, 15)  # noqa: DTZ001 - packed books carry no zone
EXPIRY = date(2025, 8, 7)
LEVELS = range(5)
_TEXT = pl.Categorical()
_LADDER = {
    f"{side}{what}{level}": dtype
    for side in "bs"
    for level in LEVELS
    for what, dtype in (("q", pl.Int64), ("p", pl.Float64), ("o", pl.Int64))
}
SCHEMA = pl.Schema(
    {
        "timestamp": pl.Datetime("us"),
        "price": pl.Float64,
        "qty": pl.Int64,
        "avgPrice": pl.Float64,
        "volume": pl.Int64,
        "bQty": pl.Int64,
        "sQty": pl.Int64,
        "open": pl.Float64,
        "high": pl.Float64,
        "low": pl.Float64,
        "close": pl.Float64,
        "changeper": pl.Float64,
        "lastTradeTime": pl.Datetime("us"),
        "oi": pl.Int64,
        "oiHigh": pl.Int64,
        "oiLow": pl.Int64,
        **_LADDER,
        "symbol": _TEXT,
        "opt_type": _TEXT,
        "strike": pl.Float32,
        "year": pl.Int16,
        "month": pl.Int16,
        "ts": pl.Datetime("us"),
        "timestamp_ns": pl.Int64,
        "expiry": pl.Date,
        "expiry_type": _TEXT,
        "is_monthly": pl.Boolean,
        "is_weekly": pl.Boolean,
        "vol_delta": pl.Int64,
        "spot_price": pl.Float32,
        "distance_from_spot": pl.Float32,
        "moneyness_pct": pl.Float32,
        "intrinsic_value": pl.Float32,
        "mid_price": pl.Float32,
        "time_value": pl.Float32,
    }
)


def row(at=0.0, **columns):
    """One row: a two-sided book of the 24000 CE, ``at`` seconds after the open."""
    stamp = OPEN + timedelta(seconds=at)
    book = {f"{side}q{level}": 75 * (level + 1) for side in "bs" for level in LEVELS}
    plain = {
        "timestamp": stamp,
        "ts": stamp,
        "lastTradeTime": stamp,
        "price": 150.0,
        "volume": 1_000,
        "oi": 10_000,
        **book,
        "bp0": 149.95,
        "sp0": 150.05,
        "opt_type": "CE",
        "symbol": "NIFTY",
        "strike": 24_000.0,
        "expiry": EXPIRY,
        "vol_delta": 0,
        "spot_price": 24_012.35,
    }
    return plain | columns


def frame(rows):
    """Rows as the 64 columns; what a test does not name is null."""
    return pl.DataFrame([dict.fromkeys(SCHEMA, None) | r for r in rows], schema=SCHEMA)


def put(root: Path, rows, *, name="part-0", underlying="NIFTY", day=DAY) -> Path:
    """Write a shard where the lake looks for it; ``rows`` are rows, or a frame as it is."""
    table = rows if isinstance(rows, pl.DataFrame) else frame(rows)
    path = root / "option_books" / str(day) / underlying / f"{name}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    table.write_parquet(path)
    return path


def read(root: Path, *, underlying="NIFTY", day=DAY, inventory=None, **params):
    """Bronze's rows as a frame, and what was counted."""
    known = underlying_named(underlying)
    found = scan_raw(root) if inventory is None else inventory
    rows = read_option_books(found, session_on(day, known.calendar), known, BookParams(**params))
    table = rows.batches
    if not isinstance(table, pl.DataFrame):
        table = pl.from_arrow(table.read_all())
    return OPTION_BOOKS.of(underlying).schema.validate(table), rows.quality
