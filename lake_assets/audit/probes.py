"""Two ways to take the future from Bronze: cut it off, or replace it with another one."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
import polars as pl

from lake_assets.catalog.bronze import BOOK_DEPTH, ES_MBP10, SPY_OPTIONS
from lake_assets.catalog.stream import RowStream
from lake_assets.errors import UnknownNameError
from lake_assets.kernels.book_states import F_MAYBE_BAD_BOOK
from lake_assets.market.price import NANOS_PER_MICRO, NANOS_PER_SECOND

Bronze: TypeAlias = Mapping[str, pl.LazyFrame | RowStream]
"""Rows of each Bronze dataset by its name; a day's book is a stream, since it does not fit."""

_WILDEST_TICKS: Final = 80
_OPTION_TICK_U: Final = 100
_ORDER: Final = SPY_OPTIONS.sort_by  # of trades, too
_PLACE: Final = "_place"
_CONTRACT: Final = ["option_symbol", "expiry", "strike_u", "right", "dte"]
_BOOK_ORDER: Final = ["expiry", "opt_type", "strike", "timestamp"]
_BOOK_TICKS: Final = [f"{s}_ticks_{at}" for s in ("bid", "ask") for at in range(BOOK_DEPTH)]
_BOOK_SIZES: Final = [f"{s}_size_{at}" for s in ("bid", "ask") for at in range(BOOK_DEPTH)]


class Probe(StrEnum):
    """What becomes of the records at a cut and after it."""

    TRUNCATED = "truncated"
    SCRAMBLED = "scrambled"


def probe_bronze(bronze: Bronze, probe: Probe, cut_ns: int, seed: int) -> Bronze:
    """The same Bronze up to the cut, and after it nothing or another day.

    Records stamped before ``cut_ns`` stay as they are. Scrambled ones keep the form a vendor's
    records have: prices on the grid and positive, rows in order, contracts that exist.

    Raises:
        UnknownNameError: nobody has said how to scramble a dataset.
    """
    return {name: _probe(name, rows, probe, cut_ns, seed) for name, rows in bronze.items()}


def _probe(
    name: str, rows: pl.LazyFrame | RowStream, probe: Probe, cut_ns: int, seed: int
) -> pl.LazyFrame | RowStream:
    if isinstance(rows, RowStream):
        if name == ES_MBP10.name:
            return _probe_book(rows, probe, cut_ns, seed)
        raise UnknownNameError(
            f"nobody has said how to scramble {name} as a stream; known is {ES_MBP10.name}"
        )
    for table, stamp, scramble in _TABLES:
        if name.startswith(table):
            past = rows.filter(pl.col(stamp) < cut_ns)
            if probe is Probe.TRUNCATED:
                return past
            return scramble(past, rows.filter(pl.col(stamp) >= cut_ns), seed)
    known = ", ".join(table for table, _, _ in _TABLES)
    raise UnknownNameError(f"nobody has said how to scramble {name}; known are {known}")


def _scramble_trades(past: pl.LazyFrame, later: pl.LazyFrame, seed: int) -> pl.LazyFrame:
    """Another walk of the price, other sizes, the sides turned."""
    keys = later.select(_ORDER).collect()
    random = np.random.default_rng([seed, 1])
    steps = random.integers(-3, 4, len(keys), np.int8).cumsum(dtype=np.int32)
    walk = pl.Series(np.clip(steps, -_WILDEST_TICKS, _WILDEST_TICKS))
    changed = later.with_columns(
        price_ticks=pl.col("price_ticks") + walk,
        size=pl.col("size") * pl.Series(random.integers(1, 9, len(keys), np.int8)),
        aggressor=-pl.col("aggressor"),
    )
    return pl.concat([past, _with_inventions(changed, keys, random)])


def _scramble_options(past: pl.LazyFrame, later: pl.LazyFrame, seed: int) -> pl.LazyFrame:
    """Each print in another contract, dearer or cheaper, the sides turned."""
    keys = later.select(_ORDER).collect()
    random = np.random.default_rng([seed, 2])
    times = pl.Series(random.integers(1, 6, len(keys), np.int8))
    changed = later.with_columns(
        pl.col(_CONTRACT).reverse(),
        *(
            ((pl.col(name) // _OPTION_TICK_U) * times // 2 + 1).alias(name) * _OPTION_TICK_U
            for name in ("price_u", "bid_u", "ask_u")
        ),
        size=pl.col("size") * pl.Series(random.integers(1, 9, len(keys), np.int8)),
        aggressor=-pl.col("aggressor"),
    )
    return pl.concat([past, _with_inventions(changed, keys, random)])


def _with_inventions(
    rows: pl.LazyFrame, keys: pl.DataFrame, random: np.random.Generator
) -> pl.LazyFrame:
    """Without a fifth of the rows, and with as many that were never there.

    Only ``keys``, the order of the rows, is held; a reader collects the columns it needs.
    """
    drawn = pl.Series(random.integers(0, 5, len(keys), np.int8))
    late = pl.Series(random.integers(1, NANOS_PER_SECOND, len(keys)))
    placed = keys.with_row_index(_PLACE)
    invented = placed.with_columns(pl.col("ts_event_ns") + late, row=pl.col("row") + len(keys))
    other = pl.concat([placed.filter(drawn != 0), invented.filter(drawn == 1)]).sort(_ORDER)
    return rows.select(pl.all().gather(other[_PLACE])).with_columns(
        other["ts_event_ns"], other["row"]
    )


def _probe_book(book: RowStream, probe: Probe, cut_ns: int, seed: int) -> RowStream:
    """The ladder moved up and down each second, resized, with records lost, doubled and marked.

    A day's book does not fit in memory, so the noise is a hash of the record's place.
    """
    if probe is Probe.TRUNCATED:
        return book.before(cut_ns)
    at_ns, noise = pl.col("ts_event_ns"), pl.struct("file_rank", "row").hash(seed)
    span = 2 * _WILDEST_TICKS + 1
    moved = (at_ns // NANOS_PER_SECOND).hash(seed).mod(span).cast(pl.Int32) - _WILDEST_TICKS
    doubtful = pl.when(noise % 13 == 0).then(F_MAYBE_BAD_BOOK).otherwise(0).cast(pl.UInt8)
    ladder = {name: pl.col(name) + moved for name in _BOOK_TICKS}
    ladder |= {name: pl.col(name) * (noise % 8 + 1).cast(pl.Int64) for name in _BOOK_SIZES}

    def scramble(batch: pl.DataFrame) -> pl.DataFrame:
        past, later = batch.filter(at_ns < cut_ns), batch.filter(at_ns >= cut_ns)
        if later.is_empty():
            return batch
        changed = later.filter(noise % 5 != 0).with_columns(
            **{name: made for name, made in ladder.items() if name in later.columns},
            flags=pl.col("flags") | doubtful,
        )
        # one that would pass the batch's last record might pass the next batch's first
        alone = at_ns < later["ts_event_ns"].max()
        invented = changed.filter(noise % 7 == 0, alone).with_columns(at_ns + 1)
        other = pl.concat([changed, invented]).sort("ts_event_ns", maintain_order=True)
        return pl.concat([past, other])

    return book.changed(scramble, ["file_rank", "row", "flags"])


def _scramble_option_books(past: pl.LazyFrame, later: pl.LazyFrame, seed: int) -> pl.LazyFrame:
    """Other prices, sizes, volumes and another spot, with rows lost and moved."""
    tail = later.collect()
    random = np.random.default_rng([seed, 3])
    drawn = pl.Series(random.integers(0, 5, len(tail)))
    times = pl.Series(random.integers(1, 5, len(tail)))
    late = pl.Series(np.where(drawn == 1, random.integers(1, 400_000, len(tail)), 0))
    walk = (pl.col("timestamp_ns") // NANOS_PER_SECOND).hash(seed).mod(401).cast(pl.Float64) - 200
    quotes, sizes = ["price", "bp0", "sp0"], pl.selectors.matches(r"^[bs]q\d$")
    changed = tail.with_columns(
        pl.col(quotes) * times,
        sizes * times,
        pl.col("volume", "vol_delta") * times,
        pl.col("timestamp") + late.cast(pl.Duration("us")),
        spot_price=pl.col("spot_price") * (1 + walk / 10_000),
    ).with_columns(timestamp_ns=pl.col("timestamp").dt.epoch("us") * NANOS_PER_MICRO)
    kept = changed.filter(drawn != 0).unique(_BOOK_ORDER, keep="first", maintain_order=True)
    return pl.concat([past, kept.lazy()]).sort(_BOOK_ORDER, maintain_order=True)


Scramble: TypeAlias = Callable[[pl.LazyFrame, pl.LazyFrame, int], pl.LazyFrame]
"""From the rows before a cut, those after it, and a seed to a past with another future."""

_TABLES: Final[tuple[tuple[str, str, Scramble], ...]] = (
    ("es_trades", "ts_event_ns", _scramble_trades),
    ("spy_options", "ts_event_ns", _scramble_options),
    ("option_books", "timestamp_ns", _scramble_option_books),
)
