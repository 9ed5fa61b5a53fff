"""The order of simulated events: times, flags, sequence, and trades inside the book."""

import numpy as np
import pytest

from lake_assets.kernels.simulated_flow import EVENT_ROWS
from lake_assets.market.sessions import session_on
from lake_assets_tests.kernels.simulated_market import DAY, of_front, records

SNAPSHOTS = 3


def test_times_never_go_back():
    found = records()[SNAPSHOTS:]
    assert (np.diff(found["ts_event"].astype("i8")) >= 0).all()
    assert (np.diff(found["ts_recv"].astype("i8")) >= 0).all()
    assert (found["ts_recv"] > found["ts_event"]).all()
    assert (np.diff(found["sequence"].astype("i8")) == 1).all()


def test_all_happens_within_the_session():
    hours = session_on(DAY).hours
    found = records()
    assert found["ts_event"][SNAPSHOTS:].min() >= hours.opens
    assert found["ts_recv"].min() >= hours.opens
    assert found["ts_recv"].max() < hours.closes


def test_the_first_record_of_each_book_is_a_snapshot():
    first = records()[:SNAPSHOTS]
    assert first["flags"].tolist() == [168] * SNAPSHOTS
    assert first["action"].tolist() == [b"A"] * SNAPSHOTS
    assert first["side"].tolist() == [b"N"] * SNAPSHOTS
    assert (first["price"] == 2**63 - 1).all()
    assert (first["ts_event"] < first["ts_recv"]).all()


def test_an_event_ends_with_its_flag_and_nothing_else():
    found = records()[SNAPSHOTS:]
    last = found["flags"] == 128
    assert set(found["flags"].tolist()) == {0, 128}
    assert last[-1]
    inside = ~last[:-1]
    for column in ("ts_event", "instrument_id"):
        assert (found[column][1:][inside] == found[column][:-1][inside]).all()
    lengths = np.diff(np.r_[-1, np.flatnonzero(last)])
    assert 1 < lengths.max() <= EVENT_ROWS


def test_few_events_share_a_stamp():
    found = records()[SNAPSHOTS:]
    stamps = found["ts_event"][found["flags"] == 128]
    assert 0 < (np.diff(stamps.astype("i8")) == 0).mean() < 0.005


@pytest.mark.parametrize(("side", "book", "sign"), [(b"B", "ask", 1), (b"A", "bid", -1)])
def test_aggressors_trade_inside_the_shown_book(side, book, sign):
    found = of_front()
    found = found[(found["action"] == b"T") & (found["side"] == side)]
    shown = np.stack([found[f"{book}_px_{i:02}"] for i in range(10)])
    sizes = np.stack([found[f"{book}_sz_{i:02}"] for i in range(10)])
    at = shown == found["price"]
    assert (at.sum(axis=0) == 1).all()
    assert (found["size"] <= (sizes * at).sum(axis=0)).all()
    assert ((found["price"] - shown[0]) * sign >= 0).all()


def test_few_trades_have_no_aggressor_and_the_first_has_none():
    trades = records()[records()["action"] == b"T"]
    assert trades["side"][0] == b"N"
    assert 0 < (trades["side"] == b"N").mean() < 0.01
