"""Traded volume of the money and of the chain."""

from datetime import timedelta

from lake_assets_tests.seconds.scenes import EXPIRY, row, state


def test_both_contracts_at_the_money_are_added_and_one_unknown_leaves_both():
    rows = [row(0, "CE", vol_delta=75), row(0, "PE", vol_delta=150), row(1, "CE", vol_delta=75)]
    rows += [row(2, "CE", vol_delta=None), row(2, "PE", vol_delta=75)]
    found = state(rows, 3)

    assert found["opt_vol_1s"].to_list() == [225, 75, None, None]
    assert found["opt_active_1s"].to_list() == [True, True, None, None]


def test_nobody_traded_is_zero_and_not_active():
    found = state([row(0, "CE"), row(0, "PE")], 1)
    assert found["opt_vol_1s"].item(0) == 0
    assert found["opt_active_1s"].item(0) is False


def test_volume_of_half_a_minute_wants_24_known_seconds():
    rows = [row(t, right, vol_delta=75) for t in range(40) for right in ("CE", "PE")]
    found = state(rows, 60)["opt_vol_30s"]

    assert found.item(22) is None
    assert found.item(23) == 24 * 150
    assert found.item(39) == 30 * 150
    # from second 40 on nothing is known: 24 of the window are left in second 45
    assert found.item(45) == 24 * 150
    assert found.item(46) is None


def test_puts_over_calls_of_all_strikes_by_each_contract_s_last_volume():
    rows = [
        row(-5, "CE", 20_000, volume=100),
        row(1, "CE", 24_600, volume=100),
        row(1.5, "PE", 24_600, volume=50),
        row(2, "CE", 20_000, volume=60),  # a reset
        row(3, "CE", 24_600, volume=None),
        row(3, "PE", 30_000, volume=30),
        row(0, "PE", 24_600, volume=9_999, expiry=EXPIRY + timedelta(days=7)),
    ]
    found = state(rows, 4)["pcr_volume"].to_list()

    assert found == [None, 50 / 200, 50 / 160, 80 / 160, 80 / 160]


def test_without_a_call_traded_there_is_no_ratio():
    found = state([row(0, "CE", volume=0), row(0, "PE", volume=10)], 1)
    assert found["pcr_volume"].null_count() == 2
