"""The weight of a label: how much of its life it does not share with others."""

import polars as pl

from lake_assets.kernels.uniqueness import mean_uniqueness
from lake_assets.market.price import NANOS_PER_SECOND


def average_uniqueness(labels: pl.DataFrame, unknown_from_ns: int | None = None) -> pl.Series:
    """Mean over a label's whole seconds of one over the labels alive in the second.

    A label lives from the second of its touch to the second of its end, both included. One
    without outcome is not alive and has none. ``unknown_from_ns`` is the first touch whose label
    the future will tell: a life that reaches its second may yet be shared, and is null too.

    Args:
        labels: ``ts_event_ns``, ``label_end_ns`` and ``outcome`` of one session, in any order.
        unknown_from_ns: time of the first touch not labelled yet, if there is one.

    Returns:
        ``avg_uniqueness``, one value a row, in the rows' order.
    """
    lives = labels.select(
        first=pl.col("ts_event_ns") // NANOS_PER_SECOND,
        last=pl.col("label_end_ns") // NANOS_PER_SECOND,
        alive=pl.col("outcome").is_not_null(),
    ).with_row_index("place")
    alive = lives.filter("alive")
    means = mean_uniqueness(
        alive["first"].to_numpy(writable=True), alive["last"].to_numpy(writable=True)
    )
    weighed = alive.with_columns(avg_uniqueness=pl.Series(means, dtype=pl.Float64))
    if unknown_from_ns is not None:
        weighed = weighed.filter(pl.col("last") < unknown_from_ns // NANOS_PER_SECOND)
    return lives.join(weighed, on="place", how="left", maintain_order="left")["avg_uniqueness"]
