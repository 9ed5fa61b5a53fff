"""Places of moments among the trades."""

from lake_assets.catalog.bronze import ES_TRADES
from lake_assets.physics.session_trades import SessionTrades
from lake_assets_tests.physics.frames import table


def test_a_trade_stamped_at_a_moment_is_not_before_it():
    trades = SessionTrades.of(table(ES_TRADES, ts_event_ns=[10, 20, 20, 30]))

    assert [trades.place(moment) for moment in (10, 11, 20, 21, 99)] == [0, 1, 1, 3, 4]


def test_columns_are_whole_numbers_of_one_width():
    trades = SessionTrades.of(table(ES_TRADES, ts_event_ns=[10], price_ticks=27_600, size=3))

    assert (trades.ticks.tolist(), trades.sizes.tolist()) == ([27_600], [3])
    assert all(column.dtype == "int64" for column in (trades.ns, trades.ticks, trades.sizes))
