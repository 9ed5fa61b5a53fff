"""The picks of a session: the hand-worked ties, the slow twin, every row order."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.catalog import OPTION_DAILY, OPTION_SNAPSHOTS
from lake_assets.lake.contract import check_rows
from lake_assets.retrieval.picks import pick_daily
from lake_assets_tests.oracles import picks as oracle

DAY = date(2026, 5, 29)
SHA = "f" * 64


def contract(strike, side, expiration, iv, spread, *, away=None, **said):  # noqa: PLR0913
    signed = round(strike / 100 - 1, 6) if away is None else away
    symbol = said.get("symbol", "SPY")
    mark = side[0].upper()
    row = dict.fromkeys(OPTION_SNAPSHOTS.dtypes)
    return row | {
        "session_date": DAY,
        "symbol": symbol,
        "contract_symbol": f"{symbol}{expiration:%y%m%d}{mark}{round(strike * 1000):08d}",
        "option_type": side,
        "strike": float(strike),
        "expiration": expiration,
        "dte": (expiration - DAY).days,
        "moneyness_signed": signed,
        "moneyness_ratio": None if signed is None else abs(signed),
        "spread_pct": spread,
        "iv": iv,
        "iv_source": "none" if iv is None else "vendor",
        "is_liquid": True,
        **said,
    }


def picked(*rows):
    frame = pl.DataFrame(list(rows), schema=OPTION_SNAPSHOTS.dtypes)
    made = pick_daily(frame, SHA)
    check_rows(OPTION_DAILY, made)
    return made


JUNE, JULY_3, JULY_10 = date(2026, 6, 26), date(2026, 7, 3), date(2026, 7, 10)
TIES = [
    contract(500, "put", JUNE, 0.21, 2.0, away=0.0),
    contract(500, "call", JUNE, 0.20, 2.0, away=0.0),
    contract(500, "call", JULY_3, 0.19, 2.0, away=0.0),
    contract(500, "call", date(2026, 6, 12), 0.30, None, away=0.0),
    contract(501, "call", JUNE, 0.18, 0.1, away=0.002),
]


@given(st.permutations(TIES))
@settings(max_examples=12)
def test_ties_at_the_money_are_settled_the_same_in_every_order(rows):
    row = picked(*rows).row(0, named=True)
    assert (row["atm_contract"], row["atm_iv"]) == ("SPY260626C00500000", 0.20)


WINGS = [
    contract(90, "put", JUNE, 0.31, 4.0),
    contract(93, "put", JUNE, 0.28, 3.0),
    contract(92, "put", JUNE, 0.29, 3.0),
    contract(92, "put", JULY_10, 0.295, 2.0),
    contract(95, "put", JUNE, 0.26, 1.0),
    contract(89.9, "put", JUNE, 0.33, 1.0),
    contract(110, "call", JUNE, 0.17, 2.0),
    contract(105, "call", JUNE, 0.19, 1.0),
    contract(111, "call", JUNE, 0.16, 1.0),
]


@given(st.permutations(WINGS))
@settings(max_examples=12)
def test_wings_tie_after_rounding_and_both_bounds_count(rows):
    row = picked(*rows).row(0, named=True)
    assert (row["put_wing_contract"], row["put_wing_iv"]) == ("SPY260710P00092000", 0.295)
    assert (row["call_wing_contract"], row["call_wing_iv"]) == ("SPY260626C00105000", 0.19)


def test_without_calls_there_is_no_call_wing():
    row = picked(*WINGS[:6]).row(0, named=True)
    assert (row["put_wing_iv"], row["call_wing_contract"]) == (0.295, None)


contracts = st.builds(
    contract,
    st.sampled_from([90, 92, 93, 95, 99, 100, 101, 105, 108, 110]),
    st.sampled_from(["call", "put"]),
    st.sampled_from([DAY + timedelta(days=n) for n in (6, 7, 28, 32, 45, 46)]),
    st.none() | st.sampled_from([0.2, 0.3]),
    st.none() | st.sampled_from([1.0, 2.0]),
    symbol=st.sampled_from(["SPY", "QQQ"]),
    is_liquid=st.booleans(),
)


@given(st.lists(contracts, max_size=16, unique_by=lambda r: r["contract_symbol"]))
@settings(max_examples=40)
def test_picks_equal_their_slow_twin(rows):
    made = {row["symbol"]: row for row in picked(*rows).rows(named=True)}
    assert set(made) == {row["symbol"] for row in rows}
    for symbol, row in made.items():
        wanted = oracle.picks([r for r in rows if r["symbol"] == symbol])
        assert {name: row[name] for name in wanted} == wanted
        assert (row["session_date"], row["source_sha256"]) == (DAY, SHA)


@pytest.mark.parametrize(
    "said",
    [{"is_liquid": False}, {"iv": None}, {"dte": 6}, {"dte": 46}, {"moneyness_ratio": None}],
    ids="-".join,
)
def test_a_session_without_such_a_contract_has_a_row_of_nulls(said):
    row = picked(TIES[0] | said).row(0, named=True)
    assert (row["atm_contract"], row["atm_iv"], row["rows"]) == (None, None, 1)
