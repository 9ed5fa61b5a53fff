"""The judge of planted sessions, on cases small enough to judge by hand."""

from datetime import UTC, datetime, timedelta

import polars as pl
import pytest

from lake_assets_tests.seconds.matching import KINDS, Events, Score, judge, match, silent_decoys

OPENS = datetime(2025, 8, 1, 3, 45, tzinfo=UTC)
EVENT_COLUMNS = {
    "event_id": pl.String,
    "start_time": pl.Datetime("us", "UTC"),
    "timestamp": pl.Datetime("us", "UTC"),
    "end_time": pl.Datetime("us", "UTC"),
    "direction": pl.Int8,
    "size_points": pl.Float64,
    "event_type": pl.String,
    "leg": pl.String,
    "in_vacuum": pl.Boolean,
    "burst_id": pl.String,
}
ANSWER_COLUMNS = {
    "kind": pl.String,
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "direction": pl.Int8,
    "size_points": pl.Float64,
    "leg": pl.String,
    "in_vacuum": pl.Boolean,
}


def at(second):
    return OPENS + timedelta(seconds=second)


def plant(kind, start, end=None, **more):
    return {"kind": kind, "start": at(start), "end": at(end or start), "in_vacuum": False} | more


def planted(*plants):
    return pl.DataFrame(list(plants), schema=ANSWER_COLUMNS)


def burst(start, end=None, *, direction=1, size_points=10.0):
    return {
        "event_id": f"burst {start}",
        "start_time": at(start),
        "end_time": at(end or start + 10),
        "direction": direction,
        "size_points": size_points,
    }


def instant(event_type, start, end=None, *, leg="CE", in_vacuum=False):
    return {
        "event_type": event_type,
        "timestamp": at(start),
        "end_time": at(end or start),
        "leg": leg,
        "in_vacuum": in_vacuum,
    }


def pocket(start, end):
    return {"start_time": at(start), "end_time": at(end)}


def found(bursts=(), liquidity=(), fear=(), chop=()):
    frames = (pl.DataFrame(list(rows), schema=EVENT_COLUMNS) for rows in (bursts, liquidity))
    fears = pl.DataFrame([{"burst_id": name} for name in fear], schema={"burst_id": pl.String})
    return Events(*frames, fears, pl.DataFrame(list(chop), schema=EVENT_COLUMNS))


def scores(answers, events, step_points=2.0):
    judged = judge(answers, events, step_points=step_points, opens=int(OPENS.timestamp()))
    return {kind: (score.planted, score.found, score.matched) for kind, score in judged.items()}


def test_each_event_serves_one_plant():
    near = [plant("burst", 100, direction=1, size_points=10.0) for _ in range(2)]
    assert scores(planted(*near), found([burst(101)]))["burst"] == (2, 1, 1)
    assert scores(planted(near[0]), found([burst(101), burst(102)]))["burst"] == (1, 2, 1)


def test_the_earlier_plant_takes_the_earlier_event():
    assert match([10, 12], [11, 13], lambda plant, event: abs(plant - event) <= 1) == [
        (0, 0),
        (1, 1),
    ]
    assert match([10, 12], [12, 14], lambda plant, event: abs(plant - event) <= 2) == [
        (0, 0),
        (1, 1),
    ]


@pytest.mark.parametrize(
    ("event", "matched"),
    [
        (burst(103), 1),
        (burst(104), 0),
        (burst(97), 1),
        (burst(96), 0),
        (burst(100, direction=-1), 0),
        (burst(100, size_points=12.0), 1),
        (burst(100, size_points=12.1), 0),
    ],
)
def test_a_burst_matches_by_direction_start_and_size(event, matched):
    answers = planted(plant("burst", 100, direction=1, size_points=10.0))
    assert scores(answers, found([event]))["burst"] == (1, 1, matched)


def test_fear_starts_where_its_burst_starts():
    answers = planted(plant("fear", 100, 120, direction=-1, size_points=10.0))
    bursts = [burst(102, direction=-1, size_points=99.0), burst(300, direction=-1)]
    assert scores(answers, found(bursts, fear=["burst 102"]))["fear"] == (1, 1, 1)
    assert scores(answers, found(bursts, fear=["burst 300"]))["fear"] == (1, 1, 0)


@pytest.mark.parametrize(
    ("event", "matched"),
    [
        (instant("bid_pull", 101), (1, 1, 1)),
        (instant("bid_pull", 102), (1, 1, 0)),
        (instant("bid_pull", 100, leg="PE"), (1, 1, 0)),
        (instant("ask_pull", 100), (1, 0, 0)),
        (instant("bid_pull", 100, in_vacuum=True), (1, 0, 0)),
    ],
)
def test_an_instant_matches_by_leg_type_and_a_second(event, matched):
    answers = planted(plant("bid_pull", 100, leg="CE"))
    assert scores(answers, found(liquidity=[event]))["bid_pull"] == matched


def test_pulls_of_a_vacuum_are_left_out():
    answers = planted(
        plant("vacuum", 100, leg="CE"), plant("ask_pull", 100, leg="CE", in_vacuum=True)
    )
    seen = [instant("vacuum", 99), instant("ask_pull", 100, in_vacuum=True)]
    judged = scores(answers, found(liquidity=seen))
    assert judged["vacuum"] == (1, 1, 1)
    assert judged["ask_pull"] == (0, 0, 0)


@pytest.mark.parametrize(
    ("start", "end", "matched"), [(100, 159, 1), (109, 179, 1), (130, 159, 1), (131, 159, 0)]
)
def test_flicker_matches_by_half_of_the_seconds_in_either(start, end, matched):
    answers = planted(plant("flicker", 100, 159, leg="CE"))
    seen = [instant("flicker", start, end)]
    assert scores(answers, found(liquidity=seen))["flicker"] == (1, 1, matched)


def test_chop_counts_seconds_after_the_warm_up_off_the_edges():
    answers = planted(plant("chop", 1_700, 1_899), plant("chop", 3_000, 3_099))
    # of the first span the seconds 1801 to 1899, of the second 3032 to 3099; not 1900 to 1931
    assert scores(answers, found())["chop"] == (99 + 68, 0, 0)
    pockets = [pocket(1_890, 1_940), pocket(3_040, 3_049)]
    assert scores(answers, found(chop=pockets))["chop"] == (167, 10 + 9 + 10, 10 + 10)


def test_a_decoy_is_silent_unless_something_fires_on_it():
    answers = planted(
        plant("burst_decoy", 100, 115, direction=1, size_points=5.0),
        plant("traded_fall_decoy", 300, leg="CE"),
        plant("small_change_decoy", 400, leg="PE"),
    )
    loud = [
        found([burst(110, 120)]),
        found([burst(90, 98)]),
        found(liquidity=[instant("bid_pull", 301)]),
        found(liquidity=[instant("ask_replenish", 399, leg="PE")]),
    ]
    quiet = found([burst(119, 130), burst(80, 96)], [instant("bid_pull", 400)])
    assert silent_decoys(answers, quiet) == Score(planted=3, found=3, matched=3)
    for events in loud:
        assert silent_decoys(answers, events).found == 2


def test_scores_add_up_and_nothing_is_perfect():
    both = Score(10, 8, 8) + Score(10, 12, 8)
    assert (both.recall, both.precision) == (0.8, 0.8)
    assert (Score().recall, Score().precision) == (1.0, 1.0)


def test_every_kind_gets_a_score():
    assert set(scores(planted(), found())) == set(KINDS)
