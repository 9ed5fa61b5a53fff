"""The pinned pair: the same two contracts, whatever is at the money later."""

import numpy as np
import polars as pl

from lake_assets.seconds.event_parameters import BurstParams
from lake_assets.seconds.pinned_legs import Moves, follow_legs
from lake_assets_tests.seconds.states import NIFTY, NO_BOOKS, SPY, books, quiet, state

PARAMS = BurstParams.of(NIFTY)
STATE = state(quiet(60), ce_strike={40: 24_050, 41: None}, pe_strike={40: 24_050})
CALLS = {10: (99.5, 100.5, 1_500, 75), 20: (104.5, 105.5, 1_000, 75)}
PUTS = {10: (49.5, 50.5, 1_500, 0), 20: (44.5, 45.5, 1_000, 75)}
BOOKS = books(
    {
        ("CE", 24_000): CALLS,
        ("CE", 24_050): dict.fromkeys((10, 20), (9.0, 10.0, 5, 75_000)),
        ("PE", 24_000): PUTS,
    }
)


def follow(spans, option_books=BOOKS, option_state=STATE, underlying=NIFTY):
    start, end, peak = np.array(spans, np.int64).reshape(-1, 3).T
    moves = Moves(start.copy(), end.copy(), peak.copy())
    return follow_legs(moves, option_state, option_books, underlying, PARAMS)


def test_the_contracts_at_the_start_are_followed_to_the_end():
    told = follow([(10, 20, 15)])

    assert told.mid[0].tolist() == [[100.0, 105.0, 100.0], [50.0, 45.0, 50.0]]
    assert told.thinning[0] == 1 / 3
    assert told.volume[0] == 150.0


def test_lazy_and_shuffled_books_are_the_same_books():
    eager, lazy = follow([(10, 20, 15)]), follow([(10, 20, 15)], BOOKS[::-1].lazy())

    for one, other in zip(eager, lazy, strict=True):
        assert np.array_equal(one, other)


def test_another_expiry_is_another_contract():
    far = BOOKS.with_columns(
        expiry=pl.col("expiry").dt.offset_by("7d"),
        bp0=1.0,
        sp0=2.0,
        vol_delta=pl.lit(7_500, pl.Int64),
    )

    told = follow([(10, 20, 15)], pl.concat([far, BOOKS]))

    assert told.mid[0].tolist() == follow([(10, 20, 15)]).mid[0].tolist()
    assert told.volume[0] == 150.0


def test_without_a_listed_contract_nothing_is_known():
    told = follow([(41, 45, 43)])

    assert np.isnan(told.mid[0, 0]).all()
    assert np.isnan([told.widening[0], told.thinning[0], told.volume[0]]).all()


def test_a_crossed_book_has_neither_mid_nor_spread_and_a_locked_one_a_mid():
    crossed = books(
        {
            ("CE", 24_000): {10: (100.5, 99.5, 1_500, 0), 12: (100.0, 100.0, 1_500, 0)},
            ("PE", 24_000): {10: (50.0, 51.0, 1_500, 0), 12: (50.0, 51.0, 1_500, 0)},
        }
    )

    told = follow([(10, 12, 11), (12, 13, 12)], crossed)

    assert np.isnan(told.mid[0, 0, [0, 2]]).all()
    assert told.mid[0, 0, 1] == 100.0
    assert np.isnan(told.widening).all()


def test_one_level_is_the_depth_where_there_are_no_more():
    legs = {
        (right, 630): {10: (1.0, 1.1, 500, 0), 12: (1.0, 1.1, 250, 0)} for right in ("CE", "PE")
    }
    frame = state(quiet(60, 630.0), underlying=SPY, ce_strike=630, pe_strike=630)

    told = follow([(10, 12, 11)], books(legs, levels=1), frame, SPY)

    assert told.thinning[0] == 0.5


def test_no_moves_read_no_books():
    assert follow([], NO_BOOKS).volume.size == 0


def test_a_quote_of_just_before_the_start_still_speaks():
    told = follow([(15, 20, 15), (16, 19, 16)])

    assert told.mid[0, 0].tolist() == [100.0, 105.0, 100.0]
    assert np.isnan(told.mid[1]).all()
