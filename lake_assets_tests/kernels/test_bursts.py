"""The state machine against its slow twin, and what no tape can make it do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.bursts import (
    BurstLimits,
    BurstRule,
    BurstTape,
    measure_moves,
    walk_bursts,
)
from lake_assets_tests.oracles import bursts as oracle

REASONS = ["quiet", "max_duration", "gap", "close"]
RULE = BurstRule(warm_up=4, lookback=4, merge_gap=3, max_duration=14)
LIMITS = BurstLimits(
    points=np.array([4, 6]),
    step=np.array([2, 3]),
    end=np.array([2, 3]),
    k1=np.array([1.5, 2.0]),
    k2=np.array([1.2, 1.4]),
)
moves = st.sampled_from([0, 0, 1, -1, 2, 3, -3, 5, -5])
second = st.tuples(
    moves,
    st.sampled_from(["seen"] * 8 + ["held", "none"]),
    st.sampled_from([1.0, 1.0, 3.0, 3.0, None]),
    st.sampled_from([1.0] * 8 + [0.0, None]),
    st.sampled_from([0] * 12 + [1, None]),
)


def drawn(rows):
    """Seconds of a tape: prices add up, and some are carried or unknown."""
    price, seconds = 1_000, []
    for move, how, fast, slow, bucket in rows:
        price += move
        spot = None if how == "none" else price
        seconds.append((spot, how == "seen", fast, slow, bucket))
    return seconds


tapes = st.lists(second, max_size=80).map(drawn)


def tape_of(seconds) -> BurstTape:
    spot, seen, fast, slow, bucket = zip(*seconds, strict=True) if seconds else [[]] * 5
    return BurstTape(
        spot=np.array([0 if s is None else s for s in spot], np.int64),
        known=np.array([s is not None for s in spot], bool),
        seen=np.array(seen, bool),
        rv_10=np.array([np.nan if v is None else v for v in fast], float),
        rv_120=np.array([np.nan if v is None else v for v in slow], float),
        bucket=np.array([-1 if b is None else b for b in bucket], np.int64),
    )


def walk(seconds, rule=RULE) -> list[tuple]:
    rows = zip(*(c.tolist() for c in walk_bursts(tape_of(seconds), LIMITS, rule)), strict=True)
    return [(*row[:-1], REASONS[row[-1]]) for row in rows]


@given(tapes)
def test_every_stretch_equals_the_slow_one(seconds):
    assert walk(seconds) == oracle.live(seconds, LIMITS, RULE)


@given(tapes)
def test_extremes_equal_the_slow_ones(seconds):
    tape, stretches = tape_of(seconds), walk_bursts(tape_of(seconds), LIMITS, RULE)

    found = measure_moves(tape.spot, tape.seen, stretches.start, stretches.end, stretches.direction)

    spans = zip(stretches.start, stretches.end, stretches.direction, strict=True)
    assert [tuple(row) for row in found.T.tolist()] == [
        oracle.extremes(seconds, *span) for span in spans
    ]


@given(tapes)
def test_bursts_are_displaced_disjoint_and_never_too_long(seconds):
    found, until = walk(seconds), {}
    for burst, start, trigger, end, decided, direction, reason in found:
        spot, bucket = [s[0] for s in seconds], seconds[start][4]
        moved = [
            direction * (spot[t] - spot[start]) for t in range(start, end + 1) if seconds[t][1]
        ]
        assert max(moved) >= LIMITS.points[bucket]
        assert direction * (spot[trigger] - spot[start]) > 0
        assert start < trigger <= end <= decided
        assert trigger < end or reason in {"gap", "close"}
        assert end - start <= RULE.max_duration
        assert all(start > last for other, last in until.items() if other != burst)
        until[burst] = end


@given(tapes, st.data())
def test_what_is_decided_is_not_changed_by_the_future(seconds, data):
    cut = data.draw(st.integers(0, len(seconds)))
    other = data.draw(tapes)
    known = [row for row in walk(seconds) if row[4] < cut]

    for future in ([(None, False, None, None, None)] * (len(seconds) - cut), other):
        changed = walk(seconds[:cut] + list(future))
        assert [row for row in changed if row[4] < cut and row[-1] != "close"] == [
            row for row in known if row[-1] != "close"
        ]


@given(tapes)
def test_turning_every_move_round_turns_the_directions(seconds):
    turned = [(None if s[0] is None else -s[0], *s[1:]) for s in seconds]

    assert walk(turned) == [(*row[:5], -row[5], row[6]) for row in walk(seconds)]


@given(tapes, st.data())
def test_leaving_out_seconds_makes_no_burst_on_a_tape_without_displacement(seconds, data):
    price, tame = 1_000, []
    for spot, *rest in seconds:  # never LIMITS.points from anywhere it was
        price = 1_000 + (0 if spot is None else spot % 4)
        tame.append((price, *rest))
    dropped = data.draw(st.sets(st.integers(0, max(len(tame) - 1, 0))))
    left = [(s[0], False, *s[2:]) if t in dropped else s for t, s in enumerate(tame)]

    assert walk(tame) == walk(left) == []


def rise(*, quiet=20, steps=(2, 2, 2), fast=3.0, tail=6) -> list[tuple]:
    """A still tape, a rise, and a still tail; volatile through the rise only."""
    seconds = [(1_000, True, 1.0, 1.0, 0)] * quiet
    for step in steps:
        seconds = [*seconds, (seconds[-1][0] + step, True, fast, 1.0, 0)]
    return seconds + [(seconds[-1][0], True, fast, 1.0, 0)] * tail


@pytest.mark.parametrize(
    ("tail", "reason", "end"),
    [
        ([(1_006, True, 1.0, 1.0, 0)], "quiet", 29),
        ([(1_006, True, 3.0, 1.0, 0)] * 20, "max_duration", 33),
        ([(1_006, False, None, None, 0)] * 2 + [(None, False, None, None, 0)], "gap", 28),
        ([], "close", 28),
        ([(1_006, True, 1.2, 1.0, 0)], "close", 29),
    ],
    ids=["quiet", "max_duration", "gap", "close", "k2 itself is not below k2"],
)
def test_what_ends_a_burst(tail, reason, end):
    (stretch,) = walk(rise() + tail)

    assert (stretch[1], stretch[3], stretch[-1]) == (19, end, reason)


def test_a_trigger_in_the_last_second_is_cut_off_by_the_close():
    assert walk(rise(tail=0, steps=(2, 2))) == [(0, 19, 21, 21, 21, 1, "close")]


def test_a_step_or_a_ratio_at_its_threshold():
    assert walk(rise(steps=(1, 1, 1, 1))) == []
    assert walk(rise(fast=1.5)) == []
    assert len(walk(rise(fast=1.51))) == 1


def test_a_burst_is_not_reopened_past_the_longest():
    still = [(1_006, True, 1.0, 1.0, 0)]
    again = [(1_006 + s, True, 3.0, 1.0, 0) for s in (2, 4, 6, 6, 6)]

    stretches = {
        longest: [
            row[:3] for row in walk(rise() + still + again, RULE._replace(max_duration=longest))
        ]
        for longest in (13, 12)
    }

    assert stretches[13] == [(0, 19, 21), (0, 19, 31)]
    assert stretches[12] == [(0, 19, 21), (1, 30, 32)]


@pytest.mark.parametrize(("calm", "bursts"), [(3, [0, 0]), (4, [0, 1])])
def test_a_start_later_than_the_merge_gap_is_another_burst(calm, bursts):
    still = [(1_006, True, 1.0, 1.0, 0)] * (1 + calm)
    again = [(1_006 + s, True, 3.0, 1.0, 0) for s in (2, 4, 6)]

    found = walk(rise() + still + again, RULE._replace(max_duration=60))

    assert found[0][3] == 29
    assert [row[0] for row in found] == bursts
