"""The expiry of each second: the nearest one seen by then, days counted between dates."""

from datetime import timedelta

import pytest

from lake_assets_tests.seconds.scenes import DAY, both, row, state
from lake_assets_tests.seconds.tapes import HALF_DAY


@pytest.mark.parametrize(("days", "bucket"), [(0, "0"), (2, "2"), (4, "4"), (6, "6+")])
def test_days_to_expiry_are_the_same_all_day(days, bucket):
    expiry = DAY + timedelta(days=days)
    day = state(both(0, expiry=expiry) + both(22_499, expiry=expiry), 22_500)

    assert day["dte_days"].unique().to_list() == [days]
    assert day["dte_bucket"].unique().to_list() == [bucket]
    # 09:15:00 to 15:30:00 is 375 minutes, and each day has 1,440
    assert day["minutes_to_expiry"].item(0) == 375 + 1_440 * days
    assert day["minutes_to_expiry"].item(22_499) == pytest.approx(1_440 * days + 1 / 60)


@pytest.mark.parametrize(
    ("days", "bucket"), [(0, "0"), (1, "2"), (2, "2"), (3, "4"), (4, "4"), (5, "6+"), (40, "6+")]
)
def test_buckets(days, bucket):
    found = state(both(0, expiry=DAY + timedelta(days=days)), 5)
    assert found["dte_bucket"].item(0) == bucket


def test_an_expiry_is_known_from_its_first_row_on_whatever_the_strike():
    far, near = (DAY + timedelta(days=days) for days in (7, 3))
    rows = [row(2, expiry=far), row(6.5, "PE", 30_000, expiry=near)]

    found = state(rows, 10)["expiry"].to_list()

    assert found == [None] * 2 + [far] * 4 + [near] * 5


def test_a_row_before_the_open_names_its_expiry_but_one_expired_does_not():
    near = DAY + timedelta(days=1)
    rows = [row(-100, expiry=near), row(0, expiry=DAY - timedelta(days=1))]

    assert state(rows, 3)["expiry"].to_list() == [near] * 4


def test_nothing_is_known_of_an_expiry_before_a_row():
    found = state([], 3)
    for name in ("expiry", "dte_days", "dte_bucket", "minutes_to_expiry"):
        assert found[name].null_count() == 4


def test_a_clock_change_before_the_expiry_moves_its_moment():
    # New York leaves summer time on 2025-11-02: the last day has an hour more
    day = HALF_DAY.replace(month=10, day=31)
    found = state(
        [row(0, strike=690, expiry=day + timedelta(days=3))], 3, underlying="SPY", day=day
    )
    # the scene closes 3 s after 09:30, by the exchange's clock
    assert found["minutes_to_expiry"].item(3) == 3 * 1_440 + 60
