"""What moved at the touch of the contract at the money."""

import pytest

from lake_assets_tests.seconds.scenes import STRIKE, row, state


def top(second, bid, bids, ask, asks, **columns):
    """A row with one level a side."""
    sizes = [bids, 0, 0, 0, 0], [asks, 0, 0, 0, 0]
    return row(second, bp0=bid, sp0=ask, sizes=sizes, **columns)


def test_order_flow_worked_by_hand():
    rows = [
        top(0, 100.00, 300, 100.50, 150),
        top(1, 100.05, 225, 100.50, 75),
        top(2, 100.00, 600, 100.45, 150),
    ]
    assert state(rows, 2)["ce_ofi_1s"].to_list() == [None, 300, -375]


def test_a_mirrored_book_has_the_opposite_flow():
    prices = [(100.0, 300, 100.5, 150), (100.05, 225, 100.5, 75), (99.9, 75, 100.3, 225)]
    up = [top(t, *given) for t, given in enumerate(prices)]
    down = [top(t, 200 - a, qa, 200 - b, qb) for t, (b, qb, a, qa) in enumerate(prices)]

    flows = state(up, 2)["ce_ofi_1s"].to_list()

    assert flows[1:] == [-f for f in state(down, 2)["ce_ofi_1s"].to_list()[1:]]


def test_flow_of_ten_seconds_wants_eight_that_are_known():
    rows = [top(t, 100.0, 75 * (t + 1), 100.5, 75) for t in range(12) if t != 3]
    found = state(rows, 11)

    known = [t for t in range(12) if found["ce_ofi_1s"].item(t) is not None]
    assert known == [1, 2, 5, 6, 7, 8, 9, 10, 11]
    # seconds 1 to 10 hold eight, each of 75; so do 2 to 11
    assert found["ce_ofi_10s"].to_list() == [None] * 10 + [600, 600]


def test_changes_are_of_one_contract_between_seconds_in_which_it_was_observed():
    spots = [row(t, "PE", 20_000, spot_price=24_600.0 + 50 * (t >= 4)) for t in range(6)]
    quiet = {"spot_price": None}
    rows = [row(t, bp0=100.0 + t, sp0=100.5 + t, **quiet) for t in (0, 1, 3, 4)]
    rows += [row(t, strike=STRIKE + 50, bp0=70.0 + t, sp0=70.5 + t, **quiet) for t in range(6)]
    found = state(rows + spots, 5)

    # 2 was not observed, so neither 2 nor 3 has a change; 4 rolled; 5 is of the new contract
    assert found["ce_dopt_1s"].to_list() == [None, 1.0, None, None, None, 1.0]
    assert found["ce_ofi_1s"].is_not_null().to_list() == [False, True, False, False, False, True]


@pytest.mark.parametrize(
    ("move", "known"), [(1.0, True), (0.99, False), (-1.0, True), (24.99, True), (25.0, False)]
)
def test_relative_delta_wants_a_move_and_no_roll(move, known):
    # at 24,625 the money is a strike higher
    rows = [row(t, spot_price=24_600.0) for t in range(10)]
    rows.append(row(10, spot_price=24_600.0 + move, bp0=103.0, sp0=103.5))
    rows.append(row(0, strike=STRIKE + 50))

    found = state(rows, 10)["ce_rel_delta_10s"]

    assert found.null_count() == (10 if known else 11)
    if known:
        assert found.item(10) == pytest.approx(3.0 / move, rel=1e-9)


def test_relative_delta_wants_both_ends_observed():
    rows = [row(t, spot_price=24_600.0 + 2 * t) for t in range(11) if t != 0]
    rows.append(row(0, "PE", spot_price=24_600.0))
    found = state(rows, 10)
    # the call has no row in second 0, the put none in second 10
    assert found["ce_rel_delta_10s"].item(10) is None
    assert found["pe_rel_delta_10s"].item(10) is None
