"""Planted days of two underlyings, materialized from raw shards to the truth tables.

LAKE_TRUTH_DAYS sets how many days of each there are; on the last nothing is planted.
"""

import os
from datetime import date

import dagster as dg
import pytest

from lake_assets.catalog import BURST_LABELS, FAMILIES, TRUTH_TABLES
from lake_assets.market.sessions import Calendar, session_days, session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.simulation.option_books import simulate_option_books
from lake_assets.simulation.option_books_params import OptionBookParams
from lake_assets_tests.folders import filled_once
from lake_assets_tests.orchestration.lakes import TestLake

UNDERLYINGS = ("NIFTY", "BANKNIFTY")
FIRST = date(2025, 8, 5)  # a Tuesday; the nearer expiry is the Thursday's
DAYS = [day for day in session_days(Calendar.NSE) if day >= FIRST]
DAYS = DAYS[: int(os.environ.get("LAKE_TRUTH_DAYS", "2"))]
QUIET = DAYS[-1]


def planted_lake(factory: pytest.TempPathFactory) -> TestLake:
    """The lake of those days, with every table and both aggregates; nobody may change it."""

    def build(folder):
        made = TestLake(folder)
        made.forget_runs()
        for day in DAYS:
            for name in UNDERLYINGS:
                underlying = underlying_named(name)
                session = session_on(day, underlying.calendar)
                params = OptionBookParams(seed=day.day, flaws=True, quiet=day == QUIET)
                simulate_option_books(session, underlying, folder / "raw", params)
            tables = [
                dg.AssetKey(family.of(name).key) for family in FAMILIES for name in UNDERLYINGS
            ]
            done = made.run_at_home(day.isoformat(), select=tables, LAKE_AUDIT_CUTS="0")
            assert done.error is None, done.error
        whole = [dg.AssetKey(dataset.key) for dataset in (BURST_LABELS, TRUTH_TABLES)]
        done = made.run_at_home(None, select=whole)
        assert done.error is None, done.error

    return TestLake(filled_once(factory, "planted-truths", build))
