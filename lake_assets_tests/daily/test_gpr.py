"""Months of geopolitical risk: the hand-worked table, the slow twin, gaps and beginnings."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog import GPR_MONTHLY
from lake_assets.catalog.gpr import GPR_PRINTS
from lake_assets.daily.gpr import describe_months
from lake_assets.lake.contract import check_rows
from lake_assets_tests.oracles import gpr as oracle

ADDED = [
    "gpr_mom_pct",
    "gpr_yoy_pct",
    "gpr_3m_ma",
    "gpr_percentile",
    "gpr_percentile_full_sample",
]


def prints(seen):
    rows = [
        {
            "date": date(*month, 1),
            "vintage_month": "2026-05",
            "retrieval_date": date(2026, 5, 6),
            "gpr": value,
            "gprh": 80.0,
        }
        for month, value in seen.items()
    ]
    return pl.DataFrame(rows, schema=GPR_PRINTS.dtypes)


def told(seen):
    made = describe_months(prints(seen)).batches
    check_rows(GPR_MONTHLY, made)
    return made


VECTOR = {
    (2025, 12): 100.0,
    (2026, 1): 120.0,
    (2026, 2): 120.0,
    (2026, 3): 90.0,
    (2026, 4): 120.0,
}


def test_the_hand_worked_months():
    rounded = told(VECTOR).with_columns(pl.col(ADDED).round(2))
    columns = ("gpr_percentile", "gpr_percentile_full_sample", "gpr_mom_pct", "gpr_3m_ma")
    assert rounded.select(columns).rows() == [
        (100.0, 40.0, None, None),
        (100.0, 80.0, 20.0, None),
        (83.33, 80.0, 0.0, 113.33),
        (25.0, 20.0, -25.0, 110.0),
        (80.0, 80.0, 33.33, 110.0),
    ]


months = st.tuples(st.integers(1985, 1990), st.integers(1, 12))
vintages = st.dictionaries(months, st.sampled_from([50.0, 99.5, 100.0, 100.1, 300.0]), max_size=40)


@given(vintages)
def test_months_equal_their_slow_twin(seen):
    wanted = oracle.months(seen)
    made = told(seen)
    assert made["date"].to_list() == [date(*month, 1) for month in sorted(seen)]
    for row in made.rows(named=True):
        month = (row["date"].year, row["date"].month)
        assert tuple(row[name] for name in ADDED) == wanted[month]


@given(vintages, months)
def test_the_future_changes_nothing_but_the_full_sample(seen, cut):
    past = {month: value for month, value in seen.items() if month < cut}
    whole = told(seen).filter(pl.col("date") < date(*cut, 1))
    assert whole.drop(ADDED[-1]).equals(told(past).drop(ADDED[-1]))


def test_months_before_1985_and_without_the_index_are_left_out():
    made = describe_months(prints({(1984, 12): 90.0, (1985, 1): 100.0, (1985, 2): None}))
    assert made.batches["date"].to_list() == [date(1985, 1, 1)]
    assert made.quality["months_without_gpr"] == 2


def test_all_other_columns_are_kept():
    assert told(VECTOR)["gprh"].to_list() == [80.0] * 5


def test_no_months_no_rows():
    assert told({}).height == 0
