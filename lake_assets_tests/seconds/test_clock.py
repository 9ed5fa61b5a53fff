"""The grid of a session: every second of it, by the exchange's clock."""

from dataclasses import replace
from datetime import date, datetime

import polars as pl
import pytest

from lake_assets.errors import UnknownSessionError
from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.clock import Clock, read_clock
from lake_assets_tests.seconds.tapes import DAY, HALF_DAY


def clock(underlying="NIFTY", day=DAY) -> Clock:
    registered = underlying_named(underlying)
    return Clock.of(session_on(day, registered.calendar), registered)


@pytest.mark.parametrize(
    ("underlying", "day", "rows", "first", "last"),
    [
        ("NIFTY", DAY, 22_501, "09:15:00", "15:30:00"),
        ("BANKNIFTY", DAY, 22_501, "09:15:00", "15:30:00"),
        ("SPY", DAY, 23_401, "09:30:00", "16:00:00"),
        ("SPY", HALF_DAY, 12_601, "09:30:00", "13:00:00"),
    ],
)
def test_a_session_has_a_row_a_second_both_stamps_included(underlying, day, rows, first, last):
    grid = read_clock(clock(underlying, day))

    assert grid.height == rows
    assert grid["local_time"].item(0) == first
    assert grid["local_time"].item(-1) == last
    assert (grid["timestamp_ns"].diff().drop_nulls() == 1_000_000_000).all()
    assert (grid["timestamp_ns"] == grid["timestamp"].dt.timestamp("ns")).all()
    assert grid["second_of_session"].to_list() == list(range(rows))


@pytest.mark.parametrize(("underlying", "delay_s"), [("NIFTY", 2), ("SPY", 1)])
def test_a_packed_row_is_known_a_second_later(underlying, delay_s):
    grid = read_clock(clock(underlying))
    delays = (grid["known_at"] - grid["timestamp"]).dt.total_seconds()
    assert delays.unique().to_list() == [delay_s]


@pytest.mark.parametrize(
    ("underlying", "at", "part"),
    [
        ("NIFTY", "10:59:59", "morning"),
        ("NIFTY", "11:00:00", "midday"),
        ("NIFTY", "13:59:59", "midday"),
        ("NIFTY", "14:00:00", "afternoon"),
        ("SPY", "11:29:59", "morning"),
        ("SPY", "11:30:00", "midday"),
    ],
)
def test_parts_of_the_day_end_before_their_bound(underlying, at, part):
    grid = read_clock(clock(underlying))
    assert grid.filter(pl.col("local_time") == at)["time_of_day"].item() == part


def test_a_time_before_the_open_is_in_a_negative_second():
    opens_us = clock().opens_ns // 1_000
    micros = [-1_000_001, -1_000_000, -1, 0, 999_999, 1_000_000]
    stamps = pl.Series([opens_us + m for m in micros]).cast(pl.Datetime("us", "UTC"))

    seconds = pl.select(clock().second_of(pl.lit(stamps))).to_series()

    assert seconds.to_list() == [-2, -1, -1, 0, 0, 1]


def test_the_closing_time_is_the_session_s_own():
    assert clock("SPY").closing_time.isoformat() == "16:00:00"
    assert clock("SPY", HALF_DAY).closing_time.isoformat() == "13:00:00"


def test_summer_time_is_the_exchange_s():
    winter = read_clock(clock("SPY", HALF_DAY))["timestamp"].item(0)
    assert winter == datetime.fromisoformat("2025-11-28T14:30:00+00:00")


def test_a_session_without_options_is_refused():
    registered = underlying_named("SPY")
    closed = replace(session_on(date(2025, 8, 1)), rth=None)
    with pytest.raises(UnknownSessionError, match="SPY options do not trade on 2025-08-01"):
        Clock.of(closed, registered)
