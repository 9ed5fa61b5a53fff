"""The front contract: who dictates, who trades most, what the calendar says."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.bronze import ES_TRADES
from lake_assets.catalog.parameters import SessionParams
from lake_assets.catalog.silver import FRONT_CONTRACT
from lake_assets.errors import ComputationRefusedError, UnorderedInputError
from lake_assets.market.contracts import expiry_of
from lake_assets.market.sessions import session_on
from lake_assets.physics.contract import choose_front, front_trades
from lake_assets_tests.oracles import contract as oracle
from lake_assets_tests.physics.frames import DAY, OPEN_NS, SESSION, table

NIGHT_NS = OPEN_NS - 1
GLOBEX = SessionParams(touch_hours="globex")
trade = st.tuples(
    st.integers(OPEN_NS - 5, OPEN_NS + 5),
    st.sampled_from(["ESZ5", "ESH6", "ESM6"]),
    st.integers(1, 3),
)


def of(*trades):
    """Trades from (ns, symbol, size)."""
    ns, symbols, sizes = (list(column) for column in zip(*trades, strict=True))
    return table(ES_TRADES, ts_event_ns=ns, raw_symbol=symbols, size=sizes)


def front(trades, *args, **kwargs):
    chosen = choose_front(trades, *args, **kwargs)
    FRONT_CONTRACT.schema.validate(chosen)
    return chosen.row(0, named=True)


@given(st.lists(trade, min_size=1, max_size=12).map(sorted))
def test_the_overnight_choice_equals_the_slow_count(trades):
    expiries = {symbol: expiry_of(symbol, DAY) for _, symbol, _ in trades}
    expected = oracle.overnight_winner(trades, SESSION.hours.opens, OPEN_NS, expiries)
    if expected is None:
        return

    chosen = front(of(*trades), SESSION, overrides={})

    assert (chosen["raw_symbol"], chosen["volume_share"]) == expected
    assert chosen["method"] == "overnight"


def test_of_equal_volumes_the_earlier_expiry_wins():
    chosen = front(of((NIGHT_NS, "ESH6", 5), (NIGHT_NS, "ESZ5", 5)), SESSION)

    assert (chosen["raw_symbol"], chosen["volume_share"]) == ("ESZ5", 0.5)


def test_volume_at_the_open_does_not_count():
    chosen = front(of((NIGHT_NS, "ESZ5", 1), (OPEN_NS, "ESH6", 1_000)), SESSION)

    assert (chosen["raw_symbol"], chosen["volume_share"]) == ("ESZ5", 1.0)


def test_an_override_wins_over_volume():
    trades = of((NIGHT_NS, "ESH6", 1), (NIGHT_NS, "ESZ5", 3))

    chosen = front(trades, SESSION, overrides={DAY: "ESH6"})

    assert (chosen["raw_symbol"], chosen["method"]) == ("ESH6", "override")
    assert chosen["volume_share"] == 0.25


def test_an_override_of_another_date_is_ignored():
    trades = of((NIGHT_NS, "ESH6", 1), (NIGHT_NS, "ESZ5", 3))

    assert front(trades, SESSION, overrides={date(2025, 12, 16): "ESH6"})["raw_symbol"] == "ESZ5"


def test_an_override_without_trades_is_refused():
    with pytest.raises(ComputationRefusedError, match=r"dictates ESM6.*trades of ESZ5 alone"):
        choose_front(of((NIGHT_NS, "ESZ5", 1)), SESSION, overrides={DAY: "ESM6"})


@pytest.mark.parametrize(
    ("session", "params", "ns"),
    [
        (SESSION, SessionParams(), OPEN_NS),
        (SESSION, GLOBEX, NIGHT_NS),
        (session_on(date(2025, 1, 9)), SessionParams(), 1_736_400_000_000_000_000),
    ],
    ids=["no night", "all of Globex", "no regular hours"],
)
def test_without_a_night_to_go_by_the_calendar_decides(session, params, ns):
    near, far = ("ESZ5", "ESH6") if session is SESSION else ("ESM5", "ESH5")

    chosen = front(of((ns, near, 99), (ns, far, 1)), session, params)

    assert (chosen["raw_symbol"], chosen["method"]) == (far, "calendar")
    assert chosen["volume_share"] is None


def test_the_only_outright_stands_in_for_the_calendars():
    chosen = front(of((OPEN_NS, "ESZ5", 1)), SESSION)

    assert (chosen["raw_symbol"], chosen["method"]) == ("ESZ5", "calendar")


def test_a_continuous_symbol_is_read_as_it_is():
    assert front(of((OPEN_NS, "ES.c.0", 1)), SESSION)["raw_symbol"] == "ES.c.0"


def test_two_outrights_that_are_not_the_calendars_are_refused():
    with pytest.raises(ComputationRefusedError, match="expiring on 2026-03-20"):
        choose_front(of((OPEN_NS, "ESZ5", 1), (OPEN_NS, "ESM6", 1)), SESSION)


def test_a_session_without_trades_is_refused():
    with pytest.raises(ComputationRefusedError, match="no outright ES contract traded"):
        choose_front(ES_TRADES.empty(), SESSION)


def test_trades_out_of_order_are_refused():
    with pytest.raises(UnorderedInputError):
        choose_front(of((OPEN_NS, "ESZ5", 1), (NIGHT_NS, "ESZ5", 1)), SESSION)


@given(
    st.lists(trade, min_size=1, max_size=8).map(sorted),
    st.lists(trade, max_size=8).map(sorted),
)
def test_the_future_changes_nothing(trades, others):
    night = [t for t in trades if t[0] < OPEN_NS]
    if not night:
        return
    later = [t for t in others if t[0] >= OPEN_NS]

    assert choose_front(of(*trades), SESSION).equals(choose_front(of(*night, *later), SESSION))


def test_front_trades_are_the_contracts_own_in_their_order():
    trades = of((1, "ESH6", 1), (2, "ESZ5", 2), (2, "ESH6", 3), (3, "ESH6", 4))
    contract = table(FRONT_CONTRACT, raw_symbol="ESH6")

    assert front_trades(trades, contract)["size"].to_list() == [1, 3, 4]
