"""The labels' kernel against its slow twin, and its edges."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.labels import NEVER, Barriers, follow_paths
from lake_assets_tests.oracles import labels as oracle

START = 1_765_984_000_000_000_000
LEVEL_E = 6_900_000
SECOND = 10**9
HORIZON, GAP = 300 * SECOND, 60 * SECOND
PAUSES = [0, 1, SECOND, 59 * SECOND, GAP, GAP + 1, HORIZON]
trades_in_order = st.lists(
    st.tuples(st.sampled_from(PAUSES), st.integers(27_585, 27_615)), max_size=30
).map(
    lambda rows: [
        (START + at, ticks)
        for at, (_, ticks) in zip(accumulate(pause for pause, _ in rows), rows, strict=True)
    ]
)


def follow(trades, touches, horizon=HORIZON, gap=GAP) -> list[tuple]:
    rows = np.array(trades, np.int64).reshape(-1, 2)
    at, level_e, sign, up, down = np.array(touches, np.int64).reshape(-1, 5).T.copy()
    barriers = Barriers(level_e, sign, up, down)
    paths = follow_paths(rows[:, 0].copy(), rows[:, 1].astype("i4"), at, barriers, horizon, gap)
    return list(zip(*(column.tolist() for column in paths), strict=True))


def touch(at=START, sign=1, up=2_000, down=-2_000):
    return (at, LEVEL_E, sign, up, down)


@given(
    trades_in_order,
    st.data(),
    st.sampled_from([SECOND, 60 * SECOND, HORIZON]),
    st.sampled_from([0, SECOND, GAP, HORIZON]),
)
def test_every_path_equals_the_slow_walk(trades, data, horizon, gap):
    stamps = [ns for ns, _ in trades] or [START]
    near = st.sampled_from(stamps).flatmap(
        lambda ns: st.sampled_from([ns, ns - 1, ns + 1, ns - horizon, ns - horizon - 1])
    )
    one = st.tuples(
        near,
        st.integers(27_590 * 250, 27_610 * 250),
        st.sampled_from([1, -1]),
        st.integers(1, 4_000),
        st.integers(-4_000, -1),
    )
    touches = data.draw(st.lists(one, max_size=6))

    expected = [oracle.follow(trades, each, horizon, gap) for each in touches]

    assert follow(trades, touches, horizon, gap) == expected


@pytest.mark.parametrize(
    ("ticks", "sign", "broke", "bounced"),
    [
        (27_608, 1, -1, -1),
        (27_609, 1, 0, -1),
        (27_592, 1, -1, -1),
        (27_591, 1, -1, 0),
        (27_591, -1, 0, -1),
        (27_609, -1, -1, 0),
    ],
)
def test_a_price_exactly_at_a_barrier_is_not_beyond_it(ticks, sign, broke, bounced):
    found = follow([(START + 1, ticks)], [touch(sign=sign)])

    assert found[0][:2] == (broke, bounced)


@pytest.mark.parametrize(("offset", "walked"), [(0, 0), (1, 1), (HORIZON, 1), (HORIZON + 1, 0)])
def test_the_path_is_open_at_the_touch_and_closed_at_the_horizon(offset, walked):
    assert follow([(START + offset, 27_600)], [touch()])[0][4] == walked


@pytest.mark.parametrize("pause", [60, 61])
def test_a_silence_is_longer_than_the_gap_wherever_it_falls(pause):
    steps = {
        "first": [pause, 110, 170, 230, 290],
        "middle": [50, 110, 110 + pause, 230, 290],
        "last": [50, 110, 170, 230, 300 - pause],
    }
    found = [
        follow([(START + s * SECOND, 27_600) for s in seconds], [touch()])[0][5]
        for seconds in steps.values()
    ]

    assert found == [pause > 60] * 3


def test_a_silence_before_the_touch_is_no_silence_of_the_path():
    trades = [(START - 200 * SECOND, 27_600)]
    trades += [(START + s * SECOND, 27_600) for s in range(0, 301, 50)]

    assert not follow(trades, [touch()])[0][5]


def test_a_path_without_trades_is_silent_and_crosses_nothing():
    assert follow([], [touch()]) == [(NEVER, NEVER, 0, 0, 0, True)]


def test_no_touches_give_no_paths():
    assert follow([(START, 27_600)], []) == []
