"""Fear after a fall: what it takes, when it is told, and when it is over."""

import numpy as np
import polars as pl
import pytest

from lake_assets.catalog.option_events import FEAR_SPIKES
from lake_assets.seconds.event_parameters import FearParams
from lake_assets.seconds.fear import fear_active, find_fear_spikes
from lake_assets_tests.seconds.states import (
    NIFTY,
    books,
    burst_path,
    merged_path,
    mirrored,
    session_of,
    state,
)

TIMES = ("onset_time", "decay_time", "known_at")
FALL = mirrored(burst_path()) + [23_988.0, 23_988.5] * 350
LONG_FALL = mirrored(merged_path()) + [23_975.5, 23_976.0] * 50
PULLED = {"pe_pull_rate_30s": dict.fromkeys(range(150, 160), 0.1)}
FILLED = {f"{leg}_replenish_rate_30s": 0.1 for leg in ("ce", "pe")}


def puts(**mids) -> pl.DataFrame:
    """Books of the pinned put: {s150: mid}, each held until the next."""
    stated = sorted((int(name[1:]), mid) for name, mid in mids.items())
    path = {}
    for at, (second, mid) in enumerate(stated):
        until = stated[at + 1][0] if at + 1 < len(stated) else second + 30
        path |= dict.fromkeys(range(second, until), (mid - 0.5, mid + 0.5, 1_000, 0))
    return books({("PE", 24_000): path})


AFRAID = puts(s150=100.0, s155=107.8)  # 7.8 points for 12 of spot: 0.65


def find(path=FALL, option_books=AFRAID, params=None, **cells) -> list[dict]:
    """Fear of a path, with its times as seconds of session."""
    frame = state(path, **{**PULLED, **FILLED, **cells})
    params = params or FearParams.of(NIFTY)
    found = find_fear_spikes(frame, option_books, NIFTY, session_of(len(path)), params)
    FEAR_SPIKES.of("NIFTY").schema.validate(found)
    opened = frame["timestamp"][0]
    seconds = [(pl.col(name) - opened).dt.total_seconds().alias(name) for name in TIMES]
    return found.with_columns(seconds).to_dicts()


def test_a_fall_with_puts_bid_and_books_pulled_is_fear():
    (fear,) = find()

    assert (fear["onset_time"], fear["decay_time"], fear["decay_time_s"]) == (165, 175, 10)
    assert fear["event_id"] == "NIFTY_2025-08-01_fear_00165"
    assert fear["burst_id"] == "NIFTY_2025-08-01_burst_00154"
    assert fear["pe_rel_delta_peak"] == pytest.approx(-0.65, rel=1e-12)
    assert (fear["theta_put"], fear["pull_rate_max"], fear["theta_pull"]) == (0.60, 0.1, 0.033)
    assert (fear["censored"], fear["exhausted_60s"], fear["pe_strike"]) == (False, True, 24_000)
    assert fear["known_at"] == 175 + 2


def test_a_rise_is_never_fear():
    assert find(mirrored(FALL)) == []


@pytest.mark.parametrize(("mid", "found"), [(107.2, 1), (107.15, 0), (92.8, 1)])
def test_the_put_must_outrun_its_usual_delta(mid, found):
    assert len(find(option_books=puts(s150=100.0, s155=mid))) == found


def test_a_put_nobody_quotes_frightens_nobody():
    assert find(option_books=puts(s156=107.8)) == []


@pytest.mark.parametrize(
    ("rates", "found"),
    [
        (dict.fromkeys(range(150, 166), 0.033), 1),
        (dict.fromkeys(range(150, 166), 0.0329), 0),
        (dict.fromkeys(range(166, 180), 0.1), 0),
        ({165: 0.1}, 1),
        (None, 0),
    ],
    ids=["at the floor", "below", "after the end", "in the last second", "never known"],
)
def test_books_must_be_pulled_during_the_fall(rates, found):
    assert len(find(pe_pull_rate_30s=rates)) == found


def test_the_pull_rate_must_be_unusual_for_the_session_so_far():
    often = dict.fromkeys(range(50, 100), 0.1)

    assert find(pe_pull_rate_30s=often | {155: 0.099}) == []
    assert find(pe_pull_rate_30s=often | {155: 0.1})[0]["theta_pull"] == 0.1


def test_the_falls_own_pulls_are_no_measure_of_it():
    largest = FearParams.of(NIFTY, pull_rate_share=1.0)

    (fear,) = find(pe_pull_rate_30s={149: 0.04, 150: 0.1}, params=largest)

    assert (fear["theta_pull"], fear["pull_rate_max"]) == (0.04, 0.1)


def test_thresholds_follow_the_days_to_expiry():
    almost = puts(s150=100.0, s155=100 + 12 * 0.56)

    assert find(option_books=almost) == []
    assert find(option_books=almost, params=FearParams.of(NIFTY, theta_put=(0.55,) * 4)) != []


@pytest.mark.parametrize(("length", "known"), [(901, 765), (400, 399), (224, 223)])
def test_fear_that_does_not_decay_is_given_up(length, known):
    (fear,) = find(
        FALL[:length], pe_replenish_rate_30s=0.0, ce_replenish_rate_30s=0.0, ce_pull_rate_30s=0.01
    )

    assert (fear["decay_time"], fear["decay_time_s"], fear["censored"]) == (None, None, True)
    assert fear["exhausted_60s"] is (None if length == 224 else False)
    assert fear["known_at"] == known + 2


def test_a_new_low_puts_decay_off():
    lower = [*FALL[:170], 23_987.95, *FALL[171:]]

    assert find(lower)[0]["decay_time"] == 180


def test_volatility_of_the_put_is_read_where_a_slot_holds_it():
    lifted = {"pe_iv": {150: 0.15}, "pe_iv_p1": {155: 0.19}}
    rolled = {
        f"pe_strike{s}": dict.fromkeys(range(152, 160), 23_950 + d)
        for s, d in (("", 0), ("_p1", 50))
    }

    (fear,) = find(**lifted, **rolled)
    (lost,) = find(**lifted, pe_strike=dict.fromkeys(range(152, 160), 23_800))

    assert fear["pe_iv_change"] == pytest.approx(0.04, rel=1e-12)
    assert lost["pe_iv_change"] is None


def test_a_fall_that_goes_on_is_judged_at_each_of_its_ends():
    late = puts(s150=100.0, s155=106.0, s170=116.0)  # 0.5, then 16 points for 24.5

    (fear,) = find(LONG_FALL, late, pe_pull_rate_30s=dict.fromkeys(range(150, 180), 0.1))

    assert fear["onset_time"] == 179
    assert fear["pe_rel_delta_peak"] == pytest.approx(-16 / 24.5, rel=1e-12)
    assert fear["burst_id"][-5:] == "00154"


def test_the_first_success_counts_whatever_the_later_low_says():
    early = puts(s150=100.0, s155=107.8, s170=104.0)

    (fear,) = find(LONG_FALL, early, pe_pull_rate_30s=dict.fromkeys(range(150, 180), 0.1))

    assert fear["onset_time"] == 165
    assert fear["pe_rel_delta_peak"] == pytest.approx(-0.65, rel=1e-12)


def test_fear_is_on_from_its_onset_to_its_decay():
    frame = state(FALL, **PULLED, **FILLED)
    fear = find_fear_spikes(frame, AFRAID, NIFTY, session_of(len(FALL)), FearParams.of(NIFTY))

    assert np.flatnonzero(fear_active(frame, fear)).tolist() == list(range(165, 176))
    assert not fear_active(frame, fear.clear()).any()


def test_a_gap_is_judged_when_it_is_seen():
    (fear,) = find(FALL[:160] + [None] * 10 + FALL[170:400])

    assert fear["onset_time"] == 165
