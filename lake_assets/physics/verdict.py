"""What a score says of a touch, in words, and how much evidence it rests on."""

from typing import Final

import polars as pl

from lake_assets.market.price import UNITS_PER_TICK
from lake_assets.market.vocabulary import Confidence, Signal
from lake_assets.physics.components import share_of
from lake_assets.physics.parameters import ScoreParams
from lake_assets.physics.smoothing import F8

EVIDENCE: Final = ("confidence_liquidity", "confidence_tape", "confidence_hedge")
_DECIMALS: Final = 9


def holding(path: F8, params: ScoreParams) -> list[pl.Series]:
    """Whether scores a second apart, (seconds, m), ended beyond a threshold for long enough.

    NaN, a second without a score, is beyond neither.
    """
    held = path[-1 - params.score_hold_s :]
    return [
        pl.Series("breaks", held.min(axis=0) >= params.break_score),
        pl.Series("rejects", held.max(axis=0) <= params.reject_score),
    ]


def signal(params: ScoreParams) -> pl.Expr:
    """The first rule that holds; null without a score.

    Reads ``break_score_raw``, the columns of `holding`, the touch's prices and the tape's columns.
    """
    raw = pl.col("break_score_raw")
    touch_e = pl.col("price_ticks").cast(pl.Int64) * UNITS_PER_TICK
    near = (touch_e - pl.col("level_e")).abs() <= params.reject_distance_u
    fought = (
        raw.is_between(params.contested_low, params.contested_high)
        & (_volume() >= params.contested_contracts)
        & (pl.col("tape_imbalance").abs() <= params.contested_imbalance)
    )
    word = (
        pl.when("breaks")
        .then(pl.lit(Signal.BREAK))
        .when(pl.col("rejects") & near)
        .then(pl.lit(Signal.REJECT))
        .when(fought)
        .then(pl.lit(Signal.CONTESTED))
        .otherwise(pl.lit(Signal.NEUTRAL))
    )
    return pl.when(raw.is_not_null()).then(word).cast(pl.Enum(Signal))


def evidence(params: ScoreParams) -> list[pl.Expr]:
    """How much each engine saw, 0 to 1; one that is absent saw nothing."""
    churned = share_of(pl.col("churn"), params.confidence_churn_contracts)
    covered = share_of(pl.col("book_coverage_s"), params.barrier_window_s)
    options = share_of(pl.col("fuel_volume"), params.confidence_fuel_contracts)
    seen = (
        churned * covered,
        share_of(_volume(), params.confidence_tape_contracts),
        options * pl.col("fuel_gamma_share"),
    )
    known = pl.col("break_score_raw").is_not_null()
    return [
        pl.when(known).then(share.fill_null(0.0)).alias(name)
        for name, share in zip(EVIDENCE, seen, strict=True)
    ]


def confidence(params: ScoreParams) -> pl.Expr:
    """The mean evidence in a word.

    It is rounded first: the float mean of 1, 0.2 and 0 falls short of 0.4.
    """
    first, *others = (pl.col(name) for name in EVIDENCE)
    mean = (sum(others, first) / len(EVIDENCE)).round(_DECIMALS)
    word = (
        pl.when(mean >= params.confidence_high)
        .then(pl.lit(Confidence.HIGH))
        .when(mean >= params.confidence_medium)
        .then(pl.lit(Confidence.MEDIUM))
        .otherwise(pl.lit(Confidence.LOW))
    )
    return pl.when(mean.is_not_null()).then(word).cast(pl.Enum(Confidence))


def _volume() -> pl.Expr:
    return pl.col("tape_buy_vol") + pl.col("tape_sell_vol")
