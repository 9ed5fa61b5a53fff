"""Slots side by side: each shows its own contract, and both of the money are added up."""

from lake_assets.catalog.option_slots import PREFIXES, SLOT_COLUMNS, SUFFIXES
from lake_assets_tests.seconds.scenes import row, state

STEP = 50


def test_each_slot_shows_its_own_contract():
    rows = [
        row(0, right, 24_500 + STEP * at, bp0=float(100 * side + 10 * at + 5), sp0=400.0)
        for side, right in enumerate(("CE", "PE"))
        for at in range(5)
    ]
    found = state(rows, 1).row(0, named=True)

    for side, prefix in enumerate(PREFIXES):
        for at, suffix in enumerate(SUFFIXES):
            assert found[f"{prefix}_strike{suffix}"] == 24_500 + STEP * at
            assert found[f"{prefix}_bid{suffix}"] == 100 * side + 10 * at + 5


def test_ten_slots_have_the_same_columns():
    names = state([], 1).columns
    for prefix in PREFIXES:
        for suffix in SUFFIXES:
            assert {f"{prefix}_{name}{suffix}" for name in SLOT_COLUMNS} < set(names)


def test_the_spread_of_both_is_unknown_where_one_is():
    found = state([row(0, "CE"), row(0, "PE", sp0=101.0), row(1, "CE", sp0=None)], 1)
    assert found["spread_total"].to_list() == [1.5, None]
