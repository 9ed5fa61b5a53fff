"""What a source of levels hands over: one kind's values, in the scale they were born in."""

import polars as pl

from lake_assets.market.vocabulary import LevelKind, PriceScale
from lake_assets.physics.order import I8

_COLUMNS = ("minute_ns", "value_u", "known_at_ns")


def level_rows(
    kind: LevelKind, scale: PriceScale, starts: I8, value_u: I8, known: I8
) -> pl.DataFrame:
    """Values of one kind at minute starts, in units of the scale, with when each was known."""
    return pl.DataFrame(
        {"minute_ns": starts, "value_u": value_u, "known_at_ns": known},
        schema=dict.fromkeys(_COLUMNS, pl.Int64),
    ).with_columns(
        kind=pl.lit(kind, dtype=pl.Enum(LevelKind)), scale=pl.lit(scale, dtype=pl.Enum(PriceScale))
    )
