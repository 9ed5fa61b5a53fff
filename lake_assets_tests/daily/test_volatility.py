"""Time to expiry runs to the close of the expiration, from the quote or the session's close."""

from datetime import UTC, date, datetime

import pytest

from lake_assets.daily.parameters import ChainParams
from lake_assets.daily.snapshots import snapshot_chains
from lake_assets.daily.volatility import expires_ns
from lake_assets.market.liquidity_tiers import LiquidityTiers
from lake_assets_tests.daily.chains import DAY, EXPIRY, SESSION, chain, contract
from lake_assets_tests.oracles import chain_volatility as oracle


def at(*when):
    return int(datetime(*when, tzinfo=UTC).timestamp()) * 10**9


@pytest.mark.parametrize(
    ("day", "ns"),
    [
        (date(2026, 6, 26), at(2026, 6, 26, 20)),
        (date(2026, 1, 16), at(2026, 1, 16, 21)),
        (date(2026, 11, 27), at(2026, 11, 27, 18)),
        (date(2026, 6, 27), at(2026, 6, 27, 20)),
        (date(2040, 1, 20), at(2040, 1, 20, 21)),
    ],
    ids=["summer", "winter", "short day", "a Saturday", "beyond the calendar"],
)
def test_a_contract_expires_at_four_or_when_a_short_day_closes(day, ns):
    assert expires_ns(day) == ns


def solved(params=None, **said):
    rows = chain(contract(vendor_iv=None, **said))
    made = snapshot_chains(rows, SESSION, LiquidityTiers.load(), params or ChainParams())
    return made.batches["solved_iv"].item()


def test_without_a_quote_time_time_runs_from_the_close():
    years = (expires_ns(EXPIRY) - SESSION.rth.closes) / (365 * 86_400 * 10**9)
    assert years == 28 / 365
    wanted = oracle.solve(500.0, 500.0, years, 10.0, 0.04, 0.0, is_call=True)
    assert solved() == pytest.approx(wanted, abs=1e-9)


def test_a_quote_time_starts_the_clock():
    noon = datetime(2026, 5, 29, 16, tzinfo=UTC)
    wanted = oracle.solve(500.0, 500.0, (28 + 4 / 24) / 365, 10.0, 0.04, 0.0, is_call=True)
    assert solved(quote_time=noon) == pytest.approx(wanted, abs=1e-9)


def test_on_its_last_day_a_contract_has_an_hour_at_least():
    wanted = oracle.solve(500.0, 500.0, 1 / 8760, 1.0, 0.04, 0.0, is_call=True)
    assert solved(expiration=DAY, bid=0.9, ask=1.1) == pytest.approx(wanted, abs=1e-9)


def test_rate_and_yield_are_parameters():
    params = ChainParams(iv_rate=0.01, iv_yield=0.02)
    wanted = oracle.solve(500.0, 500.0, 28 / 365, 10.0, 0.01, 0.02, is_call=True)
    assert solved(params) == pytest.approx(wanted, abs=1e-9)
    assert solved(params) != solved()
