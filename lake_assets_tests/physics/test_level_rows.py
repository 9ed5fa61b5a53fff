"""What a source of levels hands over."""

import numpy as np
import polars as pl

from lake_assets.market.vocabulary import LevelKind, PriceScale
from lake_assets.physics.level_rows import level_rows


def test_rows_carry_kind_and_scale_as_closed_sets():
    minutes = np.array([60, 120])
    rows = level_rows(LevelKind.VWAP, PriceScale.ES, minutes, np.array([7, 8]), minutes - 1)
    assert rows.rows() == [(60, 7, 59, "VWAP", "ES"), (120, 8, 119, "VWAP", "ES")]
    assert rows.schema["kind"] == pl.Enum(LevelKind)


def test_no_minute_gives_no_row_of_the_same_types():
    none = np.array([], np.int64)
    some = level_rows(LevelKind.ROUND, PriceScale.SPY, *(np.array([1]),) * 3)
    assert level_rows(LevelKind.ROUND, PriceScale.SPY, none, none, none).schema == some.schema
