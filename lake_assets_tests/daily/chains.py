"""Rows of option chains that say only what a test is about."""

from datetime import date

import polars as pl

from lake_assets.catalog.option_chains import OPTION_CHAINS
from lake_assets.market.sessions import session_on

DAY = date(2026, 5, 29)
SESSION = session_on(DAY)
PREVIOUS = date(2026, 5, 28)
EXPIRY = date(2026, 6, 26)


def contract(**said):
    """A liquid call at the money, otherwise as said."""
    row = {
        "session_date": DAY,
        "symbol": "SPY",
        "source": "vendor_greeks",
        "option_type": "call",
        "strike": 500.0,
        "expiration": EXPIRY,
        "last_price": 10.0,
        "bid": 9.9,
        "ask": 10.1,
        "volume": 100,
        "open_interest": 1000,
        "vendor_iv": 0.2,
        "underlying_price": 500.0,
        "quote_time_source": "none",
        **said,
    }
    mark = "C" if row["option_type"] == "call" else "P"
    name = f"{row['symbol']}{row['expiration']:%y%m%d}{mark}{round(row['strike'] * 1000):08d}"
    return {"contract_symbol": name, **row}


def chain(*rows):
    """Rows as Bronze holds them."""
    dtypes = OPTION_CHAINS.dtypes
    told = [{name: row.get(name) for name in dtypes} for row in rows]
    return pl.DataFrame(told, schema=dtypes)
