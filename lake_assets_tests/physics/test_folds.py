"""Walk-forward folds: contiguous, near equal, and without a leak."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lake_assets.catalog.gold import SIGNALS, SIGNALS_MULTI_DAY
from lake_assets.errors import ComputationRefusedError
from lake_assets.physics.folds import block_of_sessions, stack_sessions, training_rows
from lake_assets.physics.parameters import FoldParams
from lake_assets_tests.oracles import folds as oracle
from lake_assets_tests.physics.frames import OPEN_NS, table

HOUR = 3_600 * 10**9
DAY_NS = 24 * HOUR
MONDAY = date(2025, 12, 15)

event = st.tuples(
    st.integers(0, 22 * 60), st.sampled_from(["BREAK", "CHOP", None]), st.sampled_from([5, 15, 90])
)
days = st.lists(st.lists(event, max_size=4).map(lambda rows: sorted(rows, key=str)), max_size=15)
fold_params = st.builds(
    FoldParams, n_splits=st.integers(1, 6), embargo_s=st.sampled_from([0, 3_600, 90_000])
)


def day(at: int) -> str:
    return (MONDAY + timedelta(days=at)).isoformat()


def session(at: int, events, **columns) -> tuple[str, pl.DataFrame]:
    """Signals of the session ``at`` days on; events are (minute, outcome, horizon minutes)."""
    if not events:
        return day(at), SIGNALS.empty()
    start = OPEN_NS + at * DAY_NS
    times = [start + minute * 60 * 10**9 for minute, *_ in events]
    ends = [ns + horizon * 60 * 10**9 for ns, (*_, horizon) in zip(times, events, strict=True)]
    return day(at), table(
        SIGNALS,
        ts_event_ns=times,
        date=day(at),
        outcome=[outcome for _, outcome, _ in events],
        label_horizon_end_ns=ends,
        **columns,
    )


def stack(days_of_events, params=None) -> pl.DataFrame:
    sessions = [session(at, events) for at, events in enumerate(days_of_events)]
    return stack_sessions(sessions, params or FoldParams())


def one_a_day(count: int) -> list:
    return [[(0, "BREAK", 5)] for _ in range(count)]


@given(days, fold_params)
def test_folds_and_masks_equal_the_slow_ones(days_of_events, params):
    told = stack(days_of_events, params)

    columns = ("ts_event_ns", "outcome", "label_horizon_end_ns")
    sessions = [
        session(at, events)[1].select(columns).rows() for at, events in enumerate(days_of_events)
    ]
    expected = oracle.folds(sessions, params.n_splits, params.embargo_s * 10**9)
    assert told.select("fold", "fold_train_mask").rows() == expected


@given(days, fold_params)
def test_no_training_row_and_its_embargo_reach_the_test_block(days_of_events, params):
    told = stack(days_of_events, params)
    assume(len(days_of_events) > params.n_splits)

    for block in range(1, params.n_splits + 1):
        tested = told.filter(fold=block)
        training = told.filter(pl.col("fold_train_mask") & (1 << block) != 0)
        if tested.is_empty():
            assert training.is_empty()
            continue
        reach = training["label_horizon_end_ns"] + params.embargo_s * 10**9
        assert (reach <= tested["ts_event_ns"].min()).all()
        assert (training["fold"] < block).all()
        assert training["outcome"].null_count() == 0


@given(st.integers(0, 60), st.integers(1, 12))
def test_blocks_are_contiguous_and_differ_by_one_at_most(count, n_splits):
    blocks = block_of_sessions(count, n_splits)

    assume(count > n_splits)
    sizes = [blocks.count(block) for block in range(n_splits + 1)]
    assert blocks == sorted(blocks)
    assert sum(sizes) == count
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] - sizes[-1] <= 1


def test_earlier_blocks_take_the_remainder():
    assert block_of_sessions(8, 5) == [0, 0, 1, 1, 2, 3, 4, 5]


def test_fewer_sessions_than_blocks_leave_both_null():
    told = stack(one_a_day(5))

    assert told.select("fold", "fold_train_mask").rows() == [(None, None)] * 5


@pytest.mark.parametrize(("count", "blocks"), [(0, 0), (5, 0), (6, 5), (7, 5)])
def test_the_counts_say_when_there_are_too_few_sessions(count, blocks):
    sessions = [session(at, [(0, "CHOP", 5)]) for at in range(count)]
    rows = training_rows(sessions, FoldParams())
    assert rows.quality == {"sessions": count, "test_blocks": blocks}
    assert rows.batches.height == count
    assert (rows.batches["fold"].null_count() == count) == (blocks == 0)


def test_as_many_sessions_as_blocks_train_for_every_later_one():
    told = stack(one_a_day(6))

    SIGNALS_MULTI_DAY.schema.validate(told)
    assert told["fold"].to_list() == [0, 1, 2, 3, 4, 5]
    assert told["fold_train_mask"].to_list() == [62, 60, 56, 48, 32, 0]


@pytest.mark.parametrize(("minute", "mask"), [(24 * 60 - 65, 2), (24 * 60 - 64, 0)])
def test_a_horizon_that_ends_an_embargo_before_the_test_block_may_train(minute, mask):
    # known five minutes after the event, an hour before the next session's first event, or less
    told = stack([[(minute, "CHOP", 5)], [(0, "CHOP", 5)]], FoldParams(n_splits=1))

    assert told["fold_train_mask"].to_list() == [mask, 0]


def test_a_row_without_outcome_never_trains():
    told = stack([[(0, None, 5)], [(0, "CHOP", 5)]], FoldParams(n_splits=1))

    assert told["fold_train_mask"].to_list() == [0, 0]


def test_a_session_without_rows_still_counts_as_one():
    told = stack([[(0, "CHOP", 5)], [], [(0, "CHOP", 5)], [(0, "CHOP", 5)]], FoldParams(n_splits=1))

    assert told["fold"].to_list() == [0, 1, 1]


def test_sessions_are_stacked_by_date_and_keep_their_order():
    sessions = [session(at, [(9, "CHOP", 5), (7, None, 5)]) for at in (2, 0, 1)]

    told = stack_sessions(sessions, FoldParams(n_splits=1))

    assert told["date"].to_list() == [day(at) for at in (0, 0, 1, 1, 2, 2)]
    assert told.drop("fold", "fold_train_mask").equals(
        pl.concat([frame for _, frame in sorted(sessions, key=lambda s: s[0])])
    )


def test_nothing_materialized_gives_no_rows():
    assert stack([]).equals(SIGNALS_MULTI_DAY.empty())


@pytest.mark.parametrize("column", ["schema_version", "params_hash"])
def test_sessions_made_differently_are_refused_by_name(column):
    sessions = [
        session(0, [(0, "CHOP", 5)], **{column: "old"}),
        session(1, [(0, "CHOP", 5)], **{column: "new"}),
        session(2, [(0, "CHOP", 5)], **{column: "old"}),
    ]

    with pytest.raises(ComputationRefusedError, match=f"{column} old.* on {day(0)}, {day(2)}"):
        stack_sessions(sessions, FoldParams())
    assert stack_sessions(sessions, FoldParams(), allow_mixed_versions=True).height == 3


def test_a_column_that_older_code_did_not_write_is_null_once_allowed():
    old = session(0, [(0, "CHOP", 5)], schema_version="old")
    older = (old[0], old[1].drop("tape_trades"))

    told = stack_sessions(
        [older, session(1, [(0, "CHOP", 5)])], FoldParams(), allow_mixed_versions=True
    )

    assert told["tape_trades"].to_list() == [None, 1]


def test_a_date_given_twice_is_refused():
    with pytest.raises(ComputationRefusedError, match=f"{day(0)} came more than once"):
        stack_sessions([session(0, []), session(0, [(0, "CHOP", 5)])], FoldParams())
