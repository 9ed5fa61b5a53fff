"""Which contracts a date trades."""

from datetime import date

import pytest

from lake_assets.market.sessions import session_on
from lake_assets.simulation.contracts import (
    futures_of,
    next_options_session,
    options_of,
    third_friday,
)


@pytest.mark.parametrize(
    ("day", "symbols"),
    [
        (date(2025, 11, 20), ["ESZ5", "ESH6", "ESZ5-ESH6"]),
        (date(2025, 12, 10), ["ESZ5", "ESH6", "ESZ5-ESH6"]),
        (date(2025, 12, 11), ["ESH6", "ESM6", "ESH6-ESM6"]),
        (date(2025, 12, 31), ["ESH6", "ESM6", "ESH6-ESM6"]),
        (date(2026, 9, 9), ["ESU6", "ESZ6", "ESU6-ESZ6"]),
    ],
    ids=str,
)
def test_the_front_contract_rolls_eight_days_before_it_expires(day, symbols):
    assert [future.raw_symbol for future in futures_of(day)] == symbols


def test_ids_belong_to_contracts_not_to_days():
    assert futures_of(date(2025, 11, 20))[1] == futures_of(date(2026, 1, 20))[0]


def test_quarterly_contracts_expire_on_third_fridays():
    assert third_friday(2025, 12) == date(2025, 12, 19)
    assert third_friday(2026, 3) == date(2026, 3, 20)
    assert third_friday(2024, 3) == date(2024, 3, 15)


def test_the_later_expiry_skips_days_without_regular_hours():
    assert next_options_session(session_on(date(2025, 11, 26))).day == date(2025, 11, 28)


def test_an_option_expires_at_the_close_of_its_day():
    half = session_on(date(2025, 11, 28))
    options = options_of(half, 684.5)
    assert options[0].raw_symbol == "SPY   251128C00664000"
    assert {option.expires_ns for option in options[: len(options) // 2]} == {half.rth.closes}
    assert len({option.instrument_id for option in options}) == len(options)
