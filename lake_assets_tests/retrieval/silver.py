"""Small Silver partitions by hand: a row says what matters to its test, the rest is filled in."""

from collections.abc import Iterable, Mapping
from datetime import date
from hashlib import sha256
from typing import Any

import polars as pl

from lake_assets.catalog import GPR_MONTHLY, MACRO_SERIES, OPTION_DAILY, OPTION_SNAPSHOTS
from lake_assets.catalog.dataset import Dataset
from lake_assets.lake.fingerprint import Fingerprint
from lake_assets.lake.lake import Lake, in_memory
from lake_assets.market.vocabulary import Provenance
from lake_assets.retrieval.picks import DAILY_PICKS

EXPIRATION = date(2026, 6, 26)


def contract(symbol: str, expiration: date, option_type: str, strike: float) -> str:
    """OCC form without blanks."""
    side = option_type[0].upper()
    return f"{symbol}{expiration:%y%m%d}{side}{round(strike * 1000):08d}"


def option(day: date, **known: Any) -> dict[str, Any]:
    """One row of a snapshot; unknown is null, and false where null cannot be."""
    row = {"symbol": "SPY", "option_type": "call", "strike": 500.0, "expiration": EXPIRATION}
    row |= {"is_liquid": False, "is_executable_liquid": False, **known, "session_date": day}
    row.setdefault("dte", (row["expiration"] - day).days)
    row.setdefault(
        "contract_symbol",
        contract(row["symbol"], row["expiration"], row["option_type"], row["strike"]),
    )
    m, spread, iv = (row.get(n) for n in ("moneyness_signed", "spread_pct", "iv"))
    price = row.get("underlying_price")
    return {
        "underlying_source": None if price is None else "raw",
        "moneyness_ratio": None if m is None else abs(m),
        "moneyness_pct": None if m is None else abs(m) * 100,
        "spread_ratio": None if spread is None else spread / 100,
        "vendor_iv": iv,
        "iv_source": "none" if iv is None else "vendor",
        "quote_time_source": "none",
        "is_liquid_basic": row["is_liquid"],
        "flags": 0,
    } | row


def frame(dataset: Dataset, rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    """Rows with every column of a dataset; what a row does not name is null."""
    full = [{name: row.get(name) for name in dataset.dtypes} for row in rows]
    return pl.DataFrame(full, schema=dataset.dtypes, orient="row")


def publish(lake: Lake, dataset: Dataset, partition: str, rows: pl.DataFrame) -> None:
    """Put rows in force the way every writer does."""
    made_of = sha256(rows.write_json().encode()).hexdigest()
    print_of = Fingerprint(
        code_version=dataset.version,
        schema_hash=dataset.schema_hash,
        parameters={},
        inputs={"test": made_of},
        raw_files={},
    )
    lake.publish(dataset, partition, rows, fingerprint=print_of, provenance=Provenance.SIMULATED)


def publish_options(
    lake: Lake, day: date, rows: Iterable[Mapping[str, Any]], *, daily: bool = True
) -> None:
    """A session's snapshot, and the daily picks made from it as Silver makes them."""
    publish(
        lake,
        OPTION_SNAPSHOTS,
        day.isoformat(),
        frame(OPTION_SNAPSHOTS, [option(day, **r) for r in rows]),
    )
    if daily:
        publish_daily(lake, day)


def publish_daily(lake: Lake, day: date) -> None:
    """The picks of a session, read from its snapshot by the template both sides share."""
    path = lake.root / OPTION_SNAPSHOTS.path(day.isoformat())
    symbols = lake.read(OPTION_SNAPSHOTS, day.isoformat())["symbol"].unique().sort()
    source = {"source_sha256": sha256(path.read_bytes()).hexdigest()}
    bound = {"files": [str(path)], "start": day, "end": day}
    picks: list[dict[str, Any]] = []
    with in_memory() as connection:
        for symbol in symbols:
            answer = connection.execute(DAILY_PICKS, bound | {"symbol": symbol})
            names = [column[0] for column in answer.description]
            picks += [dict(zip(names, row, strict=True)) | source for row in answer.fetchall()]
    publish(lake, OPTION_DAILY, day.isoformat(), frame(OPTION_DAILY, picks))


def macro(
    symbol: str, observed: date, retrieved: date, value: float, **known: Any
) -> dict[str, Any]:
    """One row of a macro vintage; a daily index unless told otherwise."""
    return {
        "symbol": symbol,
        "observation_date": observed,
        "retrieval_date": retrieved,
        "value": value,
        "name": symbol,
        "asset_class": "equity",
        "unit": "points",
        "frequency": "Daily",
        "is_rate": False,
        "publication_lag_days": 1,
        "source_id": symbol,
        "suspected_fill": False,
    } | known


def publish_macro(lake: Lake, retrieved: date, rows: Iterable[Mapping[str, Any]]) -> None:
    """One retrieval date's rows."""
    publish(lake, MACRO_SERIES, retrieved.isoformat(), frame(MACRO_SERIES, rows))


def publish_gpr(lake: Lake, retrieved: date, rows: Iterable[Mapping[str, Any]]) -> None:
    """One vintage of the monthly index."""
    vintage = {"vintage_month": f"{retrieved:%Y-%m}", "retrieval_date": retrieved}
    rows = frame(GPR_MONTHLY, [vintage | row for row in rows])
    publish(lake, GPR_MONTHLY, f"{retrieved:%Y-%m}", rows)
