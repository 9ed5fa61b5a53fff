"""The engines' rows side by side: one to one, in order, nothing invented."""

import polars as pl
import pytest

from lake_assets.catalog.gold import (
    EXTRA_COLUMNS,
    LABELS,
    SEED_COLUMNS,
    SIGNALS,
)
from lake_assets.catalog.touch import BARRIER, FUEL, RUNWAY, SCORE, TAPE, TOUCHES
from lake_assets.errors import ComputationRefusedError
from lake_assets.physics.signals import SCHEMA_VERSION, assemble_signals
from lake_assets_tests.physics.frames import OPEN_NS, table

NAMES = ["a", "b", "c"]


ENGINES = {
    "barrier": BARRIER,
    "tape": TAPE,
    "fuel": FUEL,
    "score": SCORE,
    "runway": RUNWAY,
    "labels": LABELS,
}


def engine(dataset, names=NAMES, **columns) -> pl.DataFrame:
    """Rows of a dataset, each at a moment that its name alone decides."""
    times = [OPEN_NS + ord(name) for name in names]
    return table(dataset, event_id=list(names), ts_event_ns=times, **columns)


def assemble(touches=None, **given) -> pl.DataFrame:
    engines = {n: given[n] if n in given else engine(d) for n, d in ENGINES.items()}
    touches = engine(TOUCHES) if touches is None else touches
    return assemble_signals(touches, engines, params_hash="p", inputs_hash="i")


def test_the_rows_are_those_declared():
    signals = assemble()

    SIGNALS.schema.validate(signals)
    assert signals.columns[: len(SEED_COLUMNS)] == list(SEED_COLUMNS)
    assert signals.columns[len(SEED_COLUMNS) : -3] == list(EXTRA_COLUMNS)
    assert signals.select("schema_version", "params_hash", "inputs_hash").unique().rows() == [
        (SCHEMA_VERSION, "p", "i")
    ]


def test_each_row_keeps_its_own_values_whatever_order_the_engines_come_in():
    signals = assemble(
        tape=engine(TAPE, "cab", tape_buy_vol=[3, 1, 2]),
        labels=engine(LABELS, "bca", excursion_max=[0.2, 0.3, 0.1]),
    )

    assert signals.select("event_id", "tape_buy_vol", "excursion_max").rows() == [
        ("a", 1, 0.1),
        ("b", 2, 0.2),
        ("c", 3, 0.3),
    ]


def test_every_column_comes_from_its_engine_unchanged():
    signals = assemble(
        touches=engine(TOUCHES, dist_to_vwap=0.1, session_position=0.5),
        score=engine(SCORE, break_score_raw=[80.0, None, 20.0], signal=["BREAK", None, "REJECT"]),
        runway=engine(RUNWAY, runway_distance=[0.5, None, 1.0]),
    )

    assert signals["dist_to_vwap"].to_list() == [0.1] * 3
    assert signals["break_score_raw"].to_list() == [80.0, None, 20.0]
    assert signals["signal"].to_list() == ["BREAK", None, "REJECT"]
    assert signals["runway_distance"].to_list() == [0.5, None, 1.0]


@pytest.mark.parametrize(
    ("tape", "complaint"),
    [
        (engine(TAPE, "ab"), "tape must hold each touch once.*lacks 1 of them, such as c"),
        (engine(TAPE, "abcd"), "has, and touches has not, 1 of them, such as d"),
        (engine(TAPE, "abcc"), "repeats 1 of them, such as c"),
        (engine(TAPE, level_u=[6_900_000, 6_900_000, 6_900_001]), "lacks 1 of them, such as c"),
        (engine(TAPE, level_kind=["VWAP", "PM_HIGH", "PM_HIGH"]), "lacks 1 of them, such as a"),
    ],
    ids=["too few", "too many", "twice", "another level", "another kind"],
)
def test_a_table_that_is_not_one_to_one_is_refused(tape, complaint):
    with pytest.raises(ComputationRefusedError, match=complaint):
        assemble(tape=tape)


def test_the_labels_are_held_to_the_same():
    with pytest.raises(ComputationRefusedError, match="labels must hold each touch once"):
        assemble(labels=engine(LABELS, "ab"))


def test_a_session_without_touches_gives_no_rows_and_every_column():
    empty = {name: dataset.empty() for name, dataset in ENGINES.items()}
    assert assemble(TOUCHES.empty(), **empty).equals(SIGNALS.empty())
