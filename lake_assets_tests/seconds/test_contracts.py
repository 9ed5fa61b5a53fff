"""Contracts of a session's rows: their order, their places, since when they are listed."""

from datetime import timedelta

import numpy as np
import polars as pl

from lake_assets.market.sessions import session_on
from lake_assets.market.underlyings import underlying_named
from lake_assets.seconds.clock import Clock
from lake_assets.seconds.contracts import Tape
from lake_assets_tests.seconds.scenes import DAY, EXPIRY, books, row

NIFTY = underlying_named("NIFTY")
CLOCK = Clock.of(session_on(DAY, NIFTY.calendar), NIFTY)
LATER = EXPIRY + timedelta(days=7)
ROWS = [
    row(-3, "CE", 24_600),
    row(4, "CE", 24_600),
    row(2, "CE", 24_650),
    row(1, "PE", 24_600),
    row(0, "CE", 24_600, expiry=LATER),
    row(9, "CE", 24_600, expiry=LATER),
]


def test_a_contract_s_rows_stand_together():
    found = Tape.of(books(ROWS), CLOCK).contracts

    assert found.table.rows() == [
        (EXPIRY, "CE", 24_600),
        (EXPIRY, "CE", 24_650),
        (EXPIRY, "PE", 24_600),
        (LATER, "CE", 24_600),
    ]
    assert found.opens.tolist() == [0, 2, 3, 4]
    assert found.stops.tolist() == [2, 3, 4, 6]
    assert found.first.tolist() == [-3, 2, 1, 0]
    assert found.of_rows().tolist() == [0, 0, 1, 2, 3, 3]


def test_a_listing_finds_an_expiry_s_calls_and_puts():
    listing = Tape.of(books(ROWS), CLOCK).contracts.listing

    assert listing.opens.tolist() == [[0, 2], [3, 4]]
    assert listing.stops.tolist() == [[2, 3], [4, 4]]


def test_no_rows_are_no_contracts():
    found = Tape.of(books([]), CLOCK).contracts

    assert found.table.is_empty()
    assert len(found.opens) == len(found.stops) == len(found.expiries) == 0
    assert found.listing.opens.shape == (0, 2)


def test_rows_in_order_are_left_alone_and_others_sorted():
    whole = books(ROWS)

    assert Tape.of(whole, CLOCK).rows is whole
    for seed in range(20):
        shuffled = whole[np.random.default_rng(seed).permutation(whole.height)]
        found = Tape.of(shuffled, CLOCK)
        assert found.rows.equals(whole)
        assert found.second.tolist() == [-3, 4, 2, 1, 0, 9]


def test_a_time_that_goes_back_is_put_in_order():
    one = books([row(1), row(2)])
    assert Tape.of(one.reverse(), CLOCK).rows["timestamp"].is_sorted()
    assert Tape.of(pl.concat([one, one]), CLOCK).rows.height == 4
