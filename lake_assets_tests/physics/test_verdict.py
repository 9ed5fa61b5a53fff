"""What the score says: the signal's rules in their order, and the evidence behind it."""

import numpy as np
import polars as pl
import pytest

from lake_assets.catalog.touch import BARRIER, FUEL, SCORE, TAPE, TOUCHES
from lake_assets.physics.parameters import ScoreParams
from lake_assets.physics.verdict import EVIDENCE, confidence, evidence, holding, signal
from lake_assets_tests.physics.frames import table

FLOATS = {name: SCORE.dtypes[name] for name in EVIDENCE}
NOWHERE = {"event_id", "ts_event_ns", "level_kind", "level_u"}


def judged(raw=50.0, *, breaks=False, rejects=False, **columns) -> pl.DataFrame:
    """One touch at its level with what the engines measured, dull where nothing is said."""
    tables = []
    for dataset in (TOUCHES, BARRIER, TAPE, FUEL):
        given = {name: columns[name] for name in columns if name in dataset.columns}
        tables.append(table(dataset, **given).drop(NOWHERE))
    return pl.concat(tables, how="horizontal").with_columns(
        break_score_raw=pl.lit(raw, pl.Float64), breaks=breaks, rejects=rejects
    )


def said(*args, **columns):
    return judged(*args, **columns).select(signal(ScoreParams())).item()


def fight(buy, sell):
    known = buy + sell
    return {
        "tape_buy_vol": buy,
        "tape_sell_vol": sell,
        "tape_imbalance": (buy - sell) / known if known else None,
    }


def test_the_first_rule_that_holds_is_the_signal():
    assert said(85.0, breaks=True, **fight(300, 300)) == "BREAK"
    assert said(15.0, rejects=True, **fight(300, 300)) == "REJECT"
    assert said(50.0, **fight(300, 300)) == "CONTESTED"
    assert said(50.0) == "NEUTRAL"


@pytest.mark.parametrize(
    ("path", "breaks", "rejects"),
    [
        ([50, 50, 50, 60, 60, 70, 80, 85, 85, 90, 85], True, False),
        ([0, 80, 80, 80, 80], True, False),
        ([99, 79.9, 99, 99, 99], False, False),
        ([99, 99, 99, 99, 79.9], False, False),
        ([99, None, 99, 99, 99], False, False),
        ([None, 99, 99, 99, 99], True, False),
        ([50, 20, 20, 20, 20], False, True),
        ([50, 20.1, 20, 20, 20], False, False),
        ([0, 0, None, 0, 0], False, False),
    ],
)
def test_a_score_holds_for_three_seconds_up_to_the_touch(path, breaks, rejects):
    held = holding(np.array([path], "f8").T, ScoreParams())

    assert [series.to_list() for series in held] == [[breaks], [rejects]]


def test_no_score_says_nothing():
    assert said(None, **fight(300, 300)) is None


@pytest.mark.parametrize(
    ("level_e", "word"),
    [(6_901_000, "REJECT"), (6_899_000, "REJECT"), (6_901_001, "NEUTRAL"), (6_898_999, "NEUTRAL")],
)
def test_a_rejection_happens_within_ten_cents(level_e, word):
    assert said(10.0, rejects=True, price_ticks=27_600, level_e=level_e) == word


@pytest.mark.parametrize(
    ("raw", "buy", "sell", "word"),
    [
        (30.0, 250, 250, "CONTESTED"),
        (70.0, 250, 250, "CONTESTED"),
        (29.9, 250, 250, "NEUTRAL"),
        (70.1, 250, 250, "NEUTRAL"),
        (50.0, 250, 249, "NEUTRAL"),
        (50.0, 375, 625, "CONTESTED"),
        (50.0, 625, 375, "CONTESTED"),
        (50.0, 626, 374, "NEUTRAL"),
    ],
)
def test_a_fight_has_volume_on_both_sides_and_a_middling_score(raw, buy, sell, word):
    assert said(raw, **fight(buy, sell)) == word


def test_an_unknown_imbalance_is_no_fight():
    anything = ScoreParams(contested_contracts=0)

    assert judged(50.0, **fight(0, 0)).select(signal(anything)).item() == "NEUTRAL"


@pytest.mark.parametrize(
    ("measured", "shares"),
    [
        ({"churn": 250.0, "book_coverage_s": 30.0}, (0.25, 0, 0)),
        ({"churn": 900.0, "book_coverage_s": 60.0}, (1, 0, 0)),
        ({"churn": None, "book_coverage_s": 60.0}, (0, 0, 0)),
        (fight(100, 200), (0, 0.6, 0)),
        (fight(500, 100), (0, 1, 0)),
        ({"fuel_volume": 800, "fuel_gamma_share": 0.5}, (0, 0, 0.4)),
        ({"fuel_volume": 0, "fuel_gamma_share": None}, (0, 0, 0)),
    ],
)
def test_evidence_is_what_each_engine_saw_and_none_is_zero(measured, shares):
    quiet = {"book_coverage_s": 0.0, "tape_buy_vol": 0, "tape_sell_vol": 0}

    found = judged(50.0, **{**quiet, **measured}).select(evidence(ScoreParams()))

    assert found.row(0) == pytest.approx(shares, abs=1e-15)


@pytest.mark.parametrize(
    ("shares", "word"),
    [
        ((1.0, 0.6, 0.0), "MEDIUM"),
        ((1.0, 0.2, 0.0), "MEDIUM"),
        ((1.0, 0.19, 0.0), "LOW"),
        ((1.0, 0.6, 0.5), "HIGH"),
        ((1.0, 0.6, 0.49), "MEDIUM"),
        ((0.0, 0.0, 0.0), "LOW"),
        ((None, None, None), None),
    ],
)
def test_confidence_is_the_mean_of_three(shares, word):
    held = pl.DataFrame([shares], EVIDENCE, orient="row", schema_overrides=FLOATS)

    assert held.select(confidence(ScoreParams())).item() == word


def test_without_a_score_there_is_no_confidence():
    found = judged(None).with_columns(evidence(ScoreParams())).select(confidence(ScoreParams()))

    assert found.item() is None
