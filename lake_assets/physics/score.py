"""The break score: the three engines weighed into one number, second by second up to the touch."""

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.rows import Frame
from lake_assets.catalog.touch import SCORE
from lake_assets.errors import ComputationRefusedError
from lake_assets.market.price import NANOS_PER_MINUTE, NANOS_PER_SECOND
from lake_assets.physics.barrier_grid import before_touches
from lake_assets.physics.components import score_components
from lake_assets.physics.fuel import fuel_at
from lake_assets.physics.parameters import ScoreParams
from lake_assets.physics.smoothing import F8, smooth_last
from lake_assets.physics.tape import measure_tape
from lake_assets.physics.verdict import confidence, evidence, holding, signal

_KEYS: Final = ["event_id", "ts_event_ns", "level_kind", "level_u"]
_MOMENT: Final = [*_KEYS, "minute_ns", "level_e", "direction"]


def score_touches(  # noqa: PLR0913, PLR0917 - the arguments are the table's lineage
    touches: pl.DataFrame,
    barrier: pl.DataFrame,
    tape: pl.DataFrame,
    fuel: pl.DataFrame,
    barrier_grid: pl.DataFrame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    option_flow: pl.DataFrame,
    params: ScoreParams,
) -> pl.DataFrame:
    """Give each touch the score that its level gives way, and what that says.

    Returns the rows of `silver/score`, in the touches' order. At the touch the engines' own
    tables are weighed; at each whole second before it the engines are asked again, at the
    touch's level, direction and basis: the book was, when ``barrier_grid`` was made.

    Raises:
        ComputationRefusedError: a table does not hold the touches, row for row.
    """
    seen = _side_by_side(touches, {"barrier": barrier, "tape": tape, "fuel": fuel})
    scored = seen.hstack(score_components(seen, params))
    moments, defence = (
        earlier_moments(touches, params),
        earlier_barrier(touches, barrier_grid, params),
    )
    earlier = score_moments(moments, defence, es_trades, front_contract, option_flow, params)
    seconds = params.score_grid_s + 1
    path = np.concatenate((_raw(earlier), _raw(scored))).reshape(seconds, len(touches))
    return (
        scored.with_columns(
            *evidence(params),
            *holding(path, params),
            break_score_smooth=pl.Series(smooth_last(path, params.score_tau_s)).fill_nan(None),
        )
        .with_columns(signal=signal(params), confidence=confidence(params))
        .select(SCORE.dtypes.names())
    )


def earlier_moments(touches: pl.DataFrame, params: ScoreParams) -> pl.DataFrame:
    """The touches, each of the grid's seconds sooner; the earliest second of all comes first."""
    at = pl.col("ts_event_ns")
    moments = touches.select(_MOMENT)
    return pl.concat(
        [
            moments.clear(),
            *(
                moments.with_columns(at - back * NANOS_PER_SECOND)
                for back in range(params.score_grid_s, 0, -1)
            ),
        ]
    ).with_columns(minute_ns=at - at % NANOS_PER_MINUTE)


def earlier_barrier(
    touches: pl.DataFrame, barrier_grid: pl.DataFrame, params: ScoreParams
) -> pl.DataFrame:
    """What the grid says of `earlier_moments`, row by row.

    Raises:
        ComputationRefusedError: it is not of these touches and seconds.
    """
    wanted = before_touches(touches.select(_KEYS), params.score_grid_s)
    _check_rows("barrier_grid", barrier_grid, wanted)
    earlier = barrier_grid.filter(pl.col("seconds_before") > 0)
    return earlier.sort("seconds_before", descending=True, maintain_order=True)


def score_moments(  # noqa: PLR0913, PLR0917 - as above
    moments: pl.DataFrame,
    barrier: pl.DataFrame,
    es_trades: Frame,
    front_contract: pl.DataFrame,
    option_flow: pl.DataFrame,
    params: ScoreParams,
) -> pl.DataFrame:
    """Ask tape and fuel at any moments and score what all engines saw, row by row.

    ``moments`` has the columns of touches that name the moment, its minute, level and direction;
    ``barrier`` has the ``barrier_state`` of each.
    """
    seen = [
        barrier.select("barrier_state"),
        measure_tape(moments, es_trades, front_contract, params),
        fuel_at(moments, option_flow, params),
        moments.select("direction"),
    ]
    return score_components(pl.concat(seen, how="horizontal"), params)


def _side_by_side(touches: pl.DataFrame, engines: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The touches with the columns of every engine."""
    keys = touches.select(_KEYS)
    for name, table in engines.items():
        _check_rows(name, table, keys)
    others = (table.drop(_KEYS) for table in engines.values())
    return pl.concat([touches, *others], how="horizontal")


def _check_rows(name: str, table: pl.DataFrame, keys: pl.DataFrame) -> None:
    if not table.select(keys.columns).equals(keys):
        raise ComputationRefusedError(
            f"{name} ({len(table)} rows) must hold the {len(keys)} rows of the touches, in their "
            f"order; rebuild {name} from these touches"
        )


def _raw(scored: pl.DataFrame) -> F8:
    """The scores with NaN for null."""
    raw: F8 = scored["break_score_raw"].fill_null(float("nan")).to_numpy()
    return raw
