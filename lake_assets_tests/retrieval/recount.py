"""Every number of retrieval recounted in plain Python from the rows, as the specification says it.

Nothing here is read from the queries: rows are dicts, sums are `Fraction`s, picks are sorts.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]

LIMITS = {"tier1": (3, 100, 6, 50), "tier2": (6, 50, 10, 20), "tier3": (10, 20, 15, 10)}


def rounded(value: float | Fraction | None, digits: int) -> float | None:
    """Half away from zero at a decimal; a float is rounded by its shortest text times ten."""
    if value is None:
        return None
    scaled = float(value) * 10**digits
    whole = Decimal(scaled).to_integral_value(ROUND_HALF_UP)
    return float(whole) / 10**digits


def mean(values: Iterable[float | None]) -> float | None:
    """Mean over known values, each first taken to the nearest millionth."""
    known = [
        int(Decimal(v * 1e6).to_integral_value(ROUND_HALF_UP)) for v in values if v is not None
    ]
    return float(sum(known)) / len(known) / 1e6 if known else None


def total(values: Iterable[int | None]) -> int | None:
    """Sum of known values; null if none is known."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _newest(rows: Sequence[Row], symbol: str, *, start: date, end: date) -> list[Row]:
    mine = [r for r in rows if r["symbol"] == symbol and start <= r["session_date"] <= end]
    day = max((row["session_date"] for row in mine), default=None)
    return [row for row in mine if row["session_date"] == day]


def put_call(rows: Sequence[Row], symbol: str, *, start: date, end: date) -> dict[str, Any] | None:
    """Puts over calls of the newest session of the window."""
    day = _newest(rows, symbol, start=start, end=end)
    if not day:
        return None

    def ratio(column: str) -> float | None:
        puts = total(r[column] for r in day if r["option_type"] == "put")
        calls = total(r[column] for r in day if r["option_type"] == "call")
        return rounded(puts / calls, 3) if calls and puts is not None else None

    volume = ratio("volume")
    reading = "Bearish Sentiment" if volume is not None and volume > 1 else "Bullish/Neutral"
    return {
        "pcr_volume": volume,
        "pcr_open_interest": ratio("open_interest"),
        "pcr_status": None if volume is None else reading,
    }


def liquidity(
    rows: Sequence[Row], symbol: str, *, end: date, tier: str | None
) -> dict[str, Any] | None:
    """The whole chain of the newest session, and its executable part."""
    day = _newest(rows, symbol, start=date.min, end=end)
    if not day:
        return None
    part = [row for row in day if row["is_executable_liquid"]]
    weighted = sum(Fraction(round(r["spread_pct"] * 1e6)) * r["volume"] for r in part)
    volume = sum(row["volume"] for row in part)
    spread = rounded(float(weighted) / volume / 1e6, 3) if volume else None
    return {
        "daily_option_volume": total(row["volume"] for row in day),
        "open_interest": total(row["open_interest"] for row in day),
        "chain_avg_spread_pct": rounded(mean(row["spread_pct"] for row in day), 3),
        "liquid_contracts": sum(row["is_liquid"] for row in day),
        "executable_option_volume": volume,
        "executable_open_interest": sum(row["open_interest"] for row in part),
        "executable_avg_spread_pct": spread,
        "executable_contracts": len(part),
        "market_impact_risk": _risk(spread, len(part), tier),
    }


def _risk(spread: float | None, count: int, tier: str | None) -> str:
    if tier not in LIMITS or spread is None or not count:
        return "Unknown"
    low_spread, low_count, medium_spread, medium_count = LIMITS[tier]
    if spread <= low_spread and count >= low_count:
        return "Low"
    return "Medium" if spread <= medium_spread and count >= medium_count else "High"


def pricing(rows: Sequence[Row], symbol: str, *, end: date) -> dict[str, Any] | None:
    """Liquid contracts a week to six weeks from expiry, of the newest session that has some."""
    usable = [r for r in rows if r["is_liquid"] and 7 <= r["dte"] <= 45]
    day = _newest(usable, symbol, start=date.min, end=end)
    if not day:
        return None
    return {
        "underlying_price": day[0]["underlying_price"],
        "avg_bid": rounded(mean(row["bid"] for row in day), 3),
        "avg_ask": rounded(mean(row["ask"] for row in day), 3),
        "avg_last_price": rounded(mean(row["last_price"] for row in day), 3),
        "quote_avg_spread_pct": rounded(mean(row["spread_pct"] for row in day), 3),
    }


def implied_vol(
    rows: Sequence[Row], symbol: str, *, since: date, end: date
) -> dict[str, Any] | None:
    """A contract a session at the money; the newest among them, and its wings."""
    usable = [
        row
        for row in rows
        if row["symbol"] == symbol
        and row["is_liquid"]
        and 7 <= row["dte"] <= 45
        and row["iv"] is not None
        and row["moneyness_ratio"] is not None
        and since <= row["session_date"] <= end
    ]
    picks: dict[date, Row] = {}
    for row in sorted(usable, key=_nearness):
        picks.setdefault(row["session_date"], row)
    if not picks:
        return None
    session = max(picks)
    ivs = [pick["iv"] for pick in picks.values()]
    newest, low, high = picks[session]["iv"], min(ivs), max(ivs)
    place = 1 + sum(iv < newest for iv in ivs)
    day = [row for row in usable if row["session_date"] == session]
    put, call = _wing(day, "put"), _wing(day, "call")
    both = put is not None and call is not None
    return {
        "session": session,
        "atm_contract": picks[session]["contract_symbol"],
        "atm_iv": rounded(newest, 4),
        "iv_percentile": rounded(100 * (place - 1) / (len(ivs) - 1), 2) if len(ivs) > 1 else None,
        "iv_rank": rounded(100 * (newest - low) / (high - low), 2) if high > low else None,
        "otm_put_iv": rounded(put, 4),
        "otm_call_iv": rounded(call, 4),
        "iv_skew": rounded(rounded(put, 4) - rounded(call, 4), 4) if both else None,
        "days": len(ivs),
    }


def _nearness(row: Row) -> tuple[Any, ...]:
    return (
        row["moneyness_ratio"],
        *_spread_first(row),
        abs(row["dte"] - 30),
        row["option_type"] != "call",
        row["expiration"],
        row["strike"],
        row["contract_symbol"],
    )


def _spread_first(row: Row) -> tuple[bool, float]:
    return row["spread_pct"] is None, row["spread_pct"] or 0.0


def _wing(day: Sequence[Row], option_type: str) -> float | None:
    sign = -1 if option_type == "put" else 1
    there = [
        row
        for row in day
        if row["option_type"] == option_type and 0.05 <= sign * row["moneyness_signed"] <= 0.10
    ]

    def order(row: Row) -> tuple[Any, ...]:
        off = rounded(abs(abs(row["moneyness_signed"]) - 0.075), 6)
        return off, *_spread_first(row), row["expiration"], row["strike"], row["contract_symbol"]

    return min(there, key=order)["iv"] if there else None


def macro(rows: Sequence[Row], symbol: str, *, end: date, known_at: date) -> Row | None:
    """The newest observation that was known, as it was last told."""
    known = [
        row
        for row in rows
        if row["symbol"] == symbol
        and row["observation_date"] <= end
        and row["retrieval_date"] <= known_at
    ]
    return max(known, key=lambda r: (r["observation_date"], r["retrieval_date"]), default=None)


def gpr(rows: Sequence[Row], *, end: date, known_at: date) -> Row | None:
    """The newest month of the newest vintage that was known."""
    vintages = [row["retrieval_date"] for row in rows if row["retrieval_date"] <= known_at]
    newest = max(vintages, default=None)
    there = [row for row in rows if row["retrieval_date"] == newest and row["date"] <= end]
    return max(there, key=lambda row: row["date"], default=None)
