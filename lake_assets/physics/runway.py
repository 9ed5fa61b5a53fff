"""The runway behind a touched level: how far price could run before the next one."""

from typing import Final

import polars as pl

from lake_assets.catalog.touch import RUNWAY
from lake_assets.market.vocabulary import Direction, RunwayQuality, Signal
from lake_assets.physics.parameters import RunwayParams
from lake_assets.physics.rounding import dollars

_TURNED: Final = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}


def find_runway(
    touches: pl.DataFrame, levels: pl.DataFrame, score: pl.DataFrame, params: RunwayParams
) -> pl.DataFrame:
    """Find the level price would run to, past the touched one or back from it.

    Returns the rows of `silver/runway`, in the touches' order. A rejected price runs back.
    Levels are those known at the start of the touch's minute; with none ahead the runway is
    clear and the rest null.
    """
    signals = score.select("event_id", "signal")
    paths = touches.join(
        signals, on="event_id", how="left", maintain_order="left", validate="1:1"
    ).with_columns(
        runway_direction=pl.when(pl.col("signal") == Signal.REJECT)
        .then(pl.col("direction").replace(_TURNED))
        .otherwise("direction")
    )
    gap_u = pl.col("gap_u")
    obstructed = (gap_u < params.runway_clear_u).fill_null(value=False)
    quality = (
        pl.when(obstructed)
        .then(pl.lit(RunwayQuality.OBSTRUCTED))
        .otherwise(pl.lit(RunwayQuality.CLEAR))
    )
    return (
        paths.join(
            _nearest(paths, levels, params), on="event_id", how="left", maintain_order="left"
        )
        .with_columns(
            runway_next_level_price=dollars(pl.col("next_u")),
            runway_distance=dollars(gap_u),
            runway_quality=quality.cast(pl.Enum(RunwayQuality)),
        )
        .select(RUNWAY.dtypes.names())
    )


def _nearest(paths: pl.DataFrame, levels: pl.DataFrame, params: RunwayParams) -> pl.DataFrame:
    """The first level ahead of each touch that has one; of one price, the first kind."""
    outward = pl.when(pl.col("runway_direction") == Direction.UP).then(1).otherwise(-1)
    obstacles = levels.filter(~pl.col("kind").is_in(params.runway_excluded_kinds)).select(
        "minute_ns", runway_next_level_kind="kind", next_u="level_u"
    )
    return (
        paths.select("event_id", "minute_ns", "level_u", "runway_direction")
        .join(obstacles, on="minute_ns")
        .with_columns(gap_u=outward * (pl.col("next_u") - pl.col("level_u")))
        .filter(pl.col("gap_u") > params.runway_same_price_u)
        .sort("event_id", "gap_u", "runway_next_level_kind")
        .unique("event_id", keep="first", maintain_order=True)
        .select("event_id", "gap_u", "next_u", "runway_next_level_kind")
    )
