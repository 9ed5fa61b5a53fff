"""The registry: one entry an underlying, and nothing else to edit."""

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from lake_assets.errors import UnknownNameError
from lake_assets.market import underlyings
from lake_assets.market.option_vocabulary import DteBucket
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import UNDERLYINGS, underlying_named

FULL_SESSION = {"NIFTY": 22_501, "BANKNIFTY": 22_501, "SPY": 23_401}


def test_an_unknown_underlying_is_refused_with_the_registered_names():
    with pytest.raises(UnknownNameError, match="'SENSEX'; registered are NIFTY, BANKNIFTY, SPY"):
        underlying_named("SENSEX")


@pytest.mark.parametrize("name", FULL_SESSION)
def test_a_full_session_has_a_row_a_second_both_ends_included(name):
    session = session_on(date(2025, 8, 1), underlying_named(name).calendar)
    seconds = (session.rth.closes - session.rth.opens) // 1_000_000_000
    assert seconds + 1 == FULL_SESSION[name]


@pytest.mark.parametrize("underlying", UNDERLYINGS.values(), ids=UNDERLYINGS)
def test_the_calendar_opens_when_the_registry_says(underlying):
    opens = session_on(date(2025, 8, 1), underlying.calendar).rth.opens
    local = datetime.fromtimestamp(opens // 10**9, UTC).astimezone(ZoneInfo(underlying.time_zone))
    assert local.time() == underlying.opens
    assert underlying.opens < underlying.morning_until < underlying.midday_until < underlying.closes


def test_the_fund_moves_in_fortieths_of_the_index_rounded_up_to_a_cent():
    nifty, spy = underlying_named("NIFTY"), underlying_named("SPY")
    for name in ("burst_points", "burst_step_points", "burst_end_points"):
        # exact in hundredths of a cent: x * 0.025 dollars is x * 2.5 cents
        cents = [-(-int(points * 10) // 4) for points in getattr(nifty, name)]
        assert [round(points * 100) for points in getattr(spy, name)] == cents


def test_lot_sizes_change_on_their_date():
    dated = replace(
        underlying_named("NIFTY"), lot_sizes=((date(2024, 4, 26), 25), (date(2024, 11, 20), 75))
    )
    assert dated.lot_size_on(date(2024, 11, 19)) == 25
    assert dated.lot_size_on(date(2024, 11, 20)) == 75
    with pytest.raises(UnknownNameError, match="no lot size on 2024-04-25"):
        dated.lot_size_on(date(2024, 4, 25))


def test_the_override_table_wins(monkeypatch):
    table = {"NIFTY": {date(2025, 12, 31): 65}}
    monkeypatch.setattr(underlyings, "_lot_size_overrides", lambda: table)
    nifty = underlying_named("NIFTY")
    assert nifty.lot_size_on(date(2025, 12, 30)) == 75
    assert nifty.lot_size_on(date(2025, 12, 31)) == 65


def test_facts_are_text_and_numbers_without_thresholds():
    facts = underlying_named("SPY").facts
    assert facts["opens"] == "09:30:00"
    assert facts["lot_sizes"] == {"2010-01-01": 1}
    assert not {"burst_points", "theta_put"} & set(facts)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [(0, "0"), (1, "2"), (2, "2"), (3, "4"), (4, "4"), (5, "6+"), (6, "6+"), (90, "6+")],
)
def test_days_to_expiry_fall_into_four_buckets(days, bucket):
    assert DteBucket.of(days) == bucket
    assert list(DteBucket)[DteBucket.of(days).place] == bucket
