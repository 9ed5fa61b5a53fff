"""The contracts a session's volatility is read from, sorted by hand."""

ROUND = 6


def last(value):
    """Unknown comes after every known."""
    return (value is None, value or 0.0)


def picks(rows):
    """``rows`` are one symbol's contracts of one session; the columns of option_daily."""
    able = [
        r
        for r in rows
        if r["is_liquid"]
        and 7 <= r["dte"] <= 45
        and r["iv"] is not None
        and r["moneyness_ratio"] is not None
    ]
    atm = min(
        able,
        key=lambda r: (
            r["moneyness_ratio"],
            last(r["spread_pct"]),
            abs(r["dte"] - 30),
            r["option_type"] != "call",
            r["expiration"],
            r["strike"],
            r["contract_symbol"],
        ),
        default=None,
    )
    put = wing(able, "put", -0.10, -0.05)
    call = wing(able, "call", 0.05, 0.10)
    return {
        "atm_contract": atm and atm["contract_symbol"],
        "atm_iv": atm and atm["iv"],
        "atm_dte": atm and atm["dte"],
        "atm_option_type": atm and atm["option_type"],
        "atm_iv_source": atm and atm["iv_source"],
        "put_wing_contract": put and put["contract_symbol"],
        "put_wing_iv": put and put["iv"],
        "call_wing_contract": call and call["contract_symbol"],
        "call_wing_iv": call and call["iv"],
        "rows": len(rows),
    }


def wing(rows, side, low, high):
    return min(
        (r for r in rows if r["option_type"] == side and low <= r["moneyness_signed"] <= high),
        key=lambda r: (
            round(abs(abs(r["moneyness_signed"]) - 0.075), ROUND),
            last(r["spread_pct"]),
            r["expiration"],
            r["strike"],
            r["contract_symbol"],
        ),
        default=None,
    )
