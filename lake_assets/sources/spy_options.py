"""SPY option prints of a session, with their quotes, contracts and aggressors."""

from typing import Final

import numpy as np
import polars as pl

from lake_assets.catalog.bronze import SPY_OPTIONS
from lake_assets.catalog.rows import Rows
from lake_assets.kernels.aggressor import (
    BY_NOTHING,
    BY_QUOTE,
    BY_TICK,
    CANCEL,
    ELIGIBLE,
    NO_QUOTE,
    OUT_OF_SEQUENCE,
    classify_aggressor,
)
from lake_assets.market.conditions import is_cancel, is_late
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import AggressorMethod, OptionSource
from lake_assets.sources.classify import CSV_SCHEMA
from lake_assets.sources.coverage import until
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.option_csv_prints import csv_prints
from lake_assets.sources.option_prints import PRINTS_SCHEMA, dbn_prints
from lake_assets.sources.screening import Screen, Tally
from lake_assets.sources.selection import describe, require_files, require_trades

_UNITS_PER_STRIKE: Final = 10  # a symbol's strike is in thousandths of a dollar
_EXPIRY, _RIGHT, _STRIKE = (6, 6), (12, 1), (13, 8)  # place and length in an option symbol
_METHODS: Final = {
    BY_NOTHING: AggressorMethod.NONE,
    BY_QUOTE: AggressorMethod.QUOTE,
    BY_TICK: AggressorMethod.TICK,
}


def read_spy_options(
    inventory: Inventory, session: Session, *, as_of_ns: int | None = None
) -> Rows:
    """Every SPY option print of the session in total order; cancels stay, marked as such.

    Where there are ES trades but no option file there are no rows, and ``absent`` is counted.

    Raises:
        RawInputError: a file is unusable or damaged, files contradict each other, or too many
            rows are unusable.
    """
    selection = require_files(inventory, session, "spy_options", as_of_ns=as_of_ns)
    if selection is None:
        require_trades(inventory, session)
        return Rows(batches=_empty(session), quality={"absent": 1})
    quality = describe(selection, session, as_of_ns=as_of_ns)
    screen = Screen(until(session.hours, as_of_ns), as_of_ns, Tally(quality))
    flat = selection.schema == CSV_SCHEMA
    prints = (csv_prints if flat else dbn_prints)(selection, screen)
    rows = _usable(_contracts(prints, session), screen)
    screen.tally.settle(selection.files[0].path)
    return Rows(batches=_dress(rows, OptionSource(selection.schema)), quality=quality)


def _empty(session: Session) -> pl.DataFrame:
    nothing = pl.DataFrame(PRINTS_SCHEMA.empty_table())
    return _dress(_contracts(nothing, session), OptionSource.TCBBO)


def _contracts(prints: pl.DataFrame, session: Session) -> pl.DataFrame:
    """With what each symbol says: expiry, right, strike, and days to expiry."""
    symbol = pl.col("option_symbol").str
    return prints.with_columns(
        expiry=symbol.slice(*_EXPIRY).str.to_date("%y%m%d", strict=False),
        strike_u=symbol.slice(*_STRIKE).cast(pl.Int64, strict=False) * _UNITS_PER_STRIKE,
        right=symbol.slice(*_RIGHT),
    ).with_columns(dte=(pl.col("expiry") - session.day).dt.total_days().cast(pl.Int32))


def _usable(prints: pl.DataFrame, screen: Screen) -> pl.DataFrame:
    """The prints of contracts one can name; where all are, nothing is copied."""
    for reason, bad in (
        ("symbol", pl.col("expiry").is_null() | pl.col("strike_u").fill_null(0).le(0)),
        ("expired", pl.col("dte") < 0),
    ):
        count = int(prints.select(bad.sum()).item())
        screen.tally.quarantine(reason, count)
        if count:
            prints = prints.filter(~bad)
    return prints


def _dress(prints: pl.DataFrame, source: OptionSource) -> pl.DataFrame:
    """With the aggressor of each print, in the columns of Bronze."""
    conditions = pl.col("conditions")
    worked = prints.select(
        code=(pl.col("option_symbol").rank("dense") - 1).cast(pl.Int32),
        price="price_u",
        bid=pl.col("bid_u").fill_null(NO_QUOTE),
        ask=pl.col("ask_u").fill_null(NO_QUOTE),
        report=pl.when(is_cancel(conditions))
        .then(CANCEL)
        .when(is_late(conditions))
        .then(OUT_OF_SEQUENCE)
        .otherwise(ELIGIBLE)
        .cast(pl.Int8),
    )
    code, price, bid, ask, report = (np.ascontiguousarray(s.to_numpy()) for s in worked)
    contracts = int(code.max()) + 1 if prints.height else 0
    aggressor, method = classify_aggressor(code, price, bid, ask, report, contracts)
    named = pl.Series("method", method, pl.Int8).replace_strict(_METHODS, return_dtype=pl.String)
    dressed = prints.with_columns(
        source=pl.lit(str(source)),
        aggressor=pl.Series(aggressor, dtype=pl.Int8),
        aggressor_method=named,
    ).select(SPY_OPTIONS.dtypes.names())
    return dressed.cast(SPY_OPTIONS.dtypes)
