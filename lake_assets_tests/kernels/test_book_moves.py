"""One pair of states at a time: what was added, canceled, filled, hidden, and masked."""

import numpy as np
import pytest

from lake_assets.kernels.book_moves import account_pairs, room_for_moves

LOW, HIGH = 95, 110


def moves_of(old, new, trades=(), run=(0, 0)) -> dict:
    """(tick, size) ladders and trades of one side; price to its sums, all 0 left out."""
    ticks, size = np.zeros((2, 4), "i4"), np.zeros((2, 4), "i8")
    for row, ladder in enumerate((old, new)):
        for level, (price, contracts) in enumerate(ladder):
            ticks[row, level], size[row, level] = price, contracts
    shown, after = np.array([len(old), len(new)]), np.array([0, len(trades)])
    hit, volume = np.array(trades, "i8").reshape(-1, 2).T.copy()
    moves = room_for_moves(LOW, HIGH)
    fixed = (ticks, size, shown, np.array(run), after, 1, 2, hit, volume)
    account_pairs(*fixed, moves.low, moves.sums, moves.traded)
    assert not moves.traded.any()
    return {LOW + at: row.tolist() for at, row in enumerate(moves.sums) if row.any()}


@pytest.mark.parametrize(
    ("size", "traded", "sums"),
    [
        (130, 0, [30, 0, 0, 0, 0]),
        (130, 7, [30, 0, 0, 7, 0]),
        (100, 7, [0, 0, 0, 7, 0]),
        (80, 7, [0, 13, 7, 0, 0]),
        (80, 20, [0, 0, 20, 0, 0]),
        (80, 27, [0, 0, 20, 7, 0]),
    ],
)
def test_a_change_is_filled_as_far_as_it_was_traded(size, traded, sums):
    trades = [(100, traded)] if traded else []

    assert moves_of([(100, 100), (101, 1)], [(100, size), (101, 1)], trades) == {100: sums}


def test_several_trades_at_a_price_are_one_volume():
    assert moves_of([(100, 9)], [(100, 4)], [(100, 2), (100, 4)]) == {100: [0, 0, 5, 1, 0]}


def test_a_price_without_a_level_before_the_deepest_has_size_0():
    found = moves_of([(100, 9), (103, 4)], [(101, 6), (103, 4)], [(100, 2), (102, 5)])

    assert found == {100: [0, 7, 2, 0, 0], 101: [6, 0, 0, 0, 0], 102: [0, 0, 0, 5, 0]}


def test_prices_in_sight_once_are_masked_and_their_trades_forgotten():
    found = moves_of([(100, 9), (101, 4)], [(101, 4), (104, 3)], [(103, 5)])

    assert found == {100: [0, 9, 0, 0, 0]} | {at: [0, 0, 0, 0, 1] for at in (102, 103, 104)}


def test_an_empty_side_sees_nothing():
    up_to = {at: [0, 0, 0, 0, 1] for at in range(LOW, 102)}

    assert moves_of([(100, 9), (101, 4)], [], [(100, 5)]) == up_to
    assert moves_of([], [(100, 9), (101, 4)], [(100, 5)]) == up_to
    assert moves_of([], [], [(100, 5)]) == {}


def test_prices_of_no_interest_are_passed_over():
    old, new = [(80, 5), (100, 9), (120, 5)], [(80, 7), (100, 8), (130, 5)]

    assert moves_of(old, new, [(80, 1), (130, 1)]) == {100: [0, 1, 0, 0, 0]}
    assert moves_of([(80, 5)], [(81, 5)]) == {}


def test_states_of_two_runs_are_not_compared():
    assert moves_of([(100, 9)], [(101, 4)], [(100, 5)], run=(0, 1)) == {}
