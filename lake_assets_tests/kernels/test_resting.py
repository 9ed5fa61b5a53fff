"""The state under the replay: levels are found however far apart, and no order is lost."""

import numpy as np
import pytest

from lake_assets.kernels.ladder import LEVELS, empty_side
from lake_assets.kernels.resting import (
    ADD,
    ASK_CODE,
    BID_CODE,
    CANCEL,
    CLEAR,
    RANKS,
    apply_record,
    empty_book,
    is_full,
    show_side,
    with_room,
)
from lake_assets.market.price import DBN_UNITS_PER_TICK


def add(book, order_id, side, ticks, size=1):
    apply_record(book, ADD, order_id, side, ticks * DBN_UNITS_PER_TICK, size)


def shown(book, side):
    out = empty_side(1)
    levels, _ = show_side(book, side, out, 0)
    return out.ticks[:levels, 0].tolist()


@pytest.mark.parametrize(("side", "code"), [(0, BID_CODE), (1, ASK_CODE)], ids=["bid", "ask"])
def test_levels_are_found_however_far_apart(side, code):
    book = empty_book()
    ticks = [0, 1, 63, 64, 65, 127, 128, 20_000, 20_064, RANKS - 2, RANKS - 1]
    for order_id, tick in enumerate(ticks):
        add(book, order_id, code, tick)
    assert shown(book, side) == (ticks if side else ticks[::-1])[:LEVELS]


def test_a_level_lives_until_its_last_order_leaves():
    book = empty_book()
    add(book, 1, ASK_CODE, 100)
    add(book, 2, ASK_CODE, 100)
    apply_record(book, CANCEL, 1, ASK_CODE, 0, 1)
    assert shown(book, 1) == [100]
    apply_record(book, CANCEL, 2, ASK_CODE, 0, 1)
    assert shown(book, 1) == []


def test_a_cleared_book_takes_orders_again():
    book = empty_book()
    add(book, 1, BID_CODE, 100, 5)
    apply_record(book, CLEAR, 0, BID_CODE, 0, 0)
    assert shown(book, 0) == []
    assert not book.size.any()
    assert not book.blocks.any()
    add(book, 1, BID_CODE, 90, 2)
    assert shown(book, 0) == [90]


def test_a_full_table_doubles_and_keeps_every_order():
    book = empty_book()
    slots = book.table.shape[0]
    for order_id in range(slots // 2):
        assert not is_full(book.event, book.table)
        add(book, order_id * slots, BID_CODE, order_id % 50)
    assert is_full(book.event, book.table)

    roomy = with_room(book)

    assert roomy.table.shape[0] == 2 * slots
    kept = [np.sort(table[table[:, 3] > 0], axis=0) for table in (book.table, roomy.table)]
    assert np.array_equal(*kept)
    assert with_room(roomy) is roomy
