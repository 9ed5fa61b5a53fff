"""Which sessions are used, and which are told to be missing."""

from datetime import date

import polars as pl
import pytest

from lake_assets.errors import ComputationRefusedError
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.truth_sessions import WholeSessions, stacked

NIFTY = underlying_named("NIFTY")
FRIDAY, MONDAY, TUESDAY = "2025-08-01", "2025-08-04", "2025-08-05"


def rows(value):
    return pl.LazyFrame({"x": [value]})


def test_a_session_is_used_if_every_table_has_it():
    found = WholeSessions.of(
        NIFTY,
        {
            "a": [(TUESDAY, rows(3)), (FRIDAY, rows(1))],
            "b": [(day, rows(0)) for day in (FRIDAY, MONDAY, TUESDAY)],
        },
    )
    assert stacked(found.tables["a"], "x").rows() == [(1, 0), (3, 1)]
    assert found.quality() == {
        "sessions_NIFTY": 2,
        "dates_used_NIFTY": "2025-08-01 2025-08-05",
        "dates_missing_NIFTY": "2025-08-04",
    }


def test_a_weekend_is_not_missing():
    found = WholeSessions.of(NIFTY, {"a": [(FRIDAY, rows(1)), (MONDAY, rows(2))]})
    assert (found.days, found.missing) == ((date(2025, 8, 1), date(2025, 8, 4)), ())


def test_a_session_no_table_has_whole_is_missing():
    found = WholeSessions.of(NIFTY, {"a": [(FRIDAY, rows(1))], "b": []})
    assert (found.days, found.missing) == ((), (date(2025, 8, 1),))


def test_a_date_twice_is_refused():
    with pytest.raises(ComputationRefusedError, match="a came with a date more than once"):
        WholeSessions.of(NIFTY, {"a": [(FRIDAY, rows(1)), (FRIDAY, rows(2))]})
