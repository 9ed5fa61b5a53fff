"""SPY option prints of a session, with their quotes, contracts and aggressors."""

from collections.abc import Iterator
from functools import partial
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

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
    UNTRADED,
    classify_aggressor,
)
from lake_assets.market.conditions import is_cancel, is_late
from lake_assets.market.sessions import Session
from lake_assets.market.vocabulary import AggressorMethod, OptionSource
from lake_assets.sources.classify import CSV_SCHEMA
from lake_assets.sources.coverage import until
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.option_csv_prints import csv_prints
from lake_assets.sources.option_prints import as_frame, print_rows
from lake_assets.sources.ordering import Merge
from lake_assets.sources.screening import Screen, Tally
from lake_assets.sources.selection import Selection, describe, require_files, require_trades
from lake_assets.sources.session_stream import SessionFiles, open_files, rows_in_order
from lake_assets.sources.symbology import spy_contracts

_STORED: Final[pa.Schema] = pl.DataFrame(schema=SPY_OPTIONS.stored_dtypes).to_arrow().schema
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
        RawInputError: a file is unusable; while the rows are read, also that it is damaged, that
            files contradict each other, or that too many rows are unusable.
    """
    selection = require_files(inventory, session, "spy_options", as_of_ns=as_of_ns)
    if selection is None:
        require_trades(inventory, session)
        return Rows(batches=SPY_OPTIONS.empty(), quality={"absent": 1})
    quality = describe(selection, session, as_of_ns=as_of_ns)

    def begin() -> Screen:
        return Screen(until(session.hours, as_of_ns), as_of_ns, Tally(dict(quality)))

    if selection.schema == CSV_SCHEMA:
        return _flat(selection, session, begin())
    opened = open_files(selection, spy_contracts)
    return rows_in_order(_STORED, begin, partial(_rows, opened, session))


def _flat(selection: Selection, session: Session, screen: Screen) -> Rows:
    """Prints of CSV files, which are compared with each other and so held whole."""
    prints = _usable(_contracts(csv_prints(selection, screen), session), screen)
    screen.tally.settle(selection.files[0].path)
    dressed = _dress(prints, OptionSource(selection.schema), TickSeries())
    return Rows(batches=dressed.cast(SPY_OPTIONS.dtypes), quality=screen.tally.quality)


def _rows(
    opened: SessionFiles, session: Session, screen: Screen, merge: Merge
) -> Iterator[pa.RecordBatch]:
    source, series = OptionSource(opened.selection.schema), TickSeries()
    for batch in print_rows(opened, screen, merge):
        prints = as_frame(pa.Table.from_batches([batch]))
        rows = _dress(_usable(_contracts(prints, session), screen), source, series)
        yield from rows.cast(SPY_OPTIONS.stored_dtypes).to_arrow().to_batches()
    screen.tally.settle(opened.files[0].path)


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


class TickSeries:
    """Where the tick rule stands in each contract, from batch to batch of its prints."""

    def __init__(self) -> None:
        self._codes: dict[str, int] = {}
        self._last_price = np.empty(0, np.int64)
        self._last_sign = np.empty(0, np.int8)

    def classify(self, prints: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
        """Aggressor and method of each of the next prints."""
        conditions = pl.col("conditions")
        worked = prints.select(
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
        code = self._code(prints["option_symbol"])
        price, bid, ask, report = (np.ascontiguousarray(s.to_numpy()) for s in worked)
        aggressor, method = classify_aggressor(
            code, price, bid, ask, report, self._last_price, self._last_sign
        )
        named = pl.Series(method, dtype=pl.Int8).replace_strict(_METHODS, return_dtype=pl.String)
        return pl.Series(aggressor, dtype=pl.Int8), named

    def _code(self, symbols: pl.Series) -> npt.NDArray[np.int32]:
        """The code of each print's contract; contracts not seen before get the next ones."""
        distinct = symbols.unique().sort()
        codes = [self._codes.setdefault(name, len(self._codes)) for name in distinct]
        new = len(self._codes) - len(self._last_price)
        self._last_price = np.append(self._last_price, np.full(new, UNTRADED, np.int64))
        self._last_sign = np.append(self._last_sign, np.zeros(new, np.int8))
        places: npt.NDArray[np.uint32] = distinct.search_sorted(symbols).to_numpy()
        return np.array(codes, np.int32)[places]


def _dress(prints: pl.DataFrame, source: OptionSource, series: TickSeries) -> pl.DataFrame:
    """With the aggressor of each print, in the columns of Bronze."""
    aggressor, method = series.classify(prints)
    return prints.with_columns(
        source=pl.lit(str(source)), aggressor=aggressor, aggressor_method=method
    ).select(SPY_OPTIONS.dtypes.names())
