"""A session built as it was known at a moment: the head of the whole session, nothing else."""

from datetime import date

import polars as pl
import pytest

from lake_assets.catalog import LEVELS, SIGNALS
from lake_assets.catalog.schema import Role
from lake_assets.market.sessions import session_on
from lake_assets_tests.orchestration.lakes import DAY, built

MINUTE = 60 * 10**9
RTH = session_on(date.fromisoformat(DAY)).rth
MADE_FROM = {"params_hash", "inputs_hash"}  # the moment is a parameter
FEATURES = [c for c in SIGNALS.columns if c not in {*SIGNALS.having(Role.LABEL), *MADE_FROM}]


@pytest.mark.parametrize("minutes", [16, 150.37], ids=["a minute's edge", "inside a minute"])
def test_every_feature_known_then_is_the_same_today(minutes, built_once, empty_lake):
    moment = RTH.opens + int(minutes * MINUTE)
    assert built(empty_lake.run(DAY, LAKE_AS_OF_NS=str(moment)))

    then, today = (lake.lake.read(SIGNALS, DAY) for lake in (empty_lake, built_once))

    known = today.filter(pl.col("ts_event_ns") < moment)
    assert known.height > 0
    assert then.select(FEATURES).equals(known.select(FEATURES))


def test_levels_known_then_are_the_same_today(built_once, empty_lake):
    moment = RTH.opens + 60 * MINUTE
    empty_lake.run(DAY, LAKE_AS_OF_NS=str(moment))

    then, today = (lake.lake.read(LEVELS, DAY) for lake in (empty_lake, built_once))

    assert then.equals(today.filter(pl.col("minute_ns") <= moment))


def test_labels_that_were_not_known_then_are_null(built_once, empty_lake):
    moment = RTH.opens + 60 * MINUTE
    empty_lake.run(DAY, LAKE_AS_OF_NS=str(moment))

    then, today = (lake.lake.read(SIGNALS, DAY) for lake in (empty_lake, built_once))

    open_yet = then.filter(pl.col("label_horizon_end_ns") >= moment)
    assert open_yet["outcome"].null_count() == open_yet.height
    settled = then.filter(pl.col("label_horizon_end_ns") < moment)
    same = today.join(settled.select("event_id"), on="event_id", maintain_order="right")
    columns = [c for c in SIGNALS.having(Role.LABEL) if c != "avg_uniqueness"]
    # avg_uniqueness counts labels that were still to come; it is equal or not yet known.
    assert settled.select(columns).equals(same.select(columns))
