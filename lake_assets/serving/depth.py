"""The ladder of ten levels as it stood at each whole second: frames in, frame out."""

from typing import Final

import polars as pl

from lake_assets.catalog.bronze import BOOK_DEPTH
from lake_assets.kernels.book_states import F_LAST, F_MAYBE_BAD_BOOK, F_SNAPSHOT
from lake_assets.market.price import NANOS_PER_SECOND

LOOK_BACK_S: Final = 60  # a book that has not moved for longer is not shown
LADDER: Final = tuple(
    f"{side}_{what}_{level}"
    for side in ("bid", "ask")
    for level in range(BOOK_DEPTH)
    for what in ("ticks", "size")
)


def book_read_for(start_ns: int, end_ns: int) -> pl.Expr:
    """Which records the ladders of ``[start, end)`` can depend on."""
    first = start_ns - LOOK_BACK_S * NANOS_PER_SECOND
    return pl.col("ts_event_ns").is_between(first, end_ns, closed="left")


def ladder_each_second(book: pl.DataFrame, start_ns: int, end_ns: int) -> pl.DataFrame:
    """The ladder at each whole second of ``[start, end)``, from records before that second.

    Only states are shown: last records of their event that leave the book neither crossed nor
    locked. After the book broke, or at the first record read, nothing is shown until a snapshot or
    a state of two sides. A ladder older than `LOOK_BACK_S` is not shown either: all its columns
    are null.

    Args:
        book: records of one contract with ``ts_event_ns, flags, action`` and `LADDER`, in order.
        start_ns: first moment.
        end_ns: first moment no longer included.

    Returns:
        ``at_ns, age_s`` and `LADDER`, one row a second; ``age_s`` is null with the ladder.
    """
    first = -(-start_ns // NANOS_PER_SECOND)
    stop = -(-end_ns // NANOS_PER_SECOND)
    grid = pl.DataFrame(
        {"at_ns": pl.int_range(first, stop, dtype=pl.Int64, eager=True) * NANOS_PER_SECOND}
    )
    states = _states(book).select("ts_event_ns", "run", *LADDER)
    breaks = _runs(book).select("ts_event_ns", pl.col("run").alias("run_now"))
    # A record stamped at the second itself is not before it.
    found = grid.join_asof(
        states, left_on="at_ns", right_on="ts_event_ns", allow_exact_matches=False, coalesce=False
    ).join_asof(
        breaks,
        left_on="at_ns",
        right_on="ts_event_ns",
        allow_exact_matches=False,
        coalesce=False,
        suffix="_last",
    )
    age_ns = pl.col("at_ns") - pl.col("ts_event_ns")
    holds = (pl.col("run") == pl.col("run_now")) & (age_ns <= LOOK_BACK_S * NANOS_PER_SECOND)
    return found.select(
        "at_ns",
        # a divisor of as many rows: polars multiplies by the inverse of a constant one
        pl.when(holds).then(age_ns / (age_ns * 0 + NANOS_PER_SECOND)).alias("age_s"),
        *(pl.when(holds).then(pl.col(name)).alias(name) for name in LADDER),
    )


def _runs(book: pl.DataFrame) -> pl.DataFrame:
    """The records with the number of breaks so far: a clear, or a flag that the book may be bad."""
    broken = (pl.col("flags") & F_MAYBE_BAD_BOOK > 0) | (pl.col("action") == "R")
    return book.with_columns(broken=broken).with_columns(run=pl.col("broken").cum_sum())


def _states(book: pl.DataFrame) -> pl.DataFrame:
    last = pl.col("flags") & F_LAST > 0
    shown = {side: pl.col(f"{side}_size_0").fill_null(0) > 0 for side in ("bid", "ask")}
    both = shown["bid"] & shown["ask"]
    apart = (pl.col("bid_ticks_0") < pl.col("ask_ticks_0")).fill_null(value=True)
    sound = last & ~pl.col("broken") & (apart | ~both)
    clean = sound & (both | (pl.col("flags") & F_SNAPSHOT > 0))
    trusted = clean.cast(pl.UInt8).cum_max().over("run") > 0
    return _runs(book).with_columns(trusted=trusted).filter(sound & pl.col("trusted"))
