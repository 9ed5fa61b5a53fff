"""The kernels of touches against their slow twins, and their edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.touches import approach_sign, first_in_band
from lake_assets_tests.oracles import touches as oracle

MINUTE = oracle.MINUTE
START = 29_433_030 * MINUTE
LEVEL = 6_900_000  # 27,600 ticks
BAND = 3_000
stamps = st.sampled_from([-MINUTE - 1, -1, 0, 1, MINUTE - 1, MINUTE, MINUTE + 1])
trades_in_order = st.lists(st.tuples(stamps, st.integers(27_570, 27_630)), max_size=15).map(
    lambda rows: sorted(((START + at, k) for at, k in rows), key=lambda row: row[0])
)
levels_in_order = st.lists(
    st.tuples(
        st.sampled_from([START - MINUTE, START, START + MINUTE]),
        st.sampled_from([LEVEL, LEVEL + 125, LEVEL + 5_000, LEVEL - 3_000]),
    ),
    max_size=8,
).map(sorted)


def columns(rows):
    return tuple(np.array(rows, np.int64).reshape(-1, 2)[:, i].copy() for i in range(2))


def touch(*ticks, level_e=LEVEL):
    """Place of the first trade in the band and whether the level was leapt over."""
    place, gapped = first_in_band(
        *columns([(START + at, k) for at, k in enumerate(ticks)]),
        *columns([(START, level_e)]),
        BAND,
    )
    return place[0], gapped[0]


@given(trades_in_order, levels_in_order)
def test_the_first_trade_in_the_band_equals_the_slow_search(trades, levels):
    place, gapped = first_in_band(*columns(trades), *columns(levels), BAND)

    for at, (minute, level_e) in enumerate(levels):
        expected = oracle.first_touch(trades, minute, level_e, BAND)
        assert place[at] == (-1 if expected is None else expected)
        assert gapped[at] == oracle.is_gapped(trades, minute, level_e, BAND)


@given(trades_in_order, st.sampled_from([LEVEL, LEVEL + 125, LEVEL + 5_000]))
def test_the_approach_equals_the_slow_walk(trades, level_e):
    places = np.arange(len(trades))
    ticks = columns(trades)[1]

    sign = approach_sign(ticks, places, np.full(len(trades), level_e))

    names = {1: "UP", -1: "DOWN"}
    assert [names[s] for s in sign] == [oracle.direction(trades, at, level_e) for at in places]


@pytest.mark.parametrize(("ticks", "place"), [(27_588, 0), (27_587, -1), (27_612, 0), (27_613, -1)])
def test_the_band_includes_its_ends(ticks, place):
    assert touch(ticks) == (place, False)


def test_a_leap_over_the_band_is_a_gap():
    assert touch(27_580, 27_620) == (-1, True)


def test_a_leap_that_comes_back_to_the_band_is_a_touch():
    assert touch(27_580, 27_620, 27_600) == (2, False)


def test_walking_along_one_side_is_no_gap():
    assert touch(27_580, 27_570, 27_585) == (-1, False)


def test_a_leap_between_two_minutes_counts_in_the_later():
    trades = [(START - 1, 27_580), (START, 27_620), (START + MINUTE, 27_620)]
    minutes = [(START - MINUTE, LEVEL), (START, LEVEL), (START + MINUTE, LEVEL)]

    _, gapped = first_in_band(*columns(trades), *columns(minutes), BAND)

    assert gapped.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("ticks", "sign"),
    [
        ([27_599, 27_600, 27_600, 27_601], 1),
        ([27_601, 27_600, 27_600, 27_599], -1),
        ([27_600, 27_600, 27_601], -1),
        ([27_600, 27_600, 27_600], 1),
        ([27_599], 1),
        ([27_601], -1),
    ],
    ids=["from below", "from above", "only at it, then over", "only at it", "first below", "above"],
)
def test_the_first_price_off_the_level_tells_the_side(ticks, sign):
    last = np.array([len(ticks) - 1])

    assert approach_sign(np.array(ticks), last, np.array([LEVEL])).tolist() == [sign]
