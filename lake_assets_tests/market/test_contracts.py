"""Expiries of ES contracts and what their symbols mean on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.market.contracts import (
    MONTH_LETTERS,
    expiry_of,
    front_expiry,
    front_overrides,
    third_friday,
)

days = st.dates(date(2010, 6, 7), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("year", "month", "expiry"),
    [(2023, 12, "2023-12-15"), (2024, 3, "2024-03-15"), (2025, 8, "2025-08-15")],
    ids=["month begins on a Friday", "and in a leap year", "and in summer"],
)
def test_a_contract_expires_on_the_third_friday(year, month, expiry):
    assert third_friday(year, month) == date.fromisoformat(expiry)


@given(st.integers(2000, 2099), st.integers(1, 12))
def test_the_third_friday_is_a_friday_from_the_15th_to_the_21st(year, month):
    friday = third_friday(year, month)

    assert friday.weekday() == 4
    assert 15 <= friday.day <= 21


@pytest.mark.parametrize(
    ("symbol", "day", "expiry"),
    [
        ("ESH4", "2023-12-26", "2024-03-15"),
        ("ESZ5", "2025-12-19", "2025-12-19"),
        ("ESZ5", "2025-12-22", "2035-12-21"),
        ("ESH26", "2025-12-17", "2026-03-20"),
        ("ESH0", "2019-12-30", "2020-03-20"),
    ],
    ids=["next year", "last day", "a decade on", "two digits", "across a decade"],
)
def test_a_symbol_means_its_next_expiry(symbol, day, expiry):
    assert expiry_of(symbol, date.fromisoformat(day)) == date.fromisoformat(expiry)


@pytest.mark.parametrize("symbol", ["ES.c.0", "ESH4-ESM4", "ESA4", "NQH4", "ESH"])
def test_a_symbol_without_a_month_has_no_expiry(symbol):
    assert expiry_of(symbol, date(2024, 1, 2)) is None


@given(days, st.sampled_from(MONTH_LETTERS), st.integers(0, 9))
def test_a_traded_contract_has_not_expired_and_is_within_a_decade(day, letter, digit):
    expiry = expiry_of(f"ES{letter}{digit}", day)

    assert day <= expiry < date(day.year + 11, 1, 1)
    assert expiry.year % 10 == digit


@pytest.mark.parametrize(
    ("day", "expiry"),
    [
        ("2025-12-10", "2025-12-19"),
        ("2025-12-11", "2026-03-20"),
        ("2025-12-31", "2026-03-20"),
        ("2024-05-09", "2024-06-21"),
    ],
    ids=["nine days before", "eight days before", "year's end", "mid quarter"],
)
def test_the_calendar_rolls_eight_days_before_expiry(day, expiry):
    assert front_expiry(date.fromisoformat(day)) == date.fromisoformat(expiry)


@given(days)
def test_the_calendar_names_the_nearest_quarterly_expiry_far_enough_away(day):
    ahead = [day + timedelta(days=n) for n in range(9, 9 + 100)]
    nearest = next(d for d in ahead if d.month % 3 == 0 and d == third_friday(d.year, d.month))

    assert front_expiry(day) == nearest


def test_every_override_names_a_contract_alive_on_its_date():
    assert all(expiry_of(symbol, day) for day, symbol in front_overrides().items())
