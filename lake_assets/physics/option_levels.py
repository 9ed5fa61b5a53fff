"""Levels that options make: traded strikes, the walls, and where dealers' gamma turns."""

from typing import Final

import polars as pl

from lake_assets.market.vocabulary import LevelKind, PriceScale
from lake_assets.physics.level_rows import level_rows
from lake_assets.physics.order import I8
from lake_assets.physics.parameters import LevelParams
from lake_assets.physics.walls import find_walls

_WALLS: Final = {
    LevelKind.CALL_WALL: "call_wall_u",
    LevelKind.PUT_WALL: "put_wall_u",
    LevelKind.GAMMA_FLIP: "gamma_flip_u",
}


def list_option_levels(
    option_flow: pl.DataFrame, starts: I8, params: LevelParams
) -> list[pl.DataFrame]:
    """List what the day's options make of each minute start, from prints before it.

    The flow summed up to a minute's start is what was known at that start; a start without flow
    has no such level.
    """
    flow = option_flow.filter(pl.col("end_ns").is_in(starts))
    strikes = (
        flow.group_by("end_ns", "strike_u", maintain_order=True)
        .agg(pl.col("volume").sum())
        .filter(pl.col("volume") >= params.strike_min_volume)
    )
    found = [_rows(LevelKind.STRIKE, strikes, "strike_u")]
    walls = find_walls(flow, params)
    return found + [_rows(kind, walls, name) for kind, name in _WALLS.items()]


def _rows(kind: LevelKind, table: pl.DataFrame, name: str) -> pl.DataFrame:
    known = table.drop_nulls(name)
    starts, value_u = (known[column].to_numpy() for column in ("end_ns", name))
    return level_rows(kind, PriceScale.SPY, starts, value_u, starts)
