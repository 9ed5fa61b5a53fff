"""The pandas pipeline finds what ours finds, so that the two may be compared by their speed."""

from datetime import date

import pandas as pd
import pytest

from benchmarks.pandas_pipeline.agreement import agree
from benchmarks.pandas_pipeline.pipeline import run_pipeline
from lake_assets.catalog import BARRIER, FUEL, LABELS, SCORE, TAPE, TOUCHES
from lake_assets.market.sessions import session_on
from lake_assets_tests.orchestration.lakes import DAY

TABLES = (TOUCHES, TAPE, LABELS, BARRIER, FUEL, SCORE)


@pytest.fixture(scope="module")
def theirs(built_once) -> pd.DataFrame:
    found, _ = run_pipeline(built_once.root, session_on(date.fromisoformat(DAY)))
    return found


@pytest.fixture(scope="module")
def ours(built_once):
    return {dataset.name: built_once.lake.read(dataset, DAY) for dataset in TABLES}


def test_both_say_the_same_of_every_touch(theirs, ours):
    assert agree(theirs, ours) == {dataset.name: 1.0 for dataset in TABLES}


def test_there_is_something_to_agree_on(theirs):
    assert len(theirs) > 500
    assert theirs.outcome.nunique() == 3
    assert theirs.book_state.nunique() > 3
    assert theirs.effect.notna().any()
    assert theirs.signal.notna().all()


def test_a_touch_told_otherwise_is_no_agreement(theirs, ours):
    told = theirs.copy()
    told.loc[0, "tape_buy_vol"] += 1
    told.loc[1, "level_u"] += 1

    found = agree(told, ours)

    both = len(theirs) - 1
    assert found["tape"] == (both - 1) / both
    # one touch of each pipeline that the other has not
    assert found["touches"] == both / (both + 2)
    assert found["labels"] == 1.0
