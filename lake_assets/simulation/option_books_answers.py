"""What a simulated day of option books holds in truth: its plants, its forward, its smile."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.market.option_vocabulary import OptionType
from lake_assets.simulation.option_books_plants import Course, PlantKind, Side
from lake_assets.simulation.option_books_smile import forward_points, implied_volatility

ANSWER_TYPES: Final = {
    "plant_id": pl.Int32(),
    "kind": pl.Enum(PlantKind),
    "start": pl.Datetime("us", "UTC"),
    "end": pl.Datetime("us", "UTC"),
    "start_second": pl.Int32(),
    "end_second": pl.Int32(),
    "direction": pl.Int8(),
    "size_points": pl.Float64(),
    "leg": pl.Enum(OptionType),
    "expiry": pl.Date(),
    "strike": pl.Int32(),
    "side": pl.Enum(Side),
    "magnitude": pl.Float64(),
    "in_vacuum": pl.Boolean(),
}


def answers_of(course: Course) -> pl.DataFrame:
    """One row a plant, ``start`` and ``end`` both included.

    ``direction`` and ``size_points`` are of moves; ``leg``, ``expiry``, ``strike`` and ``side`` of
    what happens to a contract. ``magnitude`` is the relative change of depth, for fear what the
    put gains as a share of what spot loses.
    """
    plants = course.plants
    seconds = {
        name: np.array([getattr(plant, name) for plant in plants], np.int64)
        for name in ("start", "end")
    }
    near = course.scene.expiries[0]
    fields = ("kind", "direction", "size_points", "leg", "strike", "side", "magnitude", "in_vacuum")
    columns = {name: [getattr(plant, name) for plant in plants] for name in fields}
    return (
        pl.DataFrame(
            {
                "plant_id": np.arange(len(plants)),
                **columns,
                "expiry": [None if plant.strike is None else near for plant in plants],
            },
            schema_overrides={
                n: t for n, t in ANSWER_TYPES.items() if n in columns or n == "expiry"
            },
            strict=False,
        )
        .with_columns(
            *(
                pl.Series(name, course.scene.moments(second)).dt.replace_time_zone("UTC")
                for name, second in seconds.items()
            ),
            *(pl.Series(f"{name}_second", second) for name, second in seconds.items()),
        )
        .select(pl.col(name).cast(kind) for name, kind in ANSWER_TYPES.items())
    )


def truth_of(course: Course) -> pl.DataFrame:
    """True spot, forward and volatility of the nearer expiry, one row a second and strike.

    Columns: ``timestamp``, ``second_of_session``, ``expiry``, ``strike``, ``spot`` and ``forward``
    in points, ``iv`` a year as one. What a frozen second shows is of the second before it.
    """
    scene, source = course.scene, course.source()
    spot, years = course.spot(), scene.years(0)[source]
    forward = forward_points(spot, years, scene.underlying.rate)
    volatility = implied_volatility(
        course.level[source][:, None], forward[:, None], scene.strikes.astype(np.float64)
    )
    second = np.repeat(np.arange(scene.seconds), scene.strikes.size)
    return pl.DataFrame(
        {
            "timestamp": pl.Series(scene.moments(second)).dt.replace_time_zone("UTC"),
            "second_of_session": second.astype(np.int32),
            "expiry": pl.repeat(scene.expiries[0], second.size, eager=True),
            "strike": np.tile(scene.strikes.astype(np.int32), scene.seconds),
            "spot": spot[second],
            "forward": forward[second],
            "iv": volatility.ravel(),
        }
    )
