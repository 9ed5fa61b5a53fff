"""An odd book from vendor files to Gold: silent, crossed or doubtful, it tells what it can."""

from fractions import Fraction

import polars as pl
import pytest

from lake_assets.catalog import BARRIER, ES_MBP10, ES_TRADES, SIGNALS, TOUCHES
from lake_assets.orchestration.report import warnings_of
from lake_assets.physics.parameters import BarrierParams
from lake_assets_tests.oracles import barrier as oracle
from lake_assets_tests.orchestration.odd_days import (
    BAD_BOOK,
    CROSSED,
    DOUBTFUL,
    GOES_ON,
    HORIZON,
    LAST,
    MAYBE_BAD,
    MINUTE,
    SILENT_MIN,
    SILENT_S,
    between,
    front_of,
    known,
    measured,
    on,
    unknown,
)
from lake_assets_tests.sources.dbn_files import SECOND

DEPTHS = ["depth_in_zone", "wall_ratio", "barrier_zone_prices"]


@on(BAD_BOOK)
def test_a_book_silent_for_seconds_has_no_depth_and_covers_less(odd):
    met = odd.table(SIGNALS).filter(between(SILENT_S.starts + 5 * SECOND, SILENT_S.ends))

    assert met.height > 0
    assert unknown(met, DEPTHS) == set(DEPTHS)
    moves = measured(BARRIER) - {*DEPTHS, "barrier_replenishment_ratio"}
    assert known(met, {*moves, *GOES_ON}) == {*moves, *GOES_ON}
    silent_s = (met["ts_event_ns"] - SILENT_S.starts) / SECOND
    assert (met["book_coverage_s"] <= 65 - silent_s).all()


@on(BAD_BOOK)
@pytest.mark.parametrize("stretch", [SILENT_MIN, CROSSED], ids=["silent", "crossed"])
def test_a_minute_without_a_state_knows_nothing_of_the_book(odd, stretch):
    signals = odd.table(SIGNALS)
    # a minute of window, and the five seconds that the last state speaks for
    met = signals.filter(between(stretch.starts + 65 * SECOND, stretch.ends))
    after = signals.filter(between(stretch.ends + MINUTE, stretch.ends + 3 * MINUTE))

    assert met.height > 0
    counts = {"book_updates", "book_coverage_s"}
    assert met.select(counts).unique().rows() == [(0, 0.0)]
    assert unknown(met, measured(BARRIER) - counts) == measured(BARRIER) - counts
    others = {*GOES_ON, "fuel_volume", "outcome", "avg_uniqueness"}
    assert known(met, others) == others
    assert known(after, {"barrier_state", "churn"}) == {"barrier_state", "churn"}


@on(BAD_BOOK)
def test_crossed_and_doubtful_books_are_kept_and_counted(odd):
    book = odd.table(ES_MBP10)
    quality = odd.quality(ES_MBP10)

    crossed = book.filter(
        pl.col("flags") & LAST > 0, pl.col("bid_ticks_0") >= pl.col("ask_ticks_0")
    )

    assert crossed.filter(between(CROSSED.starts, CROSSED.ends)).height == crossed.height > 50
    doubtful = book.filter(pl.col("flags") & MAYBE_BAD > 0)
    assert doubtful.filter(between(DOUBTFUL.starts, DOUBTFUL.ends)).height == doubtful.height > 5
    assert warnings_of(quality) == {
        "bad_book_states": doubtful.height,
        "crossed_states": crossed.height,
    }


@on(BAD_BOOK)
def test_the_two_sides_of_a_doubtful_book_are_never_compared(odd):
    records, trades = feed(odd)
    doubted = [each for each in records if each[2] & MAYBE_BAD]
    trusted = [(*each[:2], each[2] & ~MAYBE_BAD, *each[3:]) for each in records]
    absent = [each for each in records if not each[2] & MAYBE_BAD]
    met = barriers(odd, DOUBTFUL.ends, DOUBTFUL.starts + MINUTE)

    rows, whole, joined = (slow_rows(each, trades, met) for each in (records, trusted, absent))

    assert len(met) > 0
    for row, slow, other in zip(met, rows, whole, strict=True):
        same(row, slow)
        assert slow["book_updates"] == other["book_updates"] - len(doubted)
    # had the pair across it been one, it would have counted
    assert [row["churn"] for row in rows] != [row["churn"] for row in joined]


@on(BAD_BOOK)
@pytest.mark.parametrize(
    "stretch", [SILENT_S, SILENT_MIN, CROSSED], ids=["seconds", "minutes", "crossed"]
)
def test_every_barrier_near_a_bad_book_equals_the_slow_count(odd, stretch):
    records, trades = feed(odd)
    met = barriers(odd, stretch.starts, stretch.ends + HORIZON)

    assert len(met) > 10
    for row, slow in zip(met, slow_rows(records, trades, met), strict=True):
        same(row, slow)


def feed(odd):
    """The front contract's book and trades as the slow count reads them."""
    book, trades = front_of(odd, ES_MBP10), front_of(odd, ES_TRADES)
    ladders = [
        [
            book.select(f"{side}_{what}_{at}" for at in range(10)).fill_null(0).rows()
            for what in ("ticks", "size")
        ]
        for side in ("bid", "ask")
    ]
    sides = [
        [list(zip(*level, strict=True)) for level in zip(*ladder, strict=True)]
        for ladder in ladders
    ]
    keys = book.select("ts_event_ns", "sequence", "flags", "action").rows()
    records = [(*key, bids, asks) for key, bids, asks in zip(keys, *sides, strict=True)]
    prints = trades.select("ts_event_ns", "sequence", "price_ticks", "size", "aggressor").rows()
    return records, prints


def barriers(odd, starts, ends):
    """What the lake says of the book before each touch in a stretch, and where the touch was."""
    place = odd.table(TOUCHES).select("event_id", "level_e", "direction")
    rows = odd.table(BARRIER).join(place, on="event_id", maintain_order="left")
    return rows.filter(between(starts, ends)).rows(named=True)


def slow_rows(records, trades, met):
    """The slow count of each touch, from the ten minutes before it."""
    found = []
    for row in met:
        end = row["ts_event_ns"]
        near = [
            [each for each in kind if end - 10 * MINUTE <= each[0] < end]
            for kind in (records, trades)
        ]
        sign = 1 if row["direction"] == "UP" else -1
        found.append(oracle.barrier(*near, (end, row["level_e"], sign), BarrierParams()))
    return found


def same(row, slow):
    """Compare a row of the lake with the slow count, exactly but for the ratio of the wall."""
    assert row["barrier_state"] == oracle.state_of(slow, BarrierParams())
    for name in (slow.keys() & row.keys()) - {"wall_ratio"}:
        exact = slow[name]
        assert row[name] == (float(exact) if isinstance(exact, Fraction) else exact), name
    wall = slow.get("wall_ratio")
    assert row["wall_ratio"] == (None if wall is None else pytest.approx(float(wall), rel=1e-13))
