"""The contract at the money of one right: depth, flow and liquidity of its book."""

import polars as pl

from lake_assets.market.underlyings import Underlying
from lake_assets.seconds.book import Books
from lake_assets.seconds.depth import measure_depth, rest
from lake_assets.seconds.flow import LAG_S, measure_flow
from lake_assets.seconds.parameters import StateParams
from lake_assets.seconds.pulls import find_pulls, measure_liquidity
from lake_assets.seconds.rows import SIZES
from lake_assets.seconds.spot import Spot
from lake_assets.seconds.strikes import Slots


def measure_money(  # noqa: PLR0913, PLR0917 - what a contract is measured by
    books: Books,
    slots: Slots,
    right: int,
    slot: pl.DataFrame,
    spot: Spot,
    params: StateParams,
) -> pl.DataFrame:
    """Columns that only the slot at the money has; ``slot`` is what it shows.

    All history is the contract's that is chosen at the second, not the slot's.
    """
    underlying, rolled = books.clock.underlying, slots.rolled
    history = _history(books, slots, right, underlying)
    flags = find_pulls(
        history,
        slot["vol_delta"],
        rolled,
        underlying.lot_size_on(books.clock.session.day),
        params,
    )
    return pl.concat(
        [
            measure_depth(slot.with_columns(*rest(underlying)), underlying),
            measure_flow(history, spot.seen, rolled, underlying, params),
            flags,
            measure_liquidity(flags, params),
        ],
        how="horizontal",
    )


def _history(books: Books, slots: Slots, right: int, underlying: Underlying) -> pl.DataFrame:
    """Rows of the contract chosen at each second: of it, of the one before, of ten before."""
    contract = slots.at_the_money(right)
    shown = [
        books.show(books.row_of(contract, lag), *SIZES).with_columns(*rest(underlying))
        for lag in (0, 1)
    ]
    before = books.show(books.row_of(contract, LAG_S)).select(ten_mid="mid")
    named = [
        frame.rename(f"{when}_{{}}".format)
        for when, frame in zip(("now", "was"), shown, strict=True)
    ]
    return pl.concat([*named, before], how="horizontal")
