"""A real evening of ES, from vendor files to Gold: once from levels, once from single orders."""

import shutil

import polars as pl

from lake_assets.catalog import BARRIER, ES_MBP10, ES_TRADES, LABELS, SIGNALS, TOUCHES
from lake_assets_tests.orchestration.evening import EVENING, SCHEMAS
from lake_assets_tests.orchestration.lakes import TestLake

OPENS_NS = 1_703_545_200_000_000_000  # 2023-12-25 23:00 UTC
LEVELS = [c for c in ES_MBP10.dtypes if c[:3] in {"bid", "ask"}]
PLACE = ["file_rank", "row"]


def table(evening, kind, dataset):
    return evening[kind].lake.read(dataset, EVENING)


def test_every_trade_of_the_session_is_there(evening):
    trades = table(evening, "levels", ES_TRADES)
    assert trades.height == 2_973
    assert trades["size"].sum() == 9_892
    assert trades["ts_event_ns"].min() >= OPENS_NS
    assert trades["aggressor"].value_counts().sort("aggressor").rows() == [
        (-1, 1_430),
        (0, 1),
        (1, 1_542),
    ]


def test_orders_and_levels_give_the_same_trades(evening):
    levels, orders = (table(evening, kind, ES_TRADES).drop(PLACE) for kind in SCHEMAS)
    assert levels.equals(orders)


def test_orders_and_levels_give_the_same_books_wherever_both_are_defined(evening):
    states = [
        table(evening, kind, ES_MBP10)
        .filter(pl.col("flags") & 128 == 128)
        .unique(["ts_event_ns", "sequence"], keep="last", maintain_order=True)
        .select("ts_event_ns", "sequence", *LEVELS)
        for kind in SCHEMAS
    ]
    both = states[0].join(states[1], on=["ts_event_ns", "sequence"], how="inner")
    assert both.height > 36_000
    for column in LEVELS:
        assert both[column].equals(both[f"{column}_right"], check_names=False), column


def test_orders_and_levels_give_the_same_gold(evening):
    levels, orders = (table(evening, kind, SIGNALS) for kind in SCHEMAS)
    assert levels.height > 100
    # The hash of the inputs differs: the book of orders has fewer mid-event records.
    assert levels.drop("inputs_hash").equals(orders.drop("inputs_hash"))


def test_touches_tape_and_labels_are_real(evening):
    signals = table(evening, "levels", SIGNALS)
    assert set(signals["level_kind"].unique()) == {"ROUND", "VWAP", "SESSION_HIGH"} | (
        {"SESSION_LOW"} & set(signals["level_kind"].unique())
    )
    assert signals["distance"].is_between(0, 0.30).all()
    assert signals["tape_trades"].sum() > 0
    assert set(signals["outcome"].drop_nulls()) >= {"BOUNCE", "CHOP", "BREAK"}
    assert signals["spot"].is_between(480.0, 481.2).all()


def test_what_an_evening_without_options_cannot_know_is_null(evening):
    signals = table(evening, "levels", SIGNALS)
    for column in ("gamma_exposure", "fuel_effect", "fuel_call_wall", "dist_to_sma_200"):
        assert signals[column].null_count() == signals.height
    assert set(signals["conversion"]) == {"ratio"}


def test_the_book_defends_the_levels(evening):
    barrier = table(evening, "levels", BARRIER)
    assert barrier["barrier_state"].null_count() < barrier.height / 10
    assert barrier["churn"].drop_nulls().min() >= 0


def test_labels_name_their_reason(evening):
    labels = table(evening, "levels", LABELS)
    ok = labels["label_reason"] == "OK"
    assert labels.filter(ok)["outcome"].null_count() == 0
    assert labels.filter(~ok)["outcome"].null_count() == (~ok).sum()


def test_without_globex_hours_the_session_is_refused_and_nothing_published(evening, tmp_path):
    lake = TestLake(tmp_path / "lake")
    shutil.copytree(evening["levels"].root / "raw", lake.root / "raw")
    lake.forget_runs()
    run = lake.run_at_home(EVENING)
    assert "cover regular hours of 2023-12-26" in run.error
    assert "touch_hours: globex" in run.error
    assert not [name for name in lake.files() if "es_" in name or "gold" in name]
    assert table(evening, "levels", TOUCHES).height > 100
