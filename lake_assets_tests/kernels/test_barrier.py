"""The barrier's kernel against its slow twin, wherever the day is cut into batches."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.barrier import BarrierRule, end_walk, start_walk, walk_states
from lake_assets.kernels.book_moves import Opposing
from lake_assets.kernels.book_states import (
    ASK,
    BID,
    carry_last,
    keep_states,
    room_for_states,
)
from lake_assets.physics.barrier import barrier_rule
from lake_assets.physics.parameters import BarrierParams
from lake_assets_tests.kernels.books import (
    DEPTH,
    MID,
    SECOND,
    START,
    arrays,
    records_in_order,
    trades_in_order,
    windows,
)
from lake_assets_tests.oracles import barrier as oracle

rules = st.builds(
    BarrierParams,
    barrier_window_s=st.sampled_from([1, 20, 60]),
    wall_window_s=st.sampled_from([10, 60, 300]),
    wall_min_weight_s=st.just(0),
    book_stale_s=st.sampled_from([1, 5]),
    zone_ticks=st.integers(1, 8),
)
MOVES = ("added", "canceled", "filled")


def read(records, trades, asked, params=None, batch=5) -> list[dict]:
    """What each (end, level, sign) is told, in the order asked."""
    params = params or BarrierParams()
    told = {}
    for sign, side in ((1, ASK), (-1, BID)):
        places = [at for at, window in enumerate(asked) if window[2] == sign]
        if places:
            sums = walk_side(records, trades, [asked[at] for at in places], side, params, batch)
            told |= dict(zip(places, rows_of(sums), strict=True))
    return [told[at] for at in range(len(asked))]


def walk_side(records, trades, asked, side, params, batch):  # noqa: PLR0913, PLR0917 - plain data
    sign, rule = (1, -1)[side], barrier_rule(params)
    against = np.array([row[:4] for row in trades if row[4] == sign], "i8").reshape(-1, 4)
    ns, sequence, ticks, size = against.T.copy()
    ends, levels, _ = np.array(asked, "i8").T.copy()
    outward, reach = sign * levels, 250 * params.zone_ticks
    first, last = -((reach - outward) // 250), (outward + reach) // 250
    walk = start_walk(side, Opposing(ns, sequence, sign * ticks, size), ends, first, last, rule)
    states = room_for_states(batch, DEPTH)
    for start in range(0, len(records), batch):
        kept = keep_states(arrays(records), rule.stale_ns, states, start)
        walk_states(states, kept, walk)
        carry_last(states, kept)
    end_walk(states, walk)
    assert not walk.moves.traded.any()
    return walk.sums


def rows_of(sums) -> list[dict]:
    columns = zip(*(column.tolist() for column in sums), strict=True)
    return [dict(zip(sums._fields, row, strict=True)) for row in columns]


@given(records_in_order, trades_in_order, st.data(), rules, st.integers(1, 15))
def test_every_window_equals_the_slow_count(records, trades, data, params, batch):
    asked = data.draw(windows(records, trades))

    found = read(records, trades, asked, params, batch)

    states = oracle.book_states(records)
    for row, window in zip(found, asked, strict=True):
        slow = oracle.barrier(records, trades, window, params)
        assert row["updates"] == slow["book_updates"]
        assert Fraction(row["covered_ns"], SECOND) == slow["book_coverage_s"]
        if "barrier_added" in slow:
            names = [*MOVES, "hidden", "masked_updates"]
            assert row["moves"] == [slow[f"barrier_{name}"] for name in names]
            assert row["has_depth"] == (slow["depth_in_zone"] is not None)
            assert row["depth"] == (slow["depth_in_zone"] or 0)
            assert row["zone_prices"] == (slow["barrier_zone_prices"] or 0)
        known = [state for state in states if state[0] < window[0]]
        assert_usual_depth(row, oracle.usual_depth(known, window[0], window[2], params))


def assert_usual_depth(row, slow):
    """Each state may lose less than 2**-32, and no other precision is lost."""
    if slow is None:
        assert row["usual"] == row["usual_part"] == 0
        return
    mass = row["usual"] + Fraction(row["usual_part"], 2**32)
    assert abs(slow * row["weight_ns"] - mass) <= Fraction(14, 2**32)


@given(records_in_order, trades_in_order, st.data())
def test_batches_change_nothing(records, trades, data):
    asked = data.draw(windows(records, trades))

    whole = read(records, trades, asked, batch=20)

    assert read(records, trades, asked, batch=1) == whole
    assert read(records, trades, asked, batch=3) == whole


@given(records_in_order, trades_in_order, st.data())
def test_windows_do_not_disturb_each_other(records, trades, data):
    asked = data.draw(windows(records, trades))

    together = read(records, trades, asked)

    assert [read(records, trades, [each])[0] for each in asked] == together
    assert read(records, trades, asked[::-1]) == together[::-1]


@given(records_in_order, trades_in_order, st.data())
def test_both_sides_are_one_another_mirrored(records, trades, data):
    asked = data.draw(windows(records, trades))

    def turned(levels):
        return [(2 * MID - price, size) for price, size in levels]

    flipped = [(*head, turned(asks), turned(bids)) for *head, bids, asks in records]
    against = [(ns, seq, 2 * MID - k, size, -side) for ns, seq, k, size, side in trades]
    mirrored = [(end, 500 * MID - level, -sign) for end, level, sign in asked]

    assert read(flipped, against, mirrored) == read(records, trades, asked)


def test_a_state_stamped_at_the_end_is_the_future_and_one_at_the_opening_is_in():
    end = START + 60 * SECOND
    rows = [(START - 1, 5), (START, 10), (end - 1, 30), (end, 90)]
    records = [(ns, 0, 128, "A", [(MID - 1, 5)], [(MID, size)]) for ns, size in rows]

    found = read(records, [], [(end, 250 * MID, 1)])[0]

    assert (found["updates"], found["moves"][0], found["depth"]) == (2, 25, 30)


def test_a_trade_with_the_later_states_key_is_the_pairs_and_with_the_earlier_ones_is_not():
    book = [(START, 3, 60), (START, 5, 50), (START + 1, 1, 40)]
    records = [(ns, seq, 128, "A", [(MID - 1, 5)], [(MID, size)]) for ns, seq, size in book]
    trades = [(START, 3, MID, 2, 1), (START, 5, MID, 3, 1), (START + 1, 1, MID, 4, 1)]

    found = read(records, trades, [(START + 2, 250 * MID, 1)])[0]

    assert found["moves"] == [0, 13, 7, 0, 0]


def test_a_rule_is_in_nanoseconds():
    assert barrier_rule(BarrierParams()) == BarrierRule(
        60 * 10**9, wall_window_ns=300 * 10**9, stale_ns=5 * 10**9
    )
