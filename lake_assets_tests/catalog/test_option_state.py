"""The declared state: every column of ten slots, each with a meaning of its own."""

import pytest

from lake_assets.catalog.option_slots import PREFIXES, SUFFIXES
from lake_assets.catalog.option_state import OPTION_STATE

COLUMNS = OPTION_STATE.of("NIFTY").columns
EVERY = [
    (member.underlying, column) for member in OPTION_STATE for column in member.columns.values()
]


@pytest.mark.parametrize(
    ("underlying", "path"),
    [
        ("NIFTY", "silver/option_state/features_NIFTY_2025-08-01.parquet"),
        ("SPY", "silver/option_state/features_SPY_2025-08-01.parquet"),
    ],
)
def test_a_file_stands_where_people_look_for_it(underlying, path):
    assert OPTION_STATE.of(underlying).path("2025-08-01") == path


def test_ten_slots_have_fourteen_columns_each():
    slots = [n for n in COLUMNS if "_strike" in n]
    assert slots == [f"{prefix}_strike{suffix}" for prefix in PREFIXES for suffix in SUFFIXES]
    assert len([n for n in COLUMNS if n.endswith("_m2")]) == 2 * 14


def test_a_meaning_names_its_slot():
    assert COLUMNS["ce_bid_m2"].meaning == "best bid: call two strikes below the money"
    assert COLUMNS["pe_bid_pull"].meaning.endswith(": put at the money")


@pytest.mark.parametrize(("underlying", "column"), EVERY, ids=[f"{u}.{c.name}" for u, c in EVERY])
def test_every_number_has_a_unit_and_every_column_a_meaning(underlying, column):
    assert column.meaning, f"{underlying}.{column.name} says nothing"
    assert column.unit or not column.dtype.is_numeric(), f"{underlying}.{column.name} has no unit"
