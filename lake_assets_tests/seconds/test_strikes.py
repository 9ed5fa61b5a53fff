"""The contracts around the money: targets, stand-ins, rolls."""

import pytest

from lake_assets_tests.seconds.scenes import row, state

CALLS = ("ce_strike_m2", "ce_strike_m1", "ce_strike", "ce_strike_p1", "ce_strike_p2")


def listed(*strikes, rights=("CE", "PE"), second=-1.0):
    """Contracts that have a row before the open."""
    return [row(second, right, k) for right in rights for k in strikes]


def spots(*prices):
    """One price a second, named by a contract far from the money."""
    return [row(t, "PE", 20_000, spot_price=p) for t, p in enumerate(prices)]


@pytest.mark.parametrize(
    ("spot", "target"), [(24_024.95, 24_000), (24_025.0, 24_050), (24_075.0, 24_100)]
)
def test_the_target_is_the_nearest_strike_and_halves_go_up(spot, target):
    assert state(spots(spot), 1)["atm_target"].item(0) == target


def test_five_slots_stand_a_step_apart():
    found = state(listed(*range(24_400, 24_801, 50)) + spots(24_600.0), 1)
    assert found.select(CALLS).row(0) == (24_500, 24_550, 24_600, 24_650, 24_700)
    assert found["slot_fallback"].item(0) == 0


def test_a_neighbour_stands_in_and_two_slots_may_share_it():
    rows = listed(24_500, 24_600, 24_700) + listed(24_550, rights=["PE"])
    found = state(rows + spots(24_600.0), 1)

    # 24,550 has 24,500 and 24,600 at the same distance: the lower; likewise 24,650
    assert found.select(CALLS).row(0) == (24_500, 24_500, 24_600, 24_600, 24_700)
    # bits 1 and 3 of the calls; of the puts, which list 24,550, only 24,650: bit 5 + 3
    assert found["slot_fallback"].item(0) == 0b01000_01010


def test_a_slot_with_nothing_near_is_empty():
    found = state(listed(24_600) + spots(24_600.0), 1)
    assert found.select(CALLS).row(0) == (None, 24_600, 24_600, 24_600, None)
    assert found["ce_iv_quality_m2"].item(0) == "no_forward"
    assert not found["ce_observed_m2"].item(0)
    assert found["ce_vol_delta_m2"].item(0) is None


def test_a_strike_is_listed_from_its_first_row_on():
    late = row(2.9, "CE", 24_600)
    rows = [*listed(24_550, 24_650), late, *spots(24_600.0, 24_600.0, 24_600.0, 24_600.0)]
    found = state(rows, 3)
    assert found["ce_strike"].to_list() == [24_550, 24_550, 24_600, 24_600]
    assert found["pe_strike"].to_list() == [24_550] * 4
    assert found["atm_rolled"].to_list() == [False, False, True, False]


def test_a_roll_is_seen_once_and_through_silence():
    prices = [24_600.0, 24_600.0, 24_630.0, 24_630.0, None, None, None, None, None, None, 24_600.0]
    rows = listed(*range(24_400, 24_801, 50)) + spots(*prices)
    found = state(rows, 10)

    assert found["atm_target"].item(9) is None
    assert found["atm_rolled"].arg_true().to_list() == [2, 10]


def test_a_nearer_expiry_is_a_roll():
    near = [row(2, right, expiry=row(0)["expiry"].replace(day=5)) for right in ("CE", "PE")]
    found = state(listed(24_600) + spots(*[24_600.0] * 4) + near, 3)
    assert found["atm_rolled"].arg_true().to_list() == [2]


def test_hysteresis_keeps_the_target():
    rows = spots(24_600.0, 24_629.0, 24_631.0)
    assert state(rows, 2)["atm_target"].to_list() == [24_600, 24_650, 24_650]
    held = state(rows, 2, atm_hysteresis_pct=10)["atm_target"].to_list()
    assert held == [24_600, 24_600, 24_650]
