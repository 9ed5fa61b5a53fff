"""What the close cut counts, and is not measured."""

import polars as pl

from lake_assets.seconds.truth_events import each, values
from lake_assets_tests.seconds.truths import Drawn, tables

BURSTS = tables(Drawn(days=1, bursts=30))["bursts"][0][1].with_columns(
    day=pl.lit(0, pl.Int64),
    regime_before=pl.lit("normal", pl.Enum(["normal", "chop", "flicker", "burst", "fear"])),
)


def test_an_unknown_number_is_no_observation():
    assert values(BURSTS, "tps").value.tolist() == BURSTS["tps"].drop_nulls().to_list()


def test_every_event_is_one():
    assert each(BURSTS).value.tolist() == [1.0] * 30
