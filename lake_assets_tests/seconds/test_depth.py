"""Depth, imbalance and slope of a book, worked by hand."""

import pytest

from lake_assets_tests.seconds.scenes import row, state


def test_a_book_worked_by_hand():
    sizes = [150, 300, 450, 300, 300], [75, 75, 150, 150, 300]
    found = state([row(0, sizes=sizes)], 1)

    assert found["ce_bid_depth_5"].item(0) == 1500
    assert found["ce_ask_depth_5"].item(0) == 750
    assert found["ce_obi_5"].item(0) == pytest.approx(1 / 3, rel=1e-12)
    assert found["ce_obi_1"].item(0) == pytest.approx(1 / 3, rel=1e-12)
    assert found["ce_depth_slope_bid"].item(0) == pytest.approx(0.1, rel=1e-12)
    assert found["ce_depth_slope_ask"].item(0) == pytest.approx(0.1, rel=1e-12)
    assert found["ce_bid_size"].item(0) == 150
    assert found["ce_ask_size"].item(0) == 75


def test_an_empty_side_has_no_slope_and_an_empty_book_no_imbalance():
    nobody, some = [0] * 5, [75] * 5
    found = state([row(0, sizes=(nobody, some)), row(1, sizes=(nobody, nobody))], 1)

    assert found["ce_obi_5"].to_list() == [-1.0, None]
    assert found["ce_obi_1"].to_list() == [-1.0, None]
    assert found["ce_depth_slope_bid"].to_list() == [None, None]
    assert found["ce_depth_slope_ask"].to_list() == [0.2, None]
    assert found["ce_bid_depth_5"].to_list() == [0, 0]


def test_a_source_of_one_level_has_no_depth_of_five():
    sizes = [30, *[None] * 4], [10, *[None] * 4]
    rows = [row(0, right, k, sizes=sizes) for right in ("CE", "PE") for k in (629, 630, 631)]
    found = state(rows, 1, underlying="SPY")

    for name in ("bid_depth_5", "ask_depth_5", "obi_5", "depth_slope_bid", "depth_slope_ask"):
        assert found[f"ce_{name}"].null_count() == 2, name
    assert found["ce_obi_1"].item(0) == 0.5
