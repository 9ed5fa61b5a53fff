"""The rows of a session's books, read twice: a few columns of all, all columns of a few."""

from typing import Final

import polars as pl

from lake_assets.market.option_vocabulary import SpotSource
from lake_assets.seconds.clock import Clock
from lake_assets.seconds.contracts import Contracts, in_order

LEVELS: Final = 5
_EVERY: Final = ("timestamp", "expiry", "opt_type", "strike")
_BEST: Final = ("bp0", "sp0")
_SIZES: Final = tuple(f"{side}q{level}" for side in "bs" for level in range(LEVELS))


def read_tape(option_books: pl.DataFrame | pl.LazyFrame, clock: Clock) -> pl.DataFrame:
    """Every row of the session, in order, with its ``second``.

    Only what is asked of all contracts: a whole day with its sizes is most of a gigabyte.
    """
    source = clock.underlying.spot_source
    spot = ("spot_price",) if source is SpotSource.FEED else _BEST
    rows = option_books.lazy().select(*_EVERY, "volume", *spot).collect()
    return in_order(rows).with_columns(second=clock.second_of(pl.col("timestamp")))


def read_books(
    option_books: pl.DataFrame | pl.LazyFrame, contracts: Contracts, wanted: list[int]
) -> pl.DataFrame:
    """Rows of the contracts wanted, and maybe of a few others, with sizes, in order."""
    chosen = contracts.table[wanted]
    expiries, strikes = chosen["expiry"].unique().sort(), chosen["strike"].unique().sort()
    rows = (
        option_books.lazy()
        .filter(
            pl.col("expiry").is_in(expiries.to_list()), pl.col("strike").is_in(strikes.to_list())
        )
        .select(*_EVERY, "volume", "vol_delta", *_BEST, *_SIZES)
        .collect()
    )
    return in_order(rows)
