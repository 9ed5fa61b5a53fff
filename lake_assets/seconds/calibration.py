"""Thresholds of an underlying from its own past events, up to a named date."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

import numpy as np
import polars as pl

from lake_assets.errors import ComputationRefusedError
from lake_assets.kernels.quantiles import expanding_quantiles
from lake_assets.market.option_vocabulary import DteBucket
from lake_assets.market.underlyings import PerBucket
from lake_assets.seconds.readings import F8

SHARE: Final = 0.8
"""The quantile of the falls that ``theta_put`` is set to."""

ENOUGH: Final = 20
"""Fewer falls say nothing of a quantile so far out."""


class Basis(StrEnum):
    """What a threshold rests on: falls of its bucket, of all buckets, or on nothing of its own."""

    BUCKET = "bucket"
    POOLED = "pooled"
    DEFAULT = "default"


@dataclass(frozen=True, slots=True)
class Threshold:
    """A calibrated threshold; ``falls`` are those of the bucket, whatever it rests on."""

    bucket: DteBucket
    value: float
    basis: Basis
    falls: int


def calibrate_theta_put(bursts: pl.DataFrame, before: date, default: PerBucket) -> list[Threshold]:
    """How far puts ran in the falls dated before a day: a threshold a bucket, in their order.

    Args:
        bursts: rows of `gold/bursts` of one underlying and any sessions; only those of sessions
            before ``before`` count, and of these the falls whose put is known at its peak.
        before: exclusive.
        default: by bucket, where neither the bucket nor all of them together have enough falls.

    Raises:
        ComputationRefusedError: a quantile is no threshold: it is 1 or more, or 0.
    """
    falls = bursts.filter(
        pl.col("session_date") < before,
        pl.col("direction") < 0,
        pl.col("pe_rel_delta_peak").is_not_null(),
    ).select("dte_bucket", size=pl.col("pe_rel_delta_peak").abs())
    return [_threshold(falls, bucket, default[bucket.place]) for bucket in DteBucket]


def _threshold(falls: pl.DataFrame, bucket: DteBucket, default: float) -> Threshold:
    own = falls.filter(pl.col("dte_bucket") == bucket.value)
    if own.height >= ENOUGH:
        value, basis = _quantile(own), Basis.BUCKET
    elif falls.height >= ENOUGH:
        value, basis = _quantile(falls), Basis.POOLED
    else:
        value, basis = default, Basis.DEFAULT
    if not 0 < value < 1:
        raise ComputationRefusedError(
            f"theta_put of bucket {bucket} would be {value:.4f} by the {basis} of its falls, where "
            "a threshold must lie between 0 and 1; look at pe_rel_delta_peak of the bursts"
        )
    return Threshold(bucket, value, basis, own.height)


def _quantile(falls: pl.DataFrame) -> float:
    sizes = falls["size"].to_numpy()
    everyone, end = np.ones(sizes.shape[0], bool), np.array([sizes.shape[0]])
    found: F8 = expanding_quantiles(sizes, everyone, end, SHARE)
    return float(found[0])
