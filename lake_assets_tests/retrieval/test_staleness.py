"""Staleness: windows, sessions, days; and why there is no row at all."""

from datetime import date

import pytest

from lake_assets.retrieval.staleness import is_stale, reference_day, skipped_session, why_nothing
from lake_assets.retrieval.state import Asked, Materialized, Vintage
from lake_assets.retrieval.vocabulary import Family, Frequency, Reason
from lake_assets.retrieval.windows import place

day = date.fromisoformat
HELD = Materialized(
    options=[day("2026-05-28"), day("2026-05-29")],
    macro=[day("2026-05-27")],
    gpr=[Vintage("2026-05", day("2026-05-06"), day("2026-04-01"))],
)


def window(family, word=None, as_of="2026-05-29"):
    asked = Asked(today=date.max, time_window=word, as_of=as_of and day(as_of))
    return place(family, asked, HELD).predicate


@pytest.mark.parametrize(
    ("family", "frequency", "observed", "reference", "stale"),
    [
        (Family.LIQUIDITY_ANALYSIS, None, "2026-05-28", "2026-05-29", False),
        (Family.LIQUIDITY_ANALYSIS, None, "2026-05-27", "2026-05-29", True),
        (Family.LIQUIDITY_ANALYSIS, None, "2026-05-22", "2026-05-26", False),  # Memorial Day
        (Family.MACRO_ANALYSIS, Frequency.DAILY, "2026-05-26", "2026-05-29", False),
        (Family.MACRO_ANALYSIS, Frequency.DAILY, "2026-05-22", "2026-05-29", True),
        (Family.MACRO_ANALYSIS, Frequency.MONTHLY, "2026-03-15", "2026-05-29", False),
        (Family.MACRO_ANALYSIS, Frequency.MONTHLY, "2026-03-14", "2026-05-29", True),
        (Family.MACRO_ANALYSIS, Frequency.QUARTERLY, "2024-01-01", "2026-05-29", False),
        (Family.MACRO_ANALYSIS, Frequency.WEEKLY, "2024-01-01", "2026-05-29", False),
        (Family.GEOPOLITICAL_ANALYSIS, None, "2026-04-01", "2026-06-05", False),
        (Family.GEOPOLITICAL_ANALYSIS, None, "2026-04-01", "2026-06-06", True),
    ],
)
def test_age(family, frequency, observed, reference, stale):
    found = is_stale(day(observed), window(family), day(reference), frequency=frequency)
    assert found is stale


@pytest.mark.parametrize(
    ("family", "frequency", "stale"),
    [
        (Family.LIQUIDITY_ANALYSIS, None, True),
        (Family.MACRO_ANALYSIS, Frequency.DAILY, True),
        (Family.MACRO_ANALYSIS, Frequency.MONTHLY, False),
    ],
)
def test_before_the_window_is_stale_for_daily_numbers(family, frequency, stale):
    predicate = window(family, "today")
    observed = day("2026-05-26") if family is Family.MACRO_ANALYSIS else day("2026-05-28")
    assert is_stale(observed, predicate, predicate.end_date, frequency=frequency) is stale


def test_a_session_passed_over_is_named():
    assert skipped_session(day("2026-05-28"), day("2026-05-29")) is Reason.OLDER_THAN_SNAPSHOT
    assert skipped_session(day("2026-05-29"), day("2026-05-29")) is None


@pytest.mark.parametrize(
    ("as_of", "held", "reference"),
    [
        ("2026-05-20", HELD, "2026-05-20"),
        (None, HELD, "2026-05-29"),
        (None, Materialized(macro=[day("2026-05-31")]), "2026-05-29"),
    ],
)
def test_the_day_ages_are_counted_to(as_of, held, reference):
    asked = Asked(today=date.max, as_of=as_of and day(as_of))
    assert reference_day(asked, held) == day(reference)


def test_of_an_empty_lake_no_age_is_counted():
    assert reference_day(Asked(today=date.max), Materialized()) is None


@pytest.mark.parametrize(
    ("as_of", "oldest", "lag", "reason"),
    [
        ("2026-05-05", "2025-12-01", 35, Reason.NOT_KNOWN_AT_AS_OF),  # V9
        ("2026-05-27", "2026-05-28", 0, Reason.NO_PARTITIONS),  # V8
        ("2026-05-05", "2026-04-01", 34, Reason.NOT_KNOWN_AT_AS_OF),
        ("2026-05-05", "2026-04-01", 35, Reason.NO_PARTITIONS),
        ("2026-05-05", None, 0, Reason.NO_PARTITIONS),
        (None, "2025-12-01", 35, Reason.NO_PARTITIONS),
    ],
)
def test_what_a_later_vintage_tells_was_not_known(as_of, oldest, lag, reason):
    assert why_nothing(as_of and day(as_of), oldest and day(oldest), lag) is reason
