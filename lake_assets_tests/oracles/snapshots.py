"""A row of option_snapshots from a row of a chain, one column after the other, in plain Python."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from lake_assets_tests.oracles import chain_volatility

YORK = ZoneInfo("America/New_York")
BANDS = {"SPY": 0.15, "QQQ": 0.15, "GLD": 0.10}


def underlyings(rows, session):
    """By symbol: price and source."""
    found = {}
    for symbol in {row["symbol"] for row in rows}:
        own = [row for row in rows if row["symbol"] == symbol]
        raw = {r["underlying_price"] for r in own} - {None}
        close = {r["underlying_close"] for r in own} - {None}
        parity = by_parity(own, session)
        if len(raw) == 1:
            found[symbol] = (raw.pop(), "raw")
        elif len(close) == 1:
            found[symbol] = (close.pop(), "daily_close")
        elif parity is not None:
            found[symbol] = (parity, "parity")
        else:
            found[symbol] = (None, None)
    return found


def by_parity(rows, session):
    far = [r for r in rows if (r["expiration"] - session).days >= 7]
    if not far:
        return None
    nearest = min(r["expiration"] for r in far)
    mids = {"call": {}, "put": {}}
    for row in sorted(far, key=lambda r: r["contract_symbol"]):
        if row["expiration"] == nearest and (mid := mid_of(row)) is not None:
            mids[row["option_type"]].setdefault(row["strike"], mid)
    both = set(mids["call"]) & set(mids["put"])
    if not both:
        return None
    gaps = {k: round(mids["call"][k] - mids["put"][k], 6) for k in both}
    best = min(both, key=lambda k: (abs(gaps[k]), k))
    price = round(best + gaps[best], 6)
    return price if price > 0 else None


def mid_of(row):
    bid, ask = positive(row["bid"]), positive(row["ask"])
    if ask is not None and bid is not None and ask > 0 and bid <= ask:
        return (bid + ask) / 2
    return None


def positive(value):
    return None if value is None or value < 0 else value


def snapshot(row, session, price, source, *, closes_ns, previous):  # noqa: PLR0913
    bid, ask = positive(row["bid"]), positive(row["ask"])
    volume, interest = positive(row["volume"]), positive(row["open_interest"])
    mid, dte = mid_of(row), (row["expiration"] - session).days
    ratio = None if not mid else (ask - bid) / mid
    away = None if price is None else round(row["strike"] / price - 1, 6)
    end = datetime.combine(row["expiration"], time(16), YORK).astimezone(UTC)
    start = row["quote_time"] or datetime.fromtimestamp(closes_ns // 10**9, UTC)
    years = max((end - start).total_seconds() / (365 * 86_400), 1 / 8760)
    is_call = row["option_type"] == "call"
    solved = chain_volatility.solve(price, row["strike"], years, mid, 0.04, 0.0, is_call=is_call)
    vendor = row["vendor_iv"]
    if vendor is not None and 0.01 <= vendor <= 5:
        iv, iv_source = vendor, "vendor"
    elif solved is not None:
        iv, iv_source = solved, "solved"
    else:
        iv, iv_source = None, "none"
    crossed = bid is not None and ask is not None and ask > 0 and bid > ask
    basic = (volume or 0) >= 50 and (interest or 0) >= 100 and (bid or 0) > 0
    executable = (
        basic
        and ask is not None
        and ask >= 0.5
        and ratio is not None
        and ratio <= 0.15
        and away is not None
        and abs(away) <= BANDS.get(row["symbol"], 0.10)
        and 7 <= dte <= 60
    )
    negative = any(
        row[name] is not None and row[name] < 0
        for name in ("last_price", "bid", "ask", "volume", "open_interest")
    )
    flags = (
        1 * crossed
        + 2 * (mid is None and not crossed)
        + 4 * (vendor is not None and iv_source != "vendor")
        + 8 * negative
        + 16 * (row["quote_time"] is None)
        + 32 * (source == "parity")
    )
    money = None if price is None else (row["strike"] < price) == is_call
    if price is not None and row["strike"] == price:
        money = False
    return {
        "underlying_price": price,
        "underlying_source": source,
        "dte": dte,
        "moneyness_signed": away,
        "moneyness_ratio": None if away is None else abs(away),
        "moneyness_pct": None if away is None else abs(away) * 100,
        "last_price": positive(row["last_price"]),
        "bid": bid,
        "ask": ask,
        "mid": mid,
        "spread_ratio": ratio,
        "spread_pct": None if ratio is None else ratio * 100,
        "volume": volume,
        "open_interest": interest,
        "open_interest_date": None if interest is None else row["open_interest_date"] or previous,
        "solved_iv": solved,
        "iv": iv,
        "iv_source": iv_source,
        "in_the_money": money,
        "is_liquid_basic": basic,
        "is_liquid": basic,
        "is_executable_liquid": executable,
        "flags": flags,
    }
