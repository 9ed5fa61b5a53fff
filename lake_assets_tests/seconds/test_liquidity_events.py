"""Events of the books at the money: what each row says, and when it can be said."""

import polars as pl
import pytest

from lake_assets.catalog.option_events import LIQUIDITY_EVENTS
from lake_assets.seconds.event_parameters import LiquidityParams
from lake_assets.seconds.liquidity_events import find_liquidity_events
from lake_assets_tests.seconds.states import (
    NIFTY,
    SPY,
    burst_path,
    quiet,
    session_of,
    state,
)

TIMES = ("timestamp", "end_time", "known_at")
THIN = {30: 400, 31: 400}


def find(path=None, underlying=NIFTY, **cells) -> list[dict]:
    """Events of a state, with their times as seconds of session."""
    frame = state(path or quiet(60), underlying=underlying, **cells)
    session, params = session_of(frame.height), LiquidityParams.of(underlying)
    found = find_liquidity_events(frame, underlying, session, params)
    LIQUIDITY_EVENTS.of(underlying.name).schema.validate(found)
    opened = frame["timestamp"][0]
    seconds = [(pl.col(name) - opened).dt.total_seconds().alias(name) for name in TIMES]
    return found.with_columns(seconds).to_dicts()


def collapse(at=30, **cells) -> dict:
    """Cells of a call whose book is empty and wide from one second on."""
    seconds = range(at, at + 2)
    return {
        "ce_bid_depth_5": dict.fromkeys(seconds, 500),
        "ce_ask_depth_5": dict.fromkeys(seconds, 700),
        "ce_ask": dict.fromkeys(seconds, 100.5),
        "ce_spread": dict.fromkeys(seconds, 0.75),
        **cells,
    }


def test_a_pull_is_told_with_its_side_before_and_after():
    (event,) = find(ce_bid_pull={20: True}, ce_bid_depth_5={20: 975}, ce_vol_delta={20: 75})

    assert event["event_id"] == "NIFTY_2025-08-01_bid_pull_CE_00020"
    assert (event["leg"], event["strike"], event["event_type"]) == ("CE", 24_000, "bid_pull")
    assert (event["depth_before"], event["depth_after"], event["magnitude"]) == (1_500, 975, 0.35)
    assert (event["spread_before"], event["spread_after"], event["vol_delta"]) == (0.5, 0.5, 75)
    assert (event["timestamp"], event["end_time"], event["duration_s"]) == (20, 20, 0)


@pytest.mark.parametrize(
    ("kind", "wait"),
    [("bid_pull", 3), ("ask_pull", 3), ("bid_replenish", 0), ("ask_replenish", 0)],
)
def test_a_pull_waits_for_the_collapse_it_may_belong_to(kind, wait):
    (event,) = find(**{f"pe_{kind}": {20: True}})

    assert (event["event_type"], event["leg"]) == (kind, "PE")
    assert event["known_at"] == 20 + wait + 2
    assert not event["in_vacuum"]


def test_nothing_waits_past_the_close():
    (event,) = find(ce_bid_pull={58: True})

    assert event["known_at"] == 59 + 2


def test_a_collapse_is_told_once_and_against_the_fullest_book():
    (event,) = find(**collapse(ce_bid_depth_5={28: 1_600, 29: 1_400, 30: 500, 31: 500}))

    assert (event["event_type"], event["timestamp"], event["known_at"]) == ("vacuum", 30, 32)
    assert (event["depth_before"], event["depth_after"]) == (3_100, 1_200)
    assert event["magnitude"] == 1_900 / 3_100
    assert (event["spread_before"], event["spread_after"]) == (0.5, 0.75)


def test_trading_of_a_collapse_is_counted_since_the_fullest_book():
    volume = {27: 75, 28: 10, 29: 20, 30: 30}

    (event,) = find(**collapse(ce_bid_depth_5={28: 1_600, 30: 500, 31: 500}, ce_vol_delta=volume))

    assert event["vol_delta"] == 50


@pytest.mark.parametrize(("pull", "inside"), [(26, False), (27, True), (30, True), (31, False)])
def test_a_pull_within_three_seconds_before_belongs_to_the_collapse(pull, inside):
    events = find(**collapse(ce_ask_pull={pull: True}, pe_ask_pull={pull: True}))

    pulls = {e["leg"]: e["in_vacuum"] for e in events if e["event_type"] == "ask_pull"}
    assert pulls == {"CE": inside, "PE": False}


def test_a_collapse_of_another_contract_is_none():
    assert find(**collapse(ce_strike=dict.fromkeys(range(29, 60), 24_050))) == []


def test_depth_of_one_level_is_enough():
    seconds = range(30, 32)
    (event,) = find(
        quiet(60, 630.0),
        underlying=SPY,
        ce_bid_size=dict.fromkeys(seconds, 100),
        ce_ask_size=dict.fromkeys(seconds, 100),
        ce_ask=dict.fromkeys(seconds, 100.5),
        ce_spread=dict.fromkeys(seconds, 0.75),
    )

    assert (event["depth_before"], event["known_at"]) == (600, 31)


def test_a_flicker_lasts_and_is_known_when_it_is_over():
    flickers = dict.fromkeys(range(20, 31), True) | {25: None}
    first, second = find(ce_flicker_30s=flickers, ce_vol_delta={22: 75, 28: None})

    assert (first["timestamp"], first["end_time"], first["duration_s"]) == (20, 24, 4)
    assert (first["known_at"], second["known_at"]) == (25 + 2, 31 + 2)
    assert (first["vol_delta"], second["vol_delta"]) == (75, None)
    assert (first["magnitude"], first["depth_before"], first["depth_after"]) == (None,) * 3
    assert first["event_id"] == "NIFTY_2025-08-01_flicker_CE_00020"


def test_events_know_whether_a_burst_was_on():
    pulls = dict.fromkeys((153, 154, 165, 166), True)

    events = find(burst_path(), ce_bid_pull=pulls)

    assert [event["in_burst"] for event in events] == [False, True, True, False]


def test_rows_come_by_time_calls_first_and_kind():
    pulled = {20: True}

    events = find(
        pe_bid_pull=pulled, ce_ask_replenish=pulled, ce_bid_pull=pulled, ce_ask_pull={19: True}
    )

    assert [(e["timestamp"], e["leg"], e["event_type"]) for e in events] == [
        (19, "CE", "ask_pull"),
        (20, "CE", "bid_pull"),
        (20, "CE", "ask_replenish"),
        (20, "PE", "bid_pull"),
    ]


def test_still_books_have_no_events_and_all_the_columns():
    session, params = session_of(60), LiquidityParams.of(NIFTY)

    found = find_liquidity_events(state(quiet(60)), NIFTY, session, params)

    assert found.equals(LIQUIDITY_EVENTS.of("NIFTY").empty())
