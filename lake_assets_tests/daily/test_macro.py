"""Changes stay inside a vintage; months, gaps, rates, fills and strangers as declared."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog import MACRO_SERIES
from lake_assets.catalog.macro import MACRO_PRINTS
from lake_assets.daily.macro import describe_series
from lake_assets.lake.contract import check_rows
from lake_assets.market.macro_series import MacroRegistry
from lake_assets_tests.oracles import macro as oracle

REGISTRY = MacroRegistry.load()
RETRIEVED = date(2026, 5, 29)
PCT = ["daily_change_pct", "mom_change_pct", "yoy_change_pct"]
LEVEL = ["daily_change_level", "mom_change_level", "yoy_change_level"]


def prints(*seen, series="^GSPC", file="a.csv", retrieved=RETRIEVED):
    """Rows of (date, value)."""
    rows = [(day, retrieved, series, float(value), "long", file) for day, value in seen]
    return pl.DataFrame(rows, schema=MACRO_PRINTS.dtypes, orient="row")


def told(*frames):
    made = describe_series(pl.concat(frames), REGISTRY).batches
    check_rows(MACRO_SERIES, made)
    return made


# The hand-worked vectors


def test_a_daily_change_is_against_the_observation_before_in_its_own_vintage():
    first = told(prints((date(2026, 5, 28), 5900.0), retrieved=date(2026, 5, 28)))
    assert first["daily_change_pct"].to_list() == [None]
    second = told(prints((date(2026, 5, 28), 5900.0), (date(2026, 5, 29), 5910.5)))
    assert second["daily_change_pct"].round(2).to_list() == [None, 0.18]
    revised = prints(
        (date(2026, 5, 28), 5900.0), (date(2026, 5, 29), 5911.69), retrieved=date(2026, 6, 2)
    )
    assert told(revised)["daily_change_pct"].round(2).to_list() == [None, 0.20]


def test_a_rate_changes_in_points():
    april = told(prints((date(2026, 3, 1), 4.4), series="UNRATE"))
    assert april.select("value", *LEVEL, *PCT).row(0) == (4.4, *[None] * 6)
    may = told(prints((date(2026, 3, 1), 4.3), (date(2026, 4, 1), 4.3), series="UNRATE"))
    assert may["mom_change_level"].to_list() == [None, 0.0]
    assert may.select(PCT).null_count().row(0) == (2, 2, 2)


# The slow twin

days = st.dates(date(2024, 1, 1), date(2026, 5, 29))
values = st.sampled_from([-1.0, 0.0, 1.0, 100.0, 101.5, 4.3])


@given(st.dictionaries(days, values, max_size=40), st.sampled_from(["^GSPC", "DGS10"]))
def test_daily_series_equal_their_slow_twin(seen, series):
    made = told(prints(*seen.items(), series=series))
    wanted = oracle.changes(seen, "Daily", is_rate=series == "DGS10")
    for row in made.rows(named=True):
        got = [(row[p], row[level]) for p, level in zip(PCT, LEVEL, strict=True)]
        assert got == wanted[row["observation_date"]]
    assert set(made["suspected_fill"]) <= {oracle.is_filled(seen)}


@given(
    st.dictionaries(days.map(lambda d: d.replace(day=1)), values, max_size=30),
    st.sampled_from([("CPIAUCSL", "Monthly"), ("UNRATE", "Monthly"), ("GDPC1", "Quarterly")]),
)
def test_monthly_and_quarterly_series_equal_their_slow_twin(seen, kind):
    series, frequency = kind
    made = told(prints(*seen.items(), series=series))
    wanted = oracle.changes(seen, frequency, is_rate=series == "UNRATE")
    for row in made.rows(named=True):
        got = [(row[p], row[level]) for p, level in zip(PCT, LEVEL, strict=True)]
        assert got == wanted[row["observation_date"]]
    assert not made["suspected_fill"].any()


# Rules


def test_a_monthly_series_on_daily_dates_keeps_the_first_row_of_each_month():
    seen = [(date(2026, 3, 2) + timedelta(days=n), 100.0 + n) for n in range(40)]
    made = told(prints(*seen, series="CPIAUCSL"))
    assert made.select("observation_date", "value").rows() == [
        (date(2026, 3, 1), 100.0),
        (date(2026, 4, 1), 130.0),
    ]
    assert made["mom_change_pct"].to_list() == [None, pytest.approx(30.0)]


def test_a_gap_is_no_month():
    made = told(prints((date(2026, 2, 1), 100), (date(2026, 4, 1), 110), series="CPIAUCSL"))
    assert made["mom_change_pct"].to_list() == [None, None]


@pytest.mark.parametrize(("days", "filled"), [(9, False), (10, True)])
def test_ten_weekdays_of_one_value_look_filled(days, filled):
    start = date(2026, 5, 4)
    weekdays = [start + timedelta(days=n) for n in range(14) if (start.weekday() + n) % 7 < 5]
    seen = [(date(2026, 5, 1), 5.0), *((d, 4.0) for d in weekdays[:days])]
    assert set(told(prints(*seen))["suspected_fill"]) == {filled}


def test_weekends_do_not_make_a_fill():
    start = date(2026, 5, 18)
    seen = [(start + timedelta(days=n), 4.0) for n in range(12)]  # 10 weekdays, 2 of a weekend
    assert told(prints(*seen))["suspected_fill"].all()
    assert not told(prints(*seen[1:]))["suspected_fill"].any()


def test_a_series_nobody_registered_is_quarantined_by_name():
    made = describe_series(
        pl.concat([prints((RETRIEVED, 1)), prints((RETRIEVED, 1), series="XYZ")]), REGISTRY
    )
    assert made.batches["symbol"].to_list() == ["^GSPC"]
    assert made.quality["quarantined_unknown_series"] == 1
    assert made.quality["unknown_series"] == "XYZ"


def test_a_series_goes_by_its_symbol_whatever_its_file_calls_it():
    made = told(prints((RETRIEVED, 1), series="SP500"))
    assert made.select("symbol", "source_id").row(0) == ("^GSPC", "SP500")


def test_what_two_files_tell_differently_is_told_by_neither():
    day, eve = RETRIEVED, RETRIEVED - timedelta(days=1)
    made = describe_series(
        pl.concat([prints((eve, 1), (day, 2)), prints((eve, 1), (day, 3), file="b.csv")]),
        REGISTRY,
    )
    assert made.batches.select("observation_date", "value").rows() == [(eve, 1.0)]
    assert made.quality["quarantined_conflicting_files"] == 2


def test_what_two_files_tell_alike_is_told_once_by_the_longer_vintage():
    day, eve = RETRIEVED, RETRIEVED - timedelta(days=1)
    short, long = prints((day, 2)), prints((eve, 1), (day, 2), file="b.csv")
    for frames in ((short, long), (long, short)):
        made = told(*frames)
        assert made["daily_change_pct"].to_list() == [None, 100.0]


@given(st.dictionaries(days, values, min_size=2, max_size=20), st.data())
def test_the_future_changes_nothing(seen, data):
    cut = data.draw(st.sampled_from(sorted(seen)))
    past = {day: value for day, value in seen.items() if day < cut}
    whole = told(prints(*seen.items())).filter(pl.col("observation_date") < cut)
    alone = told(prints(*past.items()))
    assert whole.drop("suspected_fill").equals(alone.drop("suspected_fill"))


@given(st.dictionaries(days, values, max_size=20), st.randoms(use_true_random=False))
def test_order_of_the_rows_changes_nothing(seen, random):
    items = list(seen.items())
    before = told(prints(*items))
    random.shuffle(items)
    assert told(prints(*items)).equals(before)


def test_nothing_retrieved_is_no_rows():
    assert told(prints()).height == 0
