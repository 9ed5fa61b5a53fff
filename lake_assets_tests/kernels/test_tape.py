"""The tape's kernel against its slow twin, and its edges."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.tape import Prints, TapeRule, read_tape
from lake_assets.physics.parameters import TapeParams
from lake_assets.physics.tape import tape_rule
from lake_assets_tests.oracles import tape as oracle

START = 1_765_984_000_000_000_000
LEVEL_E = 6_900_000
MS = 1_000_000
# Pauses that tie, that sit on the sweep's edge and the window's, and one beyond each.
PAUSES = [0, 1, 40 * MS, 100 * MS, 100 * MS + 1, 7_000 * MS, 60_000 * MS, 60_000 * MS + 1]
trade = st.tuples(
    st.sampled_from(PAUSES),
    st.integers(27_575, 27_625),
    st.integers(1, 40),
    st.sampled_from([-1, 0, 1]),
)


def in_order(rows) -> list[tuple[int, int, int, int]]:
    """Trades with stamps instead of pauses."""
    stamps = accumulate(pause for pause, *_ in rows)
    return [(START + at, *row[1:]) for at, row in zip(stamps, rows, strict=True)]


trades_in_order = st.lists(trade, max_size=25).map(in_order)
a_level = st.integers(27_570 * 250, 27_630 * 250)
rules = st.builds(
    TapeParams,
    tape_window_s=st.sampled_from([1, 7, 60]),
    tape_band_u=st.sampled_from([0, 250, 5_000, 10**7]),
    sweep_gap_ms=st.sampled_from([0, 40, 100]),
    sweep_min_prices=st.integers(1, 4),
    sweep_min_notional_usd=st.sampled_from([1, 345_001, 10_000_000, 12_000_013]),
)

# Runs that last longer than the window: bought and sold by turns of several prints.
busy_trades = st.lists(
    st.tuples(
        st.sampled_from([0, 40 * MS, 100 * MS, 100 * MS + 1]),
        st.integers(27_598, 27_602),
        st.integers(1, 40),
        st.sampled_from([1, 1, 1, 1, -1, 0]),
    ),
    min_size=10,
    max_size=25,
).map(in_order)
busy_rules = st.builds(
    TapeParams,
    tape_window_s=st.just(1),
    tape_band_u=st.sampled_from([250, 5_000, 10**7]),
    sweep_gap_ms=st.sampled_from([40, 100]),
    sweep_min_prices=st.integers(1, 4),
    sweep_min_notional_usd=st.sampled_from([1, 10_000_000]),
)


def prints(trades) -> Prints:
    rows = np.array(trades, np.int64).reshape(-1, 4)
    return Prints(
        rows[:, 0].copy(), rows[:, 1].astype("i4"), rows[:, 2].copy(), rows[:, 3].astype("i1")
    )


def read(trades, ends, levels, params=None) -> list[dict]:
    rule = tape_rule(params or TapeParams())
    sums = read_tape(prints(trades), np.array(ends, "i8"), np.array(levels, "i8"), rule)
    rows = zip(*(column.tolist() for column in sums), strict=True)
    return [dict(zip(sums._fields, row, strict=True)) for row in rows]


@given(trades_in_order, rules, st.data())
def test_every_window_equals_the_slow_count(trades, params, data):
    stamps = [ns for ns, *_ in trades] or [START]
    end = st.builds(
        int.__add__,
        st.sampled_from(stamps),
        st.sampled_from([0, 1, MS, params.tape_window_s * 10**9, params.tape_window_s * 10**9 + 1]),
    )
    ends = data.draw(st.lists(end, max_size=6))
    levels = data.draw(st.lists(a_level, min_size=len(ends), max_size=len(ends)))

    every_window_is_counted(trades, ends, levels, params)


@given(busy_trades, busy_rules, st.tuples(a_level, a_level), st.data())
def test_windows_that_share_their_prints_equal_the_slow_count(trades, params, two, data):
    # a level's windows are read one from the other: runs that a start cuts, that outlive it
    ends = [START + n * 20 * MS for n in data.draw(st.lists(st.integers(0, 150), max_size=12))]
    levels = data.draw(st.lists(st.sampled_from(two), min_size=len(ends), max_size=len(ends)))

    every_window_is_counted(trades, ends, levels, params)


def every_window_is_counted(trades, ends, levels, params):
    found = read(trades, ends, levels, params)

    for row, end_ns, level_e in zip(found, ends, levels, strict=True):
        slow = oracle.tape(trades, end_ns, level_e, params)
        counts = ("buy", "sell", "unknown", "prints", "trades")
        assert [row[name] for name in counts] == [slow[name] for name in counts]
        assert row["sweep_side"] == slow["direction"]
        assert row["sweep_lots"] * 12.5 == (slow["notional"] or 0)
        assert row["has_slope"] == (slow["slope"] is not None)
        if slow["slope"] is not None:
            steepest = 15 * 10**9 / spread(trades, end_ns, params)
            assert row["slope"] == pytest.approx(float(slow["slope"]), abs=1e-11 * steepest)


def spread(trades, end_ns, params) -> int:
    """Time from the window's first print to its last, ns."""
    opens = end_ns - params.tape_window_s * 10**9
    stamps = [ns for ns, *_ in trades if opens <= ns < end_ns]
    return stamps[-1] - stamps[0]


def test_a_print_at_the_end_is_the_future_and_one_at_the_start_is_in():
    start, end = START, START + 60_000 * MS
    trades = [(start - 1, 27_600, 1, 1), (start, 27_600, 2, 1), (end, 27_600, 4, 1)]

    assert read(trades, [end], [LEVEL_E])[0]["buy"] == 2


@pytest.mark.parametrize(
    ("level_e", "inside"), [(6_905_000, 1), (6_905_001, 0), (6_895_000, 1), (6_894_999, 0)]
)
def test_both_ends_of_the_band_are_in_it(level_e, inside):
    found = read([(START, 27_600, 1, 0)], [START + 1], [level_e])

    assert found[0]["prints"] == inside


@pytest.mark.parametrize(("pause", "swept"), [(100 * MS, 1), (100 * MS + 1, 0)])
def test_a_sweep_survives_a_pause_of_exactly_a_hundred_milliseconds(pause, swept):
    trades = [(START, 27_600, 20, 1), (START + pause, 27_601, 20, 1)]

    assert read(trades, [START + 1_000 * MS], [LEVEL_E])[0]["sweep_side"] == swept


@pytest.mark.parametrize(("size", "swept"), [(400_000, 1), (399_999, 0)])
def test_a_notional_of_exactly_the_least_is_a_sweep(size, swept):
    # 12.5 * (400,000 * 1 + 200,000 * 2) is ten million to the dollar
    trades = [(START, 1, size, 1), (START, 2, 200_000, 1)]

    assert read(trades, [START + 1], [500])[0]["sweep_side"] == swept


def test_the_later_of_two_equal_sweeps_wins():
    buys = [(START, 27_600, 20, 1), (START, 27_601, 20, 1)]
    sells = [(START + 1, 27_601, 20, -1), (START + 1, 27_600, 20, -1)]

    assert read(buys + sells, [START + 2], [LEVEL_E])[0]["sweep_side"] == -1


def test_windows_may_come_in_any_order():
    trades = [(START + i * 900 * MS, 27_600 + i % 3, 1 + i, 1) for i in range(50)]
    ends = [START + i * 1_000 * MS for i in range(60)]

    forward = read(trades, ends, [LEVEL_E] * 60)

    assert read(trades, ends[::-1], [LEVEL_E] * 60) == forward[::-1]


def test_the_slope_of_prints_a_nanosecond_apart_loses_nothing():
    # half a minute into the window, where a float of the time itself has no nanoseconds left
    first = START + 30_000 * MS
    trades = [(first + i, 27_600 + i, 1, 1) for i in range(5)]

    found = read(trades, [START + 60_000 * MS], [LEVEL_E])

    assert found[0]["slope"] == 0.25 * 10**9


def test_a_flat_tape_has_a_slope_of_exactly_zero():
    trades = [(START + i * 777_777_777, 27_613, 3, 1) for i in range(40)]

    assert read(trades, [START + 35_000 * MS], [LEVEL_E])[0]["slope"] == 0.0


def test_a_rule_turns_dollars_into_lots_without_losing_one():
    lots = [
        tape_rule(TapeParams(sweep_min_notional_usd=usd)).sweep_min_lots for usd in (12, 13, 25, 26)
    ]

    assert lots == [1, 2, 2, 3]
    assert isinstance(tape_rule(TapeParams()), TapeRule)


def test_what_a_window_keeps_of_a_run_it_cuts_loses_to_a_later_sweep_of_its_size():
    buys = [
        (START, 27_600, 5, 1),
        (START + 50 * MS, 27_600, 20, 1),
        (START + 51 * MS, 27_601, 20, 1),
    ]
    sells = [(START + 400 * MS, 27_601, 20, -1), (START + 401 * MS, 27_600, 20, -1)]
    ends = [START + 1_000 * MS, START + 1_000 * MS + 1]

    found = read(buys + sells, ends, [LEVEL_E] * 2, TapeParams(tape_window_s=1))

    assert [row["sweep_side"] for row in found] == [1, -1]
    assert found[1]["sweep_lots"] == 20 * (27_600 + 27_601)
