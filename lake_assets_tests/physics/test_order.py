"""Times that go back are refused before anything walks over them."""

import pytest

from lake_assets.catalog.bronze import ES_TRADES
from lake_assets.errors import UnorderedInputError
from lake_assets.physics.order import ordered_ns
from lake_assets_tests.physics.frames import table


def test_ties_are_in_order():
    trades = table(ES_TRADES, ts_event_ns=[1, 2, 2, 3])

    assert ordered_ns(trades, "ts_event_ns", "es_trades").tolist() == [1, 2, 2, 3]


def test_no_rows_are_in_order():
    assert ordered_ns(ES_TRADES.empty(), "ts_event_ns", "es_trades").size == 0


def test_the_message_names_the_first_row_that_goes_back():
    trades = table(ES_TRADES, ts_event_ns=[1, 3, 2, 1])

    with pytest.raises(UnorderedInputError, match="es_trades must be sorted by ts_event_ns; row 2"):
        ordered_ns(trades, "ts_event_ns", "es_trades")
