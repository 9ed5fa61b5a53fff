"""Bursts: the hand-worked vectors, what they are measured by, and days without any."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lake_assets.catalog.option_events import BURSTS
from lake_assets.errors import ComputationRefusedError
from lake_assets.market.sessions import session_on
from lake_assets.seconds.bursts import find_bursts
from lake_assets.seconds.event_parameters import BurstParams
from lake_assets_tests.seconds.states import (
    DAY,
    NIFTY,
    NO_BOOKS,
    SPY,
    books,
    burst_path,
    merged_path,
    mirrored,
    quiet,
    session_of,
    state,
)

TIMES = ("start_time", "trigger_time", "peak_time", "end_time", "known_at")


def find(path, option_books=NO_BOOKS, underlying=NIFTY, params=None, **cells) -> list[dict]:
    """Bursts of a path, with their times as seconds of session."""
    frame = state(path, underlying=underlying, **cells)
    params = params or BurstParams.of(underlying)
    found = find_bursts(frame, option_books, underlying, session_of(len(path)), params)
    BURSTS.of(underlying.name).schema.validate(found)
    opened = frame["timestamp"][0]
    seconds = [(pl.col(name) - opened).dt.total_seconds().alias(name) for name in TIMES]
    return found.with_columns(seconds).to_dicts()


def slow_end() -> list:
    """A burst of 12 points that takes until second 170 to be quiet: seconds 0 to 200."""
    rise = [24_002.0, 24_004.5, 24_007.0, 24_009.5, 24_012.0, 24_012.0]
    sway = [24_010.0 if t % 2 else 24_012.0 for t in range(157, 163)]
    return quiet(151) + rise + sway + [24_012.0] * 38


def pair(before, after, at=170) -> pl.DataFrame:
    """Books of the pinned call and put, the same at the start and at another second."""
    return books({(right, 24_000): {150: before, at: after} for right in ("CE", "PE")})


def test_a_burst_is_measured_from_where_it_began():
    (burst,) = find(burst_path())

    # noticed four seconds late: from the trigger on the size would be 2.5 points
    assert [burst[name] for name in TIMES[:4]] == [150, 154, 155, 165]
    assert (burst["direction"], burst["end_reason"], burst["censored"]) == (1, "quiet", False)
    assert (burst["size_points"], burst["peak_points"], burst["net_points"]) == (12.0, 12.0, 11.5)
    assert (burst["duration_s"], burst["merged_count"]) == (15, 1)
    assert (burst["start_price"], burst["end_price"]) == (24_000.0, 24_011.5)
    assert (burst["min_price"], burst["max_price"]) == (24_000.0, 24_012.0)
    assert burst["event_id"] == "NIFTY_2025-08-01_burst_00154"


def test_a_burst_that_goes_on_is_one():
    (burst,) = find(merged_path())

    assert [burst[name] for name in TIMES[:4]] == [150, 154, 170, 179]
    assert (burst["size_points"], burst["net_points"], burst["merged_count"]) == (24.5, 24.5, 2)
    assert (burst["end_reason"], burst["event_id"][-5:]) == ("quiet", "00154")


def test_a_quiet_end_is_known_when_nothing_can_reopen_it():
    # the last trigger that could looks back from second 180; packed books are known 2 s later
    assert find(burst_path())[0]["known_at"] == 165 + 15 + 2
    assert find(burst_path()[:175])[0]["known_at"] == 174 + 2


def test_a_burst_cut_off_by_the_close_is_censored():
    (burst,) = find(burst_path()[:160])

    assert (burst["end_time"], burst["end_reason"], burst["censored"]) == (159, "close", True)
    assert burst["known_at"] == 159 + 2


def test_a_gap_ends_a_burst_at_the_last_price_seen():
    (burst,) = find(burst_path()[:160] + [None] * 30)

    assert (burst["end_time"], burst["end_reason"]) == (159, "gap")
    assert burst["known_at"] == 165 + 2


def test_a_burst_that_never_calms_is_ended():
    restless = [24_012.0 + 3 * (t % 2) + 0.5 * t for t in range(700)]
    (first, *_) = find(burst_path()[:156] + restless, params=lasting(600))

    assert (first["duration_s"], first["end_reason"]) == (600, "max_duration")
    assert first["known_at"] == first["end_time"] + 2


def lasting(seconds):
    return BurstParams.of(NIFTY, burst_max_duration_s=seconds, burst_k2=(0.01,) * 4)


def test_legs_are_pinned_where_the_burst_began():
    legs = {
        ("CE", 24_000): {150: (149.5, 150.5, 1_500, 0), 170: (157.7, 158.7, 1_500, 0)},
        ("CE", 24_050): {150: (120.0, 121.0, 1_500, 0), 170: (130.5, 131.5, 1_500, 0)},
    }

    (burst,) = find(slow_end(), books(legs), ce_strike=dict.fromkeys(range(160, 201), 24_050))

    assert (burst["end_time"], burst["net_points"], burst["ce_strike"]) == (170, 12.0, 24_000)
    assert burst["ce_rel_delta"] == pytest.approx(0.683333, abs=5e-7)
    assert burst["ce_move"] == pytest.approx(8.2, rel=1e-12)
    assert burst["pe_move"] is None


def test_a_move_through_an_emptying_book_scores():
    emptied = pair((100.0, 100.8, 1_000, 0), (100.0, 101.6, 550, 900))

    (burst,) = find(slow_end(), emptied)

    assert (burst["duration_s"], burst["opt_vol_lots"], burst["tps"]) == (20, 24.0, 1.2)
    assert burst["spread_increase_ratio"] == pytest.approx(1.0, rel=1e-12)
    assert burst["depth_drop_ratio"] == 0.45
    assert burst["vacuum_score"] == pytest.approx(0.741, rel=1e-12)


def test_an_unknown_part_leaves_the_score_unknown():
    emptied = pair((100.0, 100.8, 1_000, 0), (100.0, 101.6, 550, None))

    (burst,) = find(slow_end(), emptied)

    assert burst["opt_vol_lots"] is burst["tps"] is burst["vacuum_score"] is None
    assert burst["depth_drop_ratio"] == 0.45


def test_a_second_without_any_feed_leaves_the_volume_unknown():
    traded = pair((100.0, 100.8, 1_000, 0), (100.0, 100.8, 1_000, 900))

    (heard,), (deaf,) = find(slow_end(), traded), find(slow_end(), traded, feed_alive={160: False})

    assert (heard["opt_vol_lots"], deaf["opt_vol_lots"]) == (24.0, None)


def test_a_quote_too_old_at_the_end_is_no_move():
    (burst,) = find(slow_end(), pair((99.5, 100.5, 1_000, 0), (104.5, 105.5, 1_000, 0), at=164))

    assert (burst["ce_move"], burst["ce_move_peak"]) == (None, 0.0)


def test_spot_that_moved_too_little_divides_nothing():
    back = burst_path()[:156] + [24_006.0, 24_003.0, 24_001.0] + [24_000.95] * 60
    rising = {t: (99.5 + t, 100.5 + t, 1_000, 0) for t in range(150, 216)}

    (burst,) = find(back, books({("CE", 24_000): rising}))

    assert (burst["net_points"], burst["ce_rel_delta"]) == (0.95, None)
    assert burst["ce_move"] == burst["duration_s"]
    assert burst["ce_rel_delta_peak"] == 5 / 12


@pytest.mark.parametrize("path", [burst_path(), merged_path()], ids=["one", "merged"])
def test_turning_every_move_round_turns_the_burst_round(path):
    (up,), (down,) = find(path), find(mirrored(path))

    assert [down[name] for name in TIMES] == [up[name] for name in TIMES]
    assert (down["direction"], down["net_points"]) == (-up["direction"], -up["net_points"])
    assert down["size_points"] == up["size_points"]


def test_a_displacement_exactly_at_its_threshold_counts_and_a_hundredth_less_does_not():
    def ramp(points):
        steps = [24_000.0, 24_002.05, 24_004.05, 24_006.05, round(24_000 + points, 2)]
        return quiet(151) + steps[1:] + [steps[-1]] * 40

    assert find(ramp(8.0))[0]["size_points"] == 8.0
    assert find(ramp(7.99)) == []


def test_spy_moves_in_ten_thousandths():
    path = [630.0 + 0.01 * (t % 2) for t in range(151)] + [630.06, 630.12, 630.18, 630.24]
    (burst,) = find(path + [630.24] * 40, underlying=SPY, ce_strike=630, pe_strike=630)

    assert (burst["size_points"], burst["known_at"] - burst["end_time"]) == (0.24, 16)


def test_a_quiet_day_has_no_bursts_and_all_the_columns():
    session = session_on(DAY, NIFTY.calendar)

    found = find_bursts(state(quiet(22_501)), NO_BOOKS, NIFTY, session, BurstParams.of(NIFTY))

    assert found.equals(BURSTS.of("NIFTY").empty())


def test_a_state_that_misses_seconds_is_refused():
    with pytest.raises(ComputationRefusedError, match="one for each second"):
        find_bursts(state(quiet(300)), NO_BOOKS, NIFTY, session_of(301), BurstParams.of(NIFTY))


steps = st.lists(
    st.sampled_from([0.0, 0.5, -0.5, 3.0, -3.0, 7.5, -7.5]), min_size=150, max_size=260
)


@given(steps, st.data())
def test_leaving_out_seconds_makes_no_burst_where_there_is_none(moves, data):
    price, path = 24_000.0, []
    for move in moves:  # never 8 points from anywhere it was
        price = min(max(price + move, 24_000.0), 24_007.5)
        path.append(price)
    dropped = data.draw(st.sets(st.integers(0, len(path) - 1)))

    assert find([None if t in dropped else p for t, p in enumerate(path)]) == []
