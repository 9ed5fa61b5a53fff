"""The ladder each second against the slow way: breaks, one-sided books, age, and the second."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.serving.depth import LADDER, ladder_each_second
from lake_assets_tests.oracles import depth as oracle

S = 1_000_000_000
START = 1_765_983_600 * S
SCHEMA = {
    "ts_event_ns": pl.Int64,
    "flags": pl.UInt8,
    "action": pl.String,
    **{name: pl.Int32 if "ticks" in name else pl.Int64 for name in LADDER},
}


def record(at_ns, *, flags=128, action="A", bid=(100, 5), ask=(101, 7)):
    """A record with one level a side; a price None is an absent side."""
    empty = dict.fromkeys(LADDER)
    (bid_ticks, bid_size), (ask_ticks, ask_size) = bid, ask
    top = {"bid_ticks_0": bid_ticks, "bid_size_0": bid_size if bid_ticks else None}
    top |= {"ask_ticks_0": ask_ticks, "ask_size_0": ask_size if ask_ticks else None}
    return {"ts_event_ns": START + at_ns, "flags": flags, "action": action, **empty, **top}


records = st.lists(
    st.builds(
        record,
        st.sampled_from([0, 1, S - 1, S, S + 1, 2 * S, 3 * S, 62 * S, 62 * S + 1]),
        flags=st.sampled_from([0, 128, 128, 128, 160, 132, 4]),
        action=st.sampled_from(["A", "A", "A", "R"]),
        bid=st.tuples(st.sampled_from([99, 100, 102, None]), st.integers(1, 9)),
        ask=st.tuples(st.sampled_from([101, 102, 99, None]), st.integers(1, 9)),
    ),
    max_size=12,
)


@given(records, st.integers(-3, 3), st.integers(0, 66 * S))
def test_ladders_equal_the_slow_way(unsorted, early, span):
    book = sorted(unsorted, key=lambda each: each["ts_event_ns"])
    start, end = START - early, START - early + span
    found = ladder_each_second(pl.DataFrame(book, schema=SCHEMA), start, end)
    expected = oracle.ladder_each_second(book, start, end)

    assert found["at_ns"].to_list() == [at for at, _ in expected]
    for row, (at, shown) in zip(found.iter_rows(named=True), expected, strict=True):
        if shown is None:
            assert row["age_s"] is None
            assert all(row[name] is None for name in LADDER)
        else:
            assert row["age_s"] == (at - shown["ts_event_ns"]) / S
            assert {name: row[name] for name in LADDER} == {n: shown[n] for n in LADDER}


def shown(*book, seconds=2):
    frame = pl.DataFrame(book, schema=SCHEMA)
    return ladder_each_second(frame, START, START + seconds * S)["bid_ticks_0"].to_list()


def test_a_record_at_the_second_itself_is_the_future():
    assert shown(record(0)) == [None, 100]


def test_after_a_break_nothing_is_shown_until_both_sides_are_there():
    whole = record(-2 * S)
    bad, half = record(-S, flags=132), record(-S + 1, ask=(None, 1))
    assert shown(whole, bad, half) == [None, None]
    assert shown(whole, bad, half, record(1)) == [None, 100]


def test_a_crossed_book_is_passed_over():
    assert shown(record(-S), record(-1, bid=(103, 1), ask=(102, 1))) == [100, 100]


def test_the_future_changes_nothing():
    book = [record(i * S // 3, bid=(90 + i, 1)) for i in range(12)]
    for cut in range(1, 4):
        past = [each for each in book if each["ts_event_ns"] < START + cut * S]
        assert shown(*past, seconds=cut + 1) == shown(*book, seconds=cut + 1)
