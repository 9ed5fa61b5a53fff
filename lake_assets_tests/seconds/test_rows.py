"""Rows read twice: of all contracts a little, of a few everything."""

import numpy as np

from lake_assets.seconds.clock import Clock
from lake_assets.seconds.rows import read_books, read_tape
from lake_assets_tests.seconds.tapes import Market, tape

MARKET = Market(stop_s=60, days_to_expiry=(0, 6))
CLOCK = Clock.of(MARKET.session, MARKET.registered)


def test_a_tape_is_every_row_in_order_with_its_second():
    whole = tape(MARKET)

    found = read_tape(whole.lazy(), CLOCK)

    assert found.rows.height == found.second.size == whole.height
    assert found.second.min() == -5
    assert found.second.max() == 59
    assert "bq0" not in found.rows.columns


def test_prices_are_read_only_where_spot_comes_from_them():
    fund = Market(underlying="SPY", stop_s=20)
    found = read_tape(tape(fund), Clock.of(fund.session, fund.registered))

    assert {"bp0", "sp0"} < set(found.rows.columns)
    assert not {"bp0", "sp0"} & set(read_tape(tape(MARKET), CLOCK).rows.columns)


def test_books_are_all_rows_of_the_contracts_wanted_however_they_come():
    whole = tape(MARKET)
    contracts = read_tape(whole, CLOCK).contracts
    wanted = [3, 4, 12]
    shuffled = whole[np.random.default_rng(3).permutation(whole.height)]

    found = read_books(whole, contracts, wanted, CLOCK).rows

    rows = sum(int(contracts.stops[at] - contracts.opens[at]) for at in wanted)
    mine = found.join(contracts.table[wanted], on=["expiry", "opt_type", "strike"], how="semi")
    assert mine.height == rows
    assert read_books(shuffled.lazy(), contracts, wanted, CLOCK).rows.equals(found)


def test_nothing_wanted_is_nothing_read():
    whole = tape(MARKET)
    contracts = read_tape(whole, CLOCK).contracts
    assert read_books(whole, contracts, [], CLOCK).rows.is_empty()
