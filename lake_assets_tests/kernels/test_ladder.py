"""Ten-level records become columns without a number changed or invented."""

import struct

import numpy as np
import pytest
from databento import DBNStore
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.ladder import LEVELS, MBP10_WORDS, as_words, transpose_ladder
from lake_assets_tests.oracles import ladder as oracle

LEVEL = struct.Struct("<qqIIII")

price = st.one_of(
    st.integers(-10, 40_000).map(lambda ticks: ticks * oracle.TICK),
    st.just(oracle.UNDEFINED),
    st.integers(-(2**63), 2**63 - 1),
    st.sampled_from(
        [sign * ticks * oracle.TICK for sign in (1, -1) for ticks in (2**31 - 1, 2**31)]
    ),
)
count = st.integers(0, 2**32 - 1)
orders = st.integers(0, 2**31 - 1)
pair = st.tuples(price, price, count, count, orders, orders)


def record(levels):
    return bytes(48) + b"".join(LEVEL.pack(*level) for level in levels)


def words_of(buffer):
    return np.frombuffer(buffer, np.int64).reshape(-1, MBP10_WORDS)


def present(side, rows):
    """A side's levels as the oracle writes them, row by row."""
    bits = np.unpackbits(side.valid, axis=1, bitorder="little", count=rows)
    columns = (side.ticks.tolist(), side.size.tolist(), side.orders.tolist(), bits.tolist())
    return [
        [
            (ticks[row], size[row], orders[row]) if there[row] else None
            for ticks, size, orders, there in zip(*columns, strict=True)
        ]
        for row in range(rows)
    ]


def check(buffer):
    expected, off_tick = oracle.ladders(buffer)
    cut = transpose_ladder(words_of(buffer))
    rows = len(expected)
    found = zip(present(cut.bid, rows), present(cut.ask, rows), strict=True)
    assert list(found) == expected
    assert cut.off_tick == off_tick
    return cut


@given(st.lists(st.lists(pair, min_size=LEVELS, max_size=LEVELS), max_size=4))
def test_kernel_equals_slow_reading(records):
    cut = check(b"".join(record(levels) for levels in records))

    for side in (cut.bid, cut.ask):
        absent = ~np.unpackbits(side.valid, axis=1, bitorder="little", count=len(records)).astype(
            bool
        )
        assert not side.ticks[absent].any()
        assert not side.size[absent].any()
        assert not side.orders[absent].any()


@pytest.mark.parametrize("rows", [0, 1, 7, 8, 9, 255, 256, 257, 600])
def test_rows_at_the_edges_of_bytes_and_blocks_are_all_there(rows):
    random = np.random.default_rng(rows)
    prices = random.integers(18_000, 24_000, (rows, LEVELS, 2)) * oracle.TICK
    prices[random.random(prices.shape) < 0.2] = oracle.UNDEFINED
    sizes = random.integers(0, 2**31, (rows, LEVELS, 4))
    check(
        b"".join(
            record([(*map(int, price), *map(int, size)) for price, size in zip(*row, strict=True)])
            for row in zip(prices, sizes, strict=True)
        )
    )


@given(st.data())
def test_chosen_rows_are_cut_as_if_there_were_no_others(data):
    random = np.random.default_rng(data.draw(st.integers(0, 9)))
    words = random.integers(-(2**63), 2**63 - 1, (300, MBP10_WORDS), np.int64)
    words[:, 6::4] = random.integers(-9, 9, (300, LEVELS)) * oracle.TICK
    rows = np.array(data.draw(st.lists(st.integers(0, 299), max_size=290)), np.int64)

    some, alone = transpose_ladder(words, rows), transpose_ladder(words[rows])

    assert some.off_tick == alone.off_tick
    for side, other in ((some.bid, alone.bid), (some.ask, alone.ask)):
        assert all(np.array_equal(a, b) for a, b in zip(side, other, strict=True))


def test_an_undefined_price_is_absent_and_not_off_tick():
    absent = (oracle.UNDEFINED, oracle.UNDEFINED, 5, 5, 1, 1)
    cut = transpose_ladder(words_of(record([absent] * LEVELS)))
    assert not cut.bid.valid.any()
    assert not cut.ask.valid.any()
    assert cut.off_tick == 0


def test_an_off_tick_price_is_absent_and_counted():
    shown = (oracle.TICK, oracle.TICK + 1, 5, 6, 1, 2)
    cut = transpose_ladder(words_of(record([shown] * LEVELS)))
    assert cut.off_tick == LEVELS
    assert cut.bid.size.ravel().tolist() == [5] * LEVELS
    assert not cut.ask.valid.any()


def test_words_are_a_view_of_the_records():
    dtype = np.dtype([("head", "V48"), ("levels", "<i8", (40,))])
    records = np.zeros(3, dtype)
    assert np.shares_memory(as_words(records), records)


def test_a_real_hour_keeps_every_level(market_data):
    path = market_data / "es" / "glbx-mdp3-20231225.esh4.mbp-10.dbn.zst"
    records = DBNStore.from_bytes(path.read_bytes()).to_ndarray()

    cut = transpose_ladder(as_words(records))

    assert cut.off_tick == 0
    for name, side in (("bid", cut.bid), ("ask", cut.ask)):
        there = np.unpackbits(side.valid, axis=1, bitorder="little", count=len(records)) == 1
        for level in range(LEVELS):
            price = records[f"{name}_px_{level:02}"]
            assert np.array_equal(there[level], price != oracle.UNDEFINED)
            ticks = np.where(there[level], side.ticks[level] * np.int64(oracle.TICK), price)
            assert np.array_equal(ticks, price)
            assert np.array_equal(side.size[level], records[f"{name}_sz_{level:02}"])
            assert np.array_equal(side.orders[level], records[f"{name}_ct_{level:02}"])
