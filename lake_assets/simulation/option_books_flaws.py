"""What a vendor does to books on the way: rows lost, repeated, late, early, damaged."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from lake_assets.simulation.option_books_plants import Course, PlantKind
from lake_assets.simulation.option_books_rows import BookRows
from lake_assets.simulation.option_books_scene import I8

_Rng: TypeAlias = np.random.Generator
_Change: TypeAlias = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]

_MISSING: Final = 20
_AWAY_S: Final = 40  # of missing seconds from plants
_REPEATED: Final = 200
_CONFLICTING: Final = 50
_EARLY_S: Final = 480
_EXPIRED: Final = 5


@dataclass(frozen=True, slots=True)
class Flaws:
    """Places of rows: those that arrive as they are, and those that are yet to be spoiled."""

    kept: I8
    repeated: I8
    conflicting: I8
    early: I8
    undated: I8
    expired: I8


def choose_flaws(course: Course, rows: BookRows, rng: _Rng) -> Flaws:
    """Lose some whole seconds, and choose the rows that suffer otherwise."""
    kept = ~np.isin(rows.second, _missing_seconds(course, rng))
    far = np.flatnonzero(kept & (rows.contract == rows.contract.max()) & (rows.second > 0))
    undated = far[[far.size // 2]]
    kept[undated] = False
    whole = np.flatnonzero(kept)
    return Flaws(
        kept=whole,
        repeated=_sample(whole, _REPEATED, rng),
        conflicting=_sample(np.flatnonzero(kept & (rows.volume > 0)), _CONFLICTING, rng),
        early=np.flatnonzero(rows.second == 0),
        undated=undated,
        expired=_sample(whole, _EXPIRED, rng),
    )


def _sample(among: I8, count: int, rng: _Rng) -> I8:
    return np.sort(rng.choice(among, min(count, among.size), replace=False))


def _missing_seconds(course: Course, rng: _Rng) -> I8:
    """Seconds without any row, away from the open and from every plant but chop."""
    free = np.ones(course.scene.seconds, np.bool_)
    free[:_AWAY_S], free[-_AWAY_S:] = False, False
    for plant in course.plants:
        if plant.kind is not PlantKind.CHOP:
            free[max(plant.start - _AWAY_S, 0) : plant.end + _AWAY_S] = False
    places = np.flatnonzero(free)
    return rng.choice(places, min(_MISSING, places.size), replace=False)


def restart_volume(course: Course, rows: BookRows, rng: _Rng) -> BookRows:
    """From some second on, a far contract counts from zero again."""
    at = int(rng.integers(course.scene.seconds // 4, course.scene.seconds // 2))
    mine = rows.contract == course.scene.strikes.size - 1
    before = rows.volume[mine & (rows.second < at)]
    lost = before.max() if before.size else 0
    volume = np.where(mine & (rows.second >= at), rows.volume - lost, rows.volume)
    return replace(rows, volume=volume)


def spoil_table(table: pa.Table, what: str, course: Course) -> pa.Table:
    """Damage the rows of one kind of flaw, named as in ``Flaws``."""
    day = course.scene.session.day
    changes: dict[str, dict[str, _Change]] = {
        "repeated": {},
        "conflicting": {
            "volume": lambda column: column - 1,
            "bq0": lambda column: 3 * column,
            "price": lambda column: 2 * column,
        },
        "early": dict.fromkeys(("timestamp", "ts"), _earlier)
        | {"volume": np.zeros_like, "vol_delta": np.zeros_like},
        "undated": {"timestamp": lambda column: column - (column - np.datetime64(0, "us"))},
        "expired": {
            "expiry": lambda column: np.full_like(column, np.datetime64(day - timedelta(days=7)))
        },
    }
    for name, change in changes[what].items():
        place = table.schema.get_field_index(name)
        field = table.schema.field(place)
        changed = pa.array(change(table[name].to_numpy())).cast(field.type)
        table = table.set_column(place, field, changed)
    return table


def _earlier(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Spread over the minutes before the open."""
    back = 1 + np.arange(column.size) % _EARLY_S
    earlier: npt.NDArray[Any] = column - back.astype("timedelta64[s]")
    return earlier
