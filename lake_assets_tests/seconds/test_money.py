"""Columns of the slot at the money: every look back is at the contract chosen now."""

from lake_assets_tests.seconds.scenes import STRIKE, row, state

DEEP, THIN = [300] * 5, [100] * 5


def test_after_a_roll_the_new_contract_is_compared_with_itself():
    spots = [row(t, "PE", 20_000, spot_price=24_600.0 + 50 * (t >= 2)) for t in range(4)]
    rows = [row(t, bp0=100.0, sizes=(DEEP, DEEP), spot_price=None) for t in range(4)]
    rows += [
        row(
            t,
            strike=STRIKE + 50,
            bp0=70.0 + t,
            sp0=75.0 + t,
            spot_price=None,
            sizes=(THIN if t == 3 else DEEP, DEEP),
        )
        for t in range(4)
    ]
    found = state(rows + spots, 3)

    assert found["ce_strike"].to_list() == [24_600, 24_600, 24_650, 24_650]
    # second 2 rolled; in second 3 the new contract's bids fell, at a better price and spread alike
    assert found["ce_dopt_1s"].to_list() == [None, 0.0, None, 1.0]
    assert found["ce_bid_pull"].to_list() == [None, False, None, False]
    assert found["ce_bid_depth_5"].to_list() == [1500, 1500, 1500, 500]


def test_the_rights_do_not_mix():
    rows = [row(t, "CE", sizes=(DEEP if t == 0 else THIN, DEEP)) for t in range(2)]
    rows += [row(t, "PE", sizes=(DEEP, DEEP if t == 0 else THIN)) for t in range(2)]
    found = state(rows, 1).row(1, named=True)

    assert (found["ce_bid_pull"], found["ce_ask_pull"]) == (True, False)
    assert (found["pe_bid_pull"], found["pe_ask_pull"]) == (False, True)
