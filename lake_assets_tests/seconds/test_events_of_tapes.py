"""Events from books to regimes: what was known is fixed, whatever the vendor sends afterwards."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from lake_assets.catalog.option_events import (
    BURSTS,
    CHOP_POCKETS,
    FEAR_SPIKES,
    LIQUIDITY_EVENTS,
    REGIMES,
)
from lake_assets.seconds.option_state import build_option_state
from lake_assets.seconds.parameters import StateParams
from lake_assets_tests.seconds.states import NIFTY, session_of
from lake_assets_tests.seconds.tapes import Market, tape
from lake_assets_tests.seconds.worlds import World, events

SECONDS = 600
MARKET = Market(days_to_expiry=(0, 6), swing=0.3, stop_s=SECONDS, hit_rate=0.97)
TABLES = {f.table: f for f in (BURSTS, LIQUIDITY_EVENTS, FEAR_SPIKES, CHOP_POCKETS, REGIMES)}
PUSHES = {150: 3.0, 250: -3.0, 262: -3.0, 400: 4.0, 520: -2.5}  # points a second, for five seconds


def pushed_books() -> pl.DataFrame:
    """A quiet tape whose spot, and nothing else, is pushed up and down."""
    rows = tape(MARKET)
    second = ((rows["timestamp"].to_physical() - MARKET.opens_us) // 1_000_000).to_numpy()
    push = sum(step * np.clip(second - start, 0, 5) for start, step in PUSHES.items())
    return rows.with_columns(spot_price=(pl.col("spot_price") + push).round(2))


def world_of(rows: pl.DataFrame) -> World:
    """Silver's own state of the rows, and the rows."""
    return World(build_option_state(rows, session_of(SECONDS), NIFTY, StateParams()), rows)


BOOKS = pushed_books()
WHOLE = events(world_of(BOOKS))


def truncated(cut) -> pl.DataFrame:
    return BOOKS.filter(pl.col("timestamp") < cut)


def gone_wild(cut) -> pl.DataFrame:
    """Later rows ten times dearer and emptier, and others of new strikes and a nearer expiry."""
    after = BOOKS.filter(pl.col("timestamp") >= cut).with_columns(
        pl.col("bp0", "sp0", "spot_price") * 10,
        pl.col("^[bs]q[0-4]$") // 10,
        volume=pl.lit(0, pl.Int64),
        vol_delta=pl.lit(0, pl.Int64),
    )
    nearer = after.with_columns(strike=pl.col("strike") + 25, expiry=pl.col("session_date"))
    rows = pl.concat([truncated(cut), after, nearer])
    return rows.sort("expiry", "opt_type", "strike", "timestamp")


def test_there_is_something_to_find():
    assert WHOLE["bursts"]["direction"].unique().sort().to_list() == [-1, 1]
    assert WHOLE["liquidity_events"].height > 20
    assert {"burst", "normal"} <= set(WHOLE["regimes"]["regime"])
    for name, frame in WHOLE.items():
        TABLES[name].of("NIFTY").schema.validate(frame)


@pytest.mark.parametrize("seed", range(10))
def test_what_was_known_is_not_changed_by_later_rows(seed):
    opens = WHOLE["regimes"]["timestamp"][0]
    for second in np.random.default_rng(seed).uniform(120, SECONDS, 2):
        cut = opens + timedelta(seconds=float(second))
        known = pl.col("known_at") <= cut
        for rows in (truncated(cut), gone_wild(cut)):
            found = events(world_of(rows))
            for name, frame in WHOLE.items():
                assert found[name].filter(known).equals(frame.filter(known)), (name, cut)


def test_leaving_out_whole_seconds_makes_no_burst_and_no_collapse():
    still = BOOKS.with_columns(spot_price=pl.lit(24_600.0))
    whole = events(world_of(still))
    second = pl.col("timestamp").dt.truncate("1s")
    for seed in range(5):
        every = still.select(second.unique()).to_series().sort()
        kept = every.filter(pl.Series(np.random.default_rng(seed).random(every.len()) < 0.8))
        found = events(world_of(still.filter(second.is_in(kept.implode()))))

        assert found["bursts"].is_empty()
        for kind in ("bid_pull", "ask_pull", "vacuum"):
            told = [
                set(frame["liquidity_events"].filter(event_type=kind)["event_id"])
                for frame in (whole, found)
            ]
            assert told[1] <= told[0]
