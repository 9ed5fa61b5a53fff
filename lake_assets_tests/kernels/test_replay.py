"""Replaying orders gives the vendor's own book, whatever the orders and the chunks."""

import numpy as np
import pytest
from databento import DBNStore
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.kernels.ladder import as_words, transpose_ladder
from lake_assets.kernels.replay import MBO_WORDS, OrderBook, mbo_words
from lake_assets_tests.oracles import replay as oracle
from lake_assets_tests.oracles.replay import F_LAST, F_MAYBE_BAD_BOOK, F_SNAPSHOT, TICK, Record

OURS, OTHER = 7, 8
BID, ASK = 19_199, 19_200


def order(action, order_id, side, ticks, size, flags=F_LAST):  # noqa: PLR0913, PLR0917 - a record has so many
    return Record(action, order_id, side, ticks * TICK, size, flags, OURS, 1, 2, 3)


def levels_of(side, row):
    there = np.unpackbits(side.valid, axis=1, bitorder="little")[:, row]
    columns = (side.ticks[:, row], side.size[:, row], side.orders[:, row])
    return [tuple(map(int, level)) for *level, here in zip(*columns, there, strict=True) if here]


def rows_of(rows):
    """Emitted rows as the oracle writes them."""
    fields = [column.tolist() for column in rows[:-1]]
    found = []
    for row, values in enumerate(zip(*fields, strict=True)):
        source_row, ts_event, ts_recv, sequence, price, size, action, side, flags, depth = values
        record = (chr(action), chr(side), price, size, flags, ts_event, ts_recv, sequence)
        ladder = (levels_of(rows.ladder.bid, row), levels_of(rows.ladder.ask, row))
        found.append((source_row, record, depth, *ladder))
    return found


def slow_rows(book):
    return [
        (
            row,
            (r.action, r.side, r.price, r.size, r.flags, r.ts_event, r.ts_recv, r.sequence),
            *rest,
        )
        for row, r, *rest in book.rows
    ]


def replay(records, chunk=None):
    """Rows and book of a replay in chunks of one length, or of the lengths given."""
    words = np.frombuffer(oracle.pack(records), np.int64).reshape(-1, MBO_WORDS)
    book, found, start = OrderBook(OURS), [], 0
    for length in chunk or [len(records)]:
        found += rows_of(book.replay(words[start : start + length], start))
        start += length
    found += rows_of(book.replay(words[start:], start))
    return found, book


def assert_conserved(book):
    """What rests as orders rests as levels."""
    state = book.state
    resting = state.table[state.table[:, 3] > 0]
    assert book.counts.resting == len(resting) == state.orders.sum()
    assert resting[:, 3].sum() == state.size.sum()
    assert np.array_equal((state.orders > 0).sum(axis=1), state.sides[:, 2])
    assert np.array_equal((state.orders > 0).reshape(2, -1, 64).sum(axis=2), state.blocks)


def check(records, chunk=None):
    slow = oracle.replay(records, OURS)
    found, book = replay(records, chunk)
    assert found == slow_rows(slow)
    assert book.counts == (slow.unknown, slow.duplicate, slow.unusable, len(slow.orders))
    assert book.state.size.sum() == sum(size for *_, size in slow.orders.values())
    assert_conserved(book)


price = st.one_of(
    *[st.integers(100, 125).map(lambda ticks: ticks * TICK)] * 6,
    st.sampled_from(
        [0, -TICK, 100 * TICK + 1, (2**18 - 1) * TICK, 2**18 * TICK, oracle.UNDEFINED, -(2**63)]
    ),
)
record = st.builds(
    Record,
    action=st.sampled_from("AAAAAAAAAACCCMMMTFRN"),
    order_id=st.one_of(st.integers(0, 40), st.sampled_from([2**63, 2**64 - 1])),
    side=st.sampled_from("BBBBAAAAN"),
    price=price,
    size=st.integers(0, 6),
    flags=st.sampled_from([F_LAST] * 6 + [0] * 4 + [F_SNAPSHOT, F_SNAPSHOT | F_LAST])
    | st.just(F_LAST | F_MAYBE_BAD_BOOK)
    | st.just(F_LAST | 2),
    instrument_id=st.sampled_from([OURS] * 9 + [OTHER]),
    ts_event=st.integers(0, 2**62),
    ts_recv=st.integers(0, 2**62),
    sequence=st.integers(0, 2**32 - 1),
)


deep = [order("A", at, "B", 111 - at, 2) for at in range(12)] + [
    order("A", 12 + at, "A", 112 + at, 2) for at in range(12)
]


@given(
    st.sampled_from([[], deep]),
    st.lists(record, max_size=80),
    st.lists(st.integers(0, 20), max_size=6),
)
def test_any_orders_in_any_chunks_give_the_slow_book(before, records, chunk):
    check(before + records, chunk)


def test_thousands_of_orders_outgrow_the_table_and_nothing_is_lost():
    random = np.random.default_rng(1)
    count = 12_000
    columns = zip(
        random.choice(list("AAAACM"), count).tolist(),
        random.integers(6_412_777_000_000, 6_412_777_009_000, count).tolist(),
        random.choice(["A", "B"], count).tolist(),
        random.integers(19_000, 19_060, count).tolist(),
        random.integers(1, 50, count).tolist(),
        (random.random(count) < 0.02).tolist(),
        strict=True,
    )
    check([order(*rest, F_LAST if last else 0) for *rest, last in columns], [5_000])


def test_trades_and_fills_leave_the_book_alone():
    found, _ = replay(
        [
            order("A", 1, "B", BID, 5),
            order("T", 0, "A", BID, 2, 0),
            order("F", 1, "B", BID, 2, 0),
            order("C", 1, "B", BID, 2),
        ]
    )
    assert [(row[0], row[1][0], row[3]) for row in found] == [
        (0, "A", [(BID, 5, 1)]),
        (1, "T", [(BID, 5, 1)]),
        (3, "C", [(BID, 3, 1)]),
    ]


def test_an_event_below_the_tenth_level_is_no_row():
    book = [order("A", level, "B", BID - level, 1) for level in range(10)]
    found, _ = replay([*book, order("A", 99, "B", BID - 10, 1)])
    assert [row[0] for row in found] == list(range(10))


def test_the_eleventh_level_shows_when_one_above_it_leaves():
    book = [order("A", level, "A", ASK + level, 1) for level in range(11)]
    found, _ = replay([*book, order("C", 0, "A", ASK, 1)])
    assert [level[0] for level in found[-1][4]] == list(range(ASK + 1, ASK + 11))


def test_a_modify_moves_the_order_to_its_new_price():
    found, book = replay([order("A", 1, "B", BID, 5), order("M", 1, "B", BID - 3, 4)])
    assert found[-1][3] == [(BID - 3, 4, 1)]
    assert book.counts == (0, 0, 0, 1)


def test_a_modify_of_an_unknown_order_adds_and_counts_it():
    found, book = replay([order("M", 1, "B", BID, 5)])
    assert found[-1][3] == [(BID, 5, 1)]
    assert book.counts == (1, 0, 0, 1)


def test_a_cancel_of_an_unknown_order_is_counted_and_is_no_row():
    found, book = replay([order("C", 1, "B", BID, 5)])
    assert found == []
    assert book.counts == (1, 0, 0, 0)


def test_an_add_of_a_known_order_replaces_it():
    found, book = replay([order("A", 1, "B", BID, 5), order("A", 1, "A", ASK, 2)])
    assert found[-1][3:] == ([], [(ASK, 2, 1)])
    assert book.counts == (0, 1, 0, 1)


def test_a_crossed_book_is_shown_as_it_is():
    found, _ = replay([order("A", 1, "B", ASK, 5), order("A", 2, "A", BID, 2)])
    assert found[-1][3:] == ([(ASK, 5, 1)], [(BID, 2, 1)])


def test_a_live_clear_is_a_row_with_an_empty_book():
    found, _ = replay([order("A", 1, "B", BID, 5), order("R", 0, "N", 0, 0, 0)])
    assert (found[-1][1][0], found[-1][3:]) == ("R", ([], []))


def test_a_snapshot_replaces_the_book_and_is_one_row():
    snapshot = [
        order("A", 2, "B", BID - 1, 3, F_SNAPSHOT),
        order("A", 3, "A", ASK, 4, F_SNAPSHOT | F_LAST),
    ]
    found, _ = replay([order("A", 1, "B", BID, 5), *snapshot])
    assert found[1:] == [
        (2, ("A", "N", oracle.UNDEFINED, 0, 160, 1, 2, 3), 0, [(BID - 1, 3, 1)], [(ASK, 4, 1)])
    ]


def test_a_snapshot_right_after_another_replaces_it():
    ends = F_SNAPSHOT | F_LAST
    found, _ = replay([order("A", 1, "B", BID, 5, ends), order("A", 2, "B", BID - 1, 3, ends)])
    assert [row[3] for row in found] == [[(BID, 5, 1)], [(BID - 1, 3, 1)]]


def test_an_unfinished_snapshot_is_no_row_but_its_orders_stay():
    snapshot = [order("A", 2, "B", BID, 3, F_SNAPSHOT)]
    assert replay(snapshot)[0] == []
    found, _ = replay([*snapshot, order("A", 3, "A", ASK, 4)])
    assert [row[3:] for row in found] == [([(BID, 3, 1)], [(ASK, 4, 1)])]


def test_a_bad_book_flag_inside_an_event_reaches_its_row():
    found, _ = replay(
        [
            order("A", 1, "B", BID, 5),
            order("N", 0, "N", 0, 0, F_MAYBE_BAD_BOOK),
            order("N", 0, "N", 0, 0),
        ]
    )
    assert [row[1][4] for row in found] == [F_LAST, F_LAST | F_MAYBE_BAD_BOOK]


def test_other_instruments_are_passed_over():
    found, book = replay([order("A", 1, "B", BID, 5)._replace(instrument_id=OTHER)])
    assert found == []
    assert book.counts.resting == 0


def states(ts_event, sequence, flags):
    """Row of each F_LAST state by its key; keys are unique."""
    rows = np.flatnonzero(flags & F_LAST)
    keys = zip(ts_event[rows].tolist(), sequence[rows].tolist(), strict=True)
    found = dict(zip(keys, rows.tolist(), strict=True))
    assert len(found) == len(rows)
    return found


@pytest.fixture(params=["20231225.esh4", "20240508.esm4"])
def pair(request, market_data):
    """A real stream of orders, and the vendor's tool's ten levels built from it."""
    paths = [
        market_data / "es" / f"glbx-mdp3-{request.param}.{schema}.dbn.zst"
        for schema in ("mbo", "mbp-10")
    ]
    return [DBNStore.from_bytes(path.read_bytes()).to_ndarray() for path in paths]


def test_real_orders_give_the_vendors_book(pair):
    orders, levels = pair
    book = OrderBook(int(orders["instrument_id"][0]))
    rows = book.replay(mbo_words(orders), 0)
    cut = transpose_ladder(as_words(levels))

    ours = states(rows.ts_event, rows.sequence, rows.flags)
    theirs = states(levels["ts_event"], levels["sequence"], levels["flags"])
    # Theirs alone: the end of a snapshot that has none.
    unfinished = not np.any((orders["flags"] & F_SNAPSHOT) & (orders["flags"] >> 2))
    assert ours.keys() - theirs.keys() == set()
    assert len(theirs.keys() - ours.keys()) == unfinished
    mine, other = zip(*((ours[key], theirs[key]) for key in ours), strict=True)
    for side, expected in ((rows.ladder.bid, cut.bid), (rows.ladder.ask, cut.ask)):
        for name in ("ticks", "size", "orders"):
            assert np.array_equal(
                getattr(side, name)[:, mine], getattr(expected, name)[:, other]
            ), name
    assert np.array_equal(rows.depth[list(mine)], levels["depth"][list(other)])
    assert book.counts[:3] == (0, 0, 0)
    assert_conserved(book)


def test_real_trades_are_the_vendors_trades(pair):
    orders, levels = pair
    rows = OrderBook(int(orders["instrument_id"][0])).replay(mbo_words(orders), 0)
    ours, theirs = rows.action == ord("T"), levels["action"] == b"T"
    for name in ("ts_event", "ts_recv", "sequence", "price", "size", "flags"):
        assert np.array_equal(getattr(rows, name)[ours], levels[name][theirs]), name
    assert np.array_equal(rows.side[ours], levels["side"][theirs].view(np.uint8))


def test_real_orders_in_chunks_give_the_same_rows(pair):
    words = mbo_words(pair[0])
    instrument_id = int(pair[0]["instrument_id"][0])
    whole = OrderBook(instrument_id).replay(words, 0)
    book = OrderBook(instrument_id)
    parts = [book.replay(words[at : at + 4_999], at) for at in range(0, len(words), 4_999)]

    for name in whole._fields[:-1]:
        joined = np.concatenate([getattr(part, name) for part in parts])
        assert np.array_equal(joined, getattr(whole, name)), name
    for side in ("bid", "ask"):
        for name in ("ticks", "size", "orders"):
            joined = np.hstack([getattr(getattr(part.ladder, side), name) for part in parts])
            assert np.array_equal(joined, getattr(getattr(whole.ladder, side), name)), name
