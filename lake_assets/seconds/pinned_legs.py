"""The call and the put at the money when a move starts, followed through it as the same two."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from lake_assets.kernels.legs import LegRows, PairReadings, Spans, watch_pairs
from lake_assets.market.option_vocabulary import OptionType
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.event_parameters import BurstParams
from lake_assets.seconds.quotes import quote
from lake_assets.seconds.readings import B1, I8, flags, floats, taken, whole

PINNED: Final = ("timestamp_ns", "expiry", "ce_strike", "pe_strike", "feed_alive")
"""Columns of a state that say which contracts are followed, and when there was anything to see."""

_CONTRACT: Final = ("expiry", "opt_type", "strike")
_LEGS: Final = ((OptionType.CE, "ce_strike"), (OptionType.PE, "pe_strike"))


@dataclass(frozen=True, slots=True)
class Moves:
    """Seconds between which legs are followed, each (m,): start and end included, and the peak."""

    start: I8
    end: I8
    peak: I8


def follow_legs(
    moves: Moves,
    option_state: pl.DataFrame,
    option_books: pl.DataFrame | pl.LazyFrame,
    underlying: Underlying,
    params: BurstParams,
) -> PairReadings:
    """Read the books of the contracts at the money at each start, whatever is at it later."""
    pinned = pl.DataFrame(
        [taken(option_state, name, moves.start) for name in ("expiry", "ce_strike", "pe_strike")]
    )
    reached = _reached(moves, option_state, params)
    rows = _rows_of(_contracts(pinned), reached, option_books, underlying)
    opens_s = option_state["timestamp_ns"][0] // NANOS_PER_SECOND
    return watch_pairs(
        LegRows(
            second=whole(rows["began"]) - opens_s,
            mid=floats(rows, "mid"),
            spread=floats(rows, "spread"),
            depth=floats(rows, "depth"),
            volume=floats(rows, "vol_delta"),
        ),
        flags(option_state, "feed_alive"),
        Spans(moves.start, moves.end, moves.peak, _listed(pinned), *_places(pinned, rows)),
        params.leg_max_age_s,
    )


def _reached(moves: Moves, option_state: pl.DataFrame, params: BurstParams) -> pl.Series:
    """Begin of each second whose books can matter, s since the epoch."""
    reached = np.zeros(option_state.height, np.bool_)
    for start, end in zip(moves.start.tolist(), moves.end.tolist(), strict=True):
        reached[max(start - params.leg_max_age_s, 0) : end + 1] = True
    return option_state["timestamp_ns"].filter(pl.Series(reached)) // NANOS_PER_SECOND


def _listed(pinned: pl.DataFrame) -> B1:
    strikes = [pinned[strike].is_not_null().to_numpy() for _, strike in _LEGS]
    return np.ascontiguousarray(np.stack(strikes, axis=1))


def _contracts(pinned: pl.DataFrame) -> pl.DataFrame:
    """Every contract that is pinned once."""
    legs = [pinned.select("expiry", *_leg(leg, strike)) for leg, strike in _LEGS]
    return pl.concat(legs).drop_nulls().unique().sort(_CONTRACT)


def _leg(leg: OptionType, strike: str) -> tuple[pl.Expr, pl.Expr]:
    right = pl.lit(leg.value, dtype=pl.Enum(OptionType))
    return right.alias("opt_type"), pl.col(strike).cast(pl.Int32).alias("strike")


def _rows_of(
    contracts: pl.DataFrame,
    reached: pl.Series,
    option_books: pl.DataFrame | pl.LazyFrame,
    underlying: Underlying,
) -> pl.DataFrame:
    """Books of the contracts, by contract and time, as mid, spread and depth.

    Everything is filtered before anything is computed or sorted: of a day's 3.8 million rows the
    moves reach a few thousand.
    """
    began = (pl.col("timestamp_ns") // NANOS_PER_SECOND).alias("began")
    levels = range(underlying.depth_levels)
    sizes = [f"{side}q{level}" for side in "bs" for level in levels]
    return (
        option_books.lazy()
        .filter(pl.col("strike").is_in(contracts["strike"].implode()))
        .filter(pl.col("expiry").is_in(contracts["expiry"].implode()))
        .filter(began.is_in(reached.implode()))
        .select(
            *_CONTRACT,
            "timestamp_ns",
            began,
            "vol_delta",
            *quote(underlying),
            depth=pl.sum_horizontal(*sizes, ignore_nulls=False),
        )
        .join(contracts.lazy(), on=_CONTRACT, how="semi")
        .sort(*_CONTRACT, "timestamp_ns", maintain_order=True)
        .collect()
    )


def _places(pinned: pl.DataFrame, rows: pl.DataFrame) -> tuple[I8, I8]:
    """First row of each move's two contracts and the row after the last, (m, 2) each."""
    runs = (
        rows.with_row_index("row")
        .group_by(_CONTRACT, maintain_order=True)
        .agg(first=pl.col("row").min(), stop=pl.col("row").max() + 1)
    )
    found = [
        pinned.select("expiry", *_leg(leg, strike)).join(
            runs, on=_CONTRACT, how="left", maintain_order="left"
        )
        for leg, strike in _LEGS
    ]
    first, stop = (
        np.ascontiguousarray(np.stack([whole(legs[name], 0) for legs in found], axis=1))
        for name in ("first", "stop")
    )
    return first, stop
