"""The rows of a session's books, read twice: a few columns of all, all columns of a few."""

from typing import Final

import polars as pl

from lake_assets.market.option_vocabulary import SpotSource
from lake_assets.seconds.clock import Clock
from lake_assets.seconds.contracts import Contracts, Tape

LEVELS: Final = 5
_EVERY: Final = ("timestamp", "expiry", "opt_type", "strike")
_BEST: Final = ("bp0", "sp0")
SIZES: Final = tuple(f"{side}q{level}" for side in "bs" for level in range(LEVELS))


def read_tape(option_books: pl.DataFrame | pl.LazyFrame, clock: Clock) -> Tape:
    """Every row of the session.

    Only what is asked of all contracts: a whole day with its sizes is most of a gigabyte.
    """
    source = clock.underlying.spot_source
    spot = ("spot_price",) if source is SpotSource.FEED else _BEST
    rows = option_books.lazy().select(*_EVERY, "volume", *spot).collect()
    return Tape.of(rows, clock)


def read_books(
    option_books: pl.DataFrame | pl.LazyFrame, contracts: Contracts, wanted: list[int], clock: Clock
) -> Tape:
    """Rows of the contracts wanted, and maybe of a few others, with sizes."""
    chosen = contracts.table[wanted]
    expiries, strikes = chosen["expiry"].unique().sort(), chosen["strike"].unique().sort()
    rows = (
        option_books.lazy()
        .filter(
            pl.col("expiry").is_in(expiries.to_list()), pl.col("strike").is_in(strikes.to_list())
        )
        .select(*_EVERY, "volume", "vol_delta", *_BEST, *SIZES)
        .collect()
    )
    return Tape.of(rows, clock)
