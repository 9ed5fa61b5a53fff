"""Bars: what a trade adds, where bins begin, and what the past alone decides."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lake_assets.catalog.bronze import ES_TRADES
from lake_assets.catalog.silver import ES_SPY_BASIS, FRONT_CONTRACT, OHLCV_1M
from lake_assets.errors import UnorderedInputError
from lake_assets.market.sessions import session_on
from lake_assets.physics.bars import build_bars
from lake_assets_tests.oracles import bars as oracle
from lake_assets_tests.physics.frames import OPEN_NS, SESSION, table

MINUTE = 60 * 10**9
FRONT = table(FRONT_CONTRACT)
BASIS = table(ES_SPY_BASIS, minute_ns=[OPEN_NS, OPEN_NS + MINUTE], basis_u=[56_663, 50_000])
offsets = st.sampled_from([-MINUTE - 1, -1, 0, 1, MINUTE - 1, MINUTE, 2 * MINUTE, 5 * MINUTE])
trades_in_order = st.lists(
    st.tuples(offsets, st.integers(27_590, 27_610), st.integers(1, 9)), max_size=12
).map(lambda rows: sorted(((OPEN_NS + at, k, n) for at, k, n in rows), key=lambda row: row[0]))


def of(trades):
    """Trades from (ns, ticks, size)."""
    ns, ticks, sizes = ([row[i] for row in trades] for i in range(3))
    return table(ES_TRADES, ts_event_ns=ns, price_ticks=ticks, size=sizes)


def bars_of(trades, session=SESSION, period_s=60):
    bars = build_bars(trades, FRONT, BASIS, session, period_s=period_s)
    OHLCV_1M.schema.validate(bars)
    return bars


@settings(max_examples=40)
@given(trades_in_order, st.sampled_from([60, 120]))
def test_bars_equal_the_slow_ones(trades, period_s):
    basis = dict(BASIS.select("minute_ns", "basis_u").iter_rows())

    bars = bars_of(of(trades), period_s=period_s)

    assert bars.rows() == oracle.bars(trades, basis, period_s * 10**9)


@settings(max_examples=40)
@given(trades_in_order, st.sampled_from([60, 120]))
def test_no_contract_and_no_print_is_lost(trades, period_s):
    bars = bars_of(of(trades), period_s=period_s)

    assert bars["volume"].sum() == sum(size for *_, size in trades)
    assert bars["trades"].sum() == len(trades)


@settings(max_examples=40)
@given(trades_in_order, st.integers(-5, 5))
def test_prices_shifted_by_ticks_shift_the_bars(trades, shift):
    prices = ["open_ticks", "high_ticks", "low_ticks", "close_ticks"]

    bars = bars_of(of(trades)).select(prices)
    shifted = bars_of(of([(ns, k + shift, n) for ns, k, n in trades])).select(prices)

    assert shifted.equals(bars.select(pl.col(prices) + shift))


@settings(max_examples=40)
@given(trades_in_order, trades_in_order, st.sampled_from([60, 120]))
def test_the_future_changes_nothing(trades, others, period_s):
    cut = OPEN_NS + MINUTE
    changed = [t for t in trades if t[0] < cut] + [t for t in others if t[0] >= cut]

    whole, other = (bars_of(of(rows), period_s=period_s) for rows in (trades, changed))

    done = pl.col("end_ns") <= cut
    assert whole.filter(done).equals(other.filter(done))


def test_two_minute_bars_begin_on_even_minutes_of_the_wall_clock():
    trades = of([(OPEN_NS + at * MINUTE, 27_600, 1) for at in (-1, 0, 1, 2)])

    starts = bars_of(trades, period_s=120)["start_ns"]

    assert ((starts - OPEN_NS) // MINUTE).to_list() == [-2, 0, 2]


@pytest.mark.parametrize("day", ["2025-03-10", "2025-11-03"], ids=["spring", "autumn"])
def test_bars_of_the_days_after_a_clock_change_fill_the_session(day):
    session = session_on(date.fromisoformat(day))
    hours = session.hours
    trades = of([(ns, 27_600, 1) for ns in range(hours.opens, hours.closes, MINUTE)])

    bars = bars_of(trades, session, period_s=120)

    assert (bars["start_ns"][0], bars["end_ns"][-1]) == (hours.opens, hours.closes)
    assert len(bars) == 23 * 30


def test_another_contract_makes_no_bar():
    assert bars_of(table(ES_TRADES, raw_symbol="ESZ5")).is_empty()


def test_no_trades_make_no_bars():
    assert bars_of(ES_TRADES.empty()).is_empty()


def test_trades_out_of_order_are_refused():
    with pytest.raises(UnorderedInputError):
        bars_of(table(ES_TRADES, ts_event_ns=[OPEN_NS + 1, OPEN_NS]))
