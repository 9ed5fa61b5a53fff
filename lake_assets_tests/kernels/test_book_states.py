"""Which records are states: the slow twin's choice, and each rule by itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.book_states import ASK, BID, carry_last, keep_states, room_for_states
from lake_assets_tests.kernels.books import DEPTH, SECOND, START, arrays, records_in_order
from lake_assets_tests.oracles import barrier as oracle

BIDS, ASKS = [(99, 5)], [(101, 7)]
LAST, SNAPSHOT, BAD_TIME, BAD = 128, 32, 8, 4


def kept(records, batch=30) -> list[tuple]:
    """(ns, sequence, breaks, bids, asks) of each state, as the slow twin gives them."""
    states, found = room_for_states(batch, DEPTH), []
    for start in range(0, len(records), batch):
        count = keep_states(arrays(records), 5 * SECOND, states, start)
        found += [row_of(states, row) for row in range(1, count + 1)]
        carry_last(states, count)
    return found


def row_of(states, row):
    bids, asks = (
        {
            sign * int(price): int(size)
            for price, size in list(
                zip(states.ticks[side, row], states.size[side, row], strict=True)
            )[: states.shown[side, row]]
        }
        for sign, side in ((-1, BID), (1, ASK))
    )
    return int(states.ns[row]), int(states.sequence[row]), int(states.run[row]), bids, asks


def record(at, bids=BIDS, asks=ASKS, *, flags=LAST, action="A"):
    return (START + at, 0, flags, action, bids, asks)


def times(records):
    return [ns - START for ns, *_ in kept(records)]


@given(records_in_order, st.integers(1, 15))
def test_the_states_are_the_slow_twins_wherever_batches_end(records, batch):
    assert kept(records, batch) == oracle.book_states(records)


@pytest.mark.parametrize(
    ("second", "is_state"),
    [
        (record(2), True),
        (record(2, flags=LAST | BAD_TIME), True),
        (record(2, flags=0), False),
        (record(2, flags=LAST | BAD), False),
        (record(2, action="R"), False),
        (record(2, bids=[(101, 1)]), False),
        (record(2, bids=[(102, 1)]), False),
        (record(2, bids=[(102, 0), (100, 1)]), True),
        (record(2, bids=[]), True),
        (record(2, bids=[], asks=[]), True),
    ],
    ids=[
        "an event's end",
        "bad capture time",
        "inside an event",
        "maybe bad",
        "clear",
        "locked",
        "crossed",
        "crossed by nothing",
        "one-sided",
        "empty",
    ],
)
def test_a_state_ends_an_event_of_a_sound_book(second, is_state):
    assert times([record(1), second]) == ([1, 2] if is_state else [1])


@pytest.mark.parametrize("flags", [LAST, LAST | SNAPSHOT])
def test_the_first_state_has_two_sides(flags):
    assert times([record(1, bids=[], flags=flags), record(2, asks=[]), record(3)]) == [3]


@pytest.mark.parametrize("broken", [record(2, flags=BAD), record(2, flags=0, action="R")])
def test_after_a_break_two_sides_or_a_snapshot_are_awaited(broken):
    one_sided, snapshot = record(3, bids=[]), record(4, bids=[], flags=LAST | SNAPSHOT)

    assert times([record(1), broken, one_sided, record(5), record(6, bids=[])]) == [1, 5, 6]
    assert times([record(1), broken, one_sided, snapshot, record(5, asks=[])]) == [1, 4, 5]


def test_a_break_begins_another_run():
    states = kept([record(1), record(2), record(3, flags=BAD), record(4)])

    assert [run for _, _, run, *_ in states] == [0, 0, 1]


def test_a_state_covers_time_until_the_next_but_no_longer_than_it_speaks():
    records = [record(0), record(2), record(9 * SECOND, bids=[]), record(10 * SECOND), record(11)]
    states = room_for_states(9, DEPTH)

    count = keep_states(arrays(sorted(records)), 5 * SECOND, states)

    assert states.covered_ns[1 : count + 1].tolist() == [
        0,
        2,
        11,
        11 + 5 * SECOND,
        11 + 5 * SECOND,
    ]
    assert states.seen[1 : count + 1].tolist() == [1, 2, 3, 4, 5]


def test_the_usual_depth_is_contracts_a_price_from_best_to_deepest():
    ladder = [(101, 3), (104, 5)]
    states = room_for_states(9, DEPTH)

    keep_states(arrays([record(0, asks=ladder), record(9, asks=ladder)]), SECOND, states)

    # 9 ns of 8 contracts at 4 prices, and of 5 at one
    assert states.usual[ASK, 2] + states.usual_part[ASK, 2] / 2**32 == 18
    assert states.usual[BID, 2] + states.usual_part[BID, 2] / 2**32 == 45
