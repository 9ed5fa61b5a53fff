"""What each engine says of a level on one scale, 0 (it holds) to 100 (it gives way)."""

from typing import Final

import polars as pl

from lake_assets.market.vocabulary import BarrierState, Direction, FuelEffect, SweepDirection
from lake_assets.physics.parameters import ScoreParams

LIQUIDITY_SCORES: Final = {
    BarrierState.VACUUM: 100,
    BarrierState.WEAK: 75,
    BarrierState.CONSUMED: 60,
    BarrierState.NEUTRAL: 50,
    BarrierState.WALL: 0,
    BarrierState.ABSORPTION: 0,
}
HEDGE_SCORES: Final = {FuelEffect.AMPLIFY: 100, FuelEffect.NEUTRAL: 50, FuelEffect.DAMPEN: 0}
_SWEPT: Final = 100
_FULL_SLOPE: Final = 25
_ONE_SIDED: Final = 25
_BITS: Final = {"liquidity_score": 1, "hedge_score": 2, "tape_score": 4}


def score_components(seen: pl.DataFrame, params: ScoreParams) -> pl.DataFrame:
    """Score what the engines saw: each component, their weighted mean, and which there are.

    ``seen`` has ``direction``, ``barrier_state``, ``fuel_effect`` and the tape's columns.
    Returns ``liquidity_score``, ``hedge_score``, ``tape_score``, ``break_score_raw`` and
    ``score_components``, row by row; an engine that saw nothing has no component, and a row
    without components no score.
    """
    weights = {
        "liquidity_score": params.score_weight_liquidity,
        "hedge_score": params.score_weight_hedge,
        "tape_score": params.score_weight_tape,
    }
    present = {name: pl.col(name).is_not_null().cast(pl.Int64) for name in weights}
    # the weights are integers and so are most scores: a sum that should be 80 is 80
    total = pl.sum_horizontal(weight * pl.col(name) for name, weight in weights.items())
    weight = pl.sum_horizontal(weight * present[name] for name, weight in weights.items())
    bits = pl.sum_horizontal(bit * present[name] for name, bit in _BITS.items())
    return seen.select(
        liquidity_score=_scored("barrier_state", LIQUIDITY_SCORES),
        hedge_score=_scored("fuel_effect", HEDGE_SCORES),
        tape_score=_tape_score(params),
    ).with_columns(
        break_score_raw=pl.when(weight > 0).then(total / weight),
        score_components=pl.when(bits > 0).then(bits),
    )


def share_of(amount: pl.Expr, full: float) -> pl.Expr:
    """How much of what counts in full there is, at most 1.

    Polars multiplies by the inverse of a constant divisor; a divisor with as many rows as the
    dividend is divided by.
    """
    return (amount / (amount * 0 + full)).clip(upper_bound=1)


def _scored(column: str, scores: dict[BarrierState, int] | dict[FuelEffect, int]) -> pl.Expr:
    return pl.col(column).replace_strict(scores, default=None, return_dtype=pl.Float64)


def _tape_score(params: ScoreParams) -> pl.Expr:
    """A sweep toward the level is all; without one, the slope and the imbalance toward it add."""
    up = pl.col("direction") == Direction.UP
    sign = pl.when(up).then(1).otherwise(-1)
    swept = (
        pl.when(up)
        .then(pl.col("tape_sweep_direction") == SweepDirection.UP)
        .otherwise(pl.col("tape_sweep_direction") == SweepDirection.DOWN)
    )
    slope = sign * pl.col("tape_price_slope")
    bought, sold = pl.col("tape_buy_vol"), pl.col("tape_sell_vol")
    toward = sign * (bought - sold)
    steep = pl.when(slope > 0).then(_FULL_SLOPE * share_of(slope, params.tape_slope_full_points_s))
    # in integers up to the one division, for sums on a threshold
    one_sided = pl.when(toward > 0).then(_ONE_SIDED * toward / (bought + sold))
    added = steep.fill_null(0) + one_sided.fill_null(0)
    return pl.when(pl.col("tape_trades") > 0).then(
        pl.when(swept).then(pl.lit(float(_SWEPT))).otherwise(added)
    )
