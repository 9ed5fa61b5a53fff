"""What a slot shows: the last row of the second, carried for five seconds, the contract's own."""

import pytest

from lake_assets_tests.seconds.scenes import STRIKE, both, row, state


def test_a_second_shows_its_last_row():
    found = state([row(0.1, bp0=90.0), row(0.9, bp0=91.0), row(0.5, bp0=92.0)], 1)
    assert found["ce_bid"].to_list() == [91.0, 91.0]
    assert found["ce_observed"].to_list() == [True, False]


def test_a_book_is_carried_for_five_seconds_and_its_age_counts_on():
    spots = [row(t, "PE", 20_000) for t in range(9)]
    found = state([row(1, volume=77), *spots], 8)

    for name in ("bid", "ask", "mid", "spread", "volume", "obi_5", "bid_depth_5", "ask_size"):
        known = found[f"ce_{name}"].is_not_null().to_list()
        assert known == [False] + [True] * 6 + [False] * 2, name
    assert found["ce_age_s"].to_list() == [None, 0, 1, 2, 3, 4, 5, 6, 7]


def test_a_row_that_lacks_a_side_is_an_observation():
    found = state([row(0), row(1, bp0=None), row(3)], 4)

    assert found["ce_bid"].to_list() == [100.0, None, None, 100.0, 100.0]
    assert found["ce_ask"].null_count() == 0
    assert found["ce_mid"].is_null().to_list() == [False, True, True, False, False]
    assert found["ce_age_s"].to_list() == [0, 0, 1, 0, 1]


@pytest.mark.parametrize(
    ("bid", "ask", "mid", "spread"), [(100.0, 100.0, 100.0, None), (101.0, 100.0, None, None)]
)
def test_locked_and_crossed_books(bid, ask, mid, spread):
    found = state([row(0, bp0=bid, sp0=ask)], 1)
    assert found["ce_mid"].item(0) == mid
    assert found["ce_spread"].item(0) == spread
    assert found["ce_bid"].item(0) == bid


def test_volume_of_a_second_is_the_sum_of_its_rows():
    rows = [row(0.1, vol_delta=75), row(0.2, vol_delta=150), row(2, vol_delta=300)]
    # second 1 has a row of another contract, second 3 has none at all
    found = state([*rows, row(1, "PE", 20_000)], 3)

    assert found["ce_vol_delta"].to_list() == [225, 0, 300, None]


def test_a_row_that_does_not_know_leaves_its_second_unknown():
    found = state([row(0, vol_delta=None), row(0.5, vol_delta=75), row(1, vol_delta=75)], 1)
    assert found["ce_vol_delta"].to_list() == [None, 75]


def test_a_slot_tells_the_contract_s_history_and_not_its_own():
    # spot moves a strike up in second 3; the contract that comes had its row in second 1
    rows = [row(t, "PE", 20_000, spot_price=24_600.0 + 50 * (t > 2)) for t in range(5)]
    rows += [row(0, bp0=90.0), row(2, bp0=90.0), row(1, strike=STRIKE + 50, bp0=70.0)]
    found = state(rows, 4)

    assert found["ce_strike"].to_list() == [24_600, 24_600, 24_600, 24_650, 24_650]
    assert found["ce_bid"].to_list() == [90.0, 90.0, 90.0, 70.0, 70.0]
    assert found["ce_age_s"].to_list() == [0, 1, 0, 2, 3]


def test_a_row_before_the_open_lists_a_contract_but_shows_no_book():
    found = state([*both(-2), row(0, "PE", 20_000)], 1)
    assert found["ce_strike"].item(0) == STRIKE
    assert found["ce_bid"].null_count() == 2
    assert found["ce_age_s"].null_count() == 2
