"""Landed files with as little in them as a test is about."""

import csv
import json
from pathlib import Path

from lake_assets.sources.inventory import Inventory

YAHOO = {
    "contractSymbol": "SPY260626C00500000",
    "lastTradeDate": "2026-05-20 13:33:06+00:00",
    "strike": "500.0",
    "lastPrice": "10.0",
    "bid": "9.9",
    "ask": "10.1",
    "volume": "100",
    "openInterest": "1000",
    "impliedVolatility": "0.2",
    "inTheMoney": "True",
}
GREEKS = {
    "contract": "SPY260626C00500000",
    "underlying": "SPY",
    "expiration": "2026-06-26",
    "strike": "500",
    "type": "call",
    "bid": "9.9",
    "ask": "10.1",
    "volume": "100",
    "open_interest": "1000",
    "implied_volatility": "0.2",
    "delta": "0.5",
    "gamma": "0.01",
    "theta": "-0.1",
    "vega": "0.6",
}
OSI = {
    "symbol_value": "SPY   260626C00500000",
    "expiry": "2026-06-26",
    "right": "C",
    "strike": "500",
    "close": "10",
    "volume": "100",
    "open_interest": "1000",
    "implied_volatility": "0.2",
    "file_date": "2026-05-29",
    "spot": "500.5",
}


def table(path: Path, *rows) -> Path:
    """Write rows as CSV; the first one's keys are the header."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def said(path: Path, **told) -> Path:
    """Write a JSON object."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(told))
    return path


def inventory(root: Path) -> Inventory:
    """No vendor files but the landed ones."""
    return Inventory(root, ())
