"""Two ways to take the future from Bronze: cut it off, or replace it with another one."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from lake_assets.catalog.bronze import BOOK_DEPTH
from lake_assets.kernels.book_states import F_MAYBE_BAD_BOOK

Bronze: TypeAlias = Mapping[str, pl.LazyFrame]
"""Rows of each Bronze dataset by its name."""

at_ns: Final = pl.col("ts_event_ns")
_SECOND: Final = 1_000_000_000
_WILDEST_TICKS: Final = 80
_OPTION_TICK_U: Final = 100
_CONTRACT: Final = ["option_symbol", "expiry", "strike_u", "right", "dte"]
_BOOK_TICKS: Final = [f"{s}_ticks_{at}" for s in ("bid", "ask") for at in range(BOOK_DEPTH)]
_BOOK_SIZES: Final = [f"{s}_size_{at}" for s in ("bid", "ask") for at in range(BOOK_DEPTH)]


class Probe(StrEnum):
    """What becomes of the records at a cut and after it."""

    TRUNCATED = "truncated"
    SCRAMBLED = "scrambled"


def probe_bronze(bronze: Bronze, probe: Probe, cut_ns: int, seed: int) -> dict[str, pl.LazyFrame]:
    """The same Bronze up to the cut, and after it nothing or another day.

    Records with ``ts_event_ns < cut_ns`` stay as they are. Scrambled ones keep the form a
    vendor's records have: prices on the grid and positive, time in order, contracts that exist.
    """
    return {
        name: rows.filter(at_ns < cut_ns)
        if probe is Probe.TRUNCATED
        else pl.concat([rows.filter(at_ns < cut_ns), _SCRAMBLERS[name](rows, cut_ns, seed)])
        for name, rows in bronze.items()
    }


def _scramble_trades(rows: pl.LazyFrame, cut_ns: int, seed: int) -> pl.LazyFrame:
    """Another walk of the price, other sizes, the sides turned."""
    tail = rows.filter(at_ns >= cut_ns).collect()
    random = np.random.default_rng([seed, 1])
    walk = np.clip(random.integers(-3, 4, len(tail)).cumsum(), -_WILDEST_TICKS, _WILDEST_TICKS)
    changed = tail.with_columns(
        price_ticks=pl.col("price_ticks") + pl.Series(walk, dtype=pl.Int32),
        size=pl.col("size") * pl.Series(random.integers(1, 9, len(tail))),
        aggressor=-pl.col("aggressor"),
    )
    return _with_inventions(changed, random).lazy()


def _scramble_options(rows: pl.LazyFrame, cut_ns: int, seed: int) -> pl.LazyFrame:
    """Each print in another contract, dearer or cheaper, the sides turned."""
    tail = rows.filter(at_ns >= cut_ns).collect()
    random = np.random.default_rng([seed, 2])
    times = pl.Series(random.integers(1, 6, len(tail)))
    changed = tail.with_columns(
        *tail.select(pl.col(_CONTRACT).reverse()).get_columns(),
        *(
            ((pl.col(name) // _OPTION_TICK_U) * times // 2 + 1).alias(name) * _OPTION_TICK_U
            for name in ("price_u", "bid_u", "ask_u")
        ),
        size=pl.col("size") * pl.Series(random.integers(1, 9, len(tail))),
        aggressor=-pl.col("aggressor"),
    )
    return _with_inventions(changed, random).lazy()


def _with_inventions(rows: pl.DataFrame, random: np.random.Generator) -> pl.DataFrame:
    """Without a fifth of the rows, and with as many that were never there."""
    drawn = pl.Series(random.integers(0, 5, len(rows)))
    late = pl.Series(random.integers(1, _SECOND, len(rows)))
    invented = rows.with_columns(at_ns + late, row=pl.col("row") + len(rows)).filter(drawn == 1)
    return pl.concat([rows.filter(drawn != 0), invented]).sort(
        "ts_event_ns", "sequence", "file_rank", "row"
    )


def _scramble_book(rows: pl.LazyFrame, cut_ns: int, seed: int) -> pl.LazyFrame:
    """The ladder moved up and down each second, resized, with records lost, doubled and marked.

    A day's book does not fit in memory, so the noise is a hash of the record's place.
    """
    noise = pl.struct("file_rank", "row").hash(seed)
    span = 2 * _WILDEST_TICKS + 1
    moved = (at_ns // _SECOND).hash(seed).mod(span).cast(pl.Int32) - _WILDEST_TICKS
    doubtful = pl.when(noise % 13 == 0).then(F_MAYBE_BAD_BOOK).otherwise(0).cast(pl.UInt8)
    changed = rows.filter(at_ns >= cut_ns, noise % 5 != 0).with_columns(
        pl.col(_BOOK_TICKS) + moved,
        pl.col(_BOOK_SIZES) * (noise % 8 + 1).cast(pl.Int64),
        flags=pl.col("flags") | doubtful,
    )
    invented = changed.filter(noise % 7 == 0).with_columns(at_ns + 1)
    return changed.merge_sorted(invented, key="ts_event_ns")


_SCRAMBLERS: Final[Mapping[str, Callable[[pl.LazyFrame, int, int], pl.LazyFrame]]] = {
    "es_trades": _scramble_trades,
    "es_mbp10": _scramble_book,
    "spy_options": _scramble_options,
}
