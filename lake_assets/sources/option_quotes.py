"""Option books from OPRA: one-second quotes (`cbbo-1s`) beside the trades (`tcbbo`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from lake_assets.catalog.rows import Quality
from lake_assets.market.option_vocabulary import BookQuarantine
from lake_assets.market.price import (
    DBN_PRICE_SCALE,
    DBN_UNDEFINED_PRICE,
    NANOS_PER_SECOND,
    UNITS_PER_DOLLAR,
)
from lake_assets.sources.book_rows import VALUES, contract_of, settle
from lake_assets.sources.dbn import header_of, iter_records
from lake_assets.sources.layouts import Records
from lake_assets.sources.option_prints import dbn_prints
from lake_assets.sources.raw_file import RawFile
from lake_assets.sources.screening import I8, Mask, Screen
from lake_assets.sources.selection import Selection
from lake_assets.sources.session_stream import refuse_limit
from lake_assets.sources.symbology import OTHER, SPREAD, UNMAPPED, option_contracts

_MICROS: Final = 1_000_000
_MILLS: Final = 1_000  # a symbol's strike is in thousandths of a dollar
_QUOTE: Final = ("bp0", "sp0", "bq0", "sq0")
_SEEN: Final = ("contract", "time_us")
_TIES: Final = ("received_ns", *VALUES)
_QUOTES_SCHEMA: Final = pl.Schema(
    {
        "symbol": pl.String,
        "received_ns": pl.Int64,
        "price": pl.Float64,
        **{name: VALUES[name] for name in _QUOTE},
    }
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """A row for each contract and second with a quote or a trade, in order, and the account."""

    rows: pl.DataFrame
    quality: Quality


def read_quotes(
    quotes: Selection, sales: Selection | None, root: str, day: date, screen: Screen
) -> Quoted:
    """Books of one level, second by second; a trade-only second has its pre-trade quote.

    Without files of trades nobody knows a volume, and it is null throughout.

    Raises:
        RawInputError: a file is damaged, or too many records are unusable.
    """
    parts = [pl.DataFrame(schema=_QUOTES_SCHEMA)]
    for file in quotes.files:
        parts += _quotes(file, root, screen)
    # A quote stands at the end of its second, which is the stamp itself.
    second = (pl.col("received_ns") - 1) // NANOS_PER_SECOND
    quoted = _of_contracts(pl.concat(parts), day, screen).with_columns(time_us=second * _MICROS)
    held = quoted.with_columns(
        pl.lit(None, dtype).alias(name)
        for name, dtype in VALUES.items()
        if name not in quoted.columns
    )
    once = settle(held, _TIES)
    rows = held[once.kept].select(*_SEEN, *VALUES)
    if sales is not None:
        rows = _with_sales(rows, _sales(sales, root, day, screen))
    screen.tally.settle(quotes.files[0].path)
    told: Quality = {
        "rows_written": rows.height,
        "dup_identical": len(once.identical),
        "dup_conflicting": len(once.conflicting),
    }
    return Quoted(rows.sort(_SEEN), screen.tally.quality | told)


def _quotes(file: RawFile, root: str, screen: Screen) -> Iterator[pl.DataFrame]:
    """The records of a file that are quotes of the root in the session."""
    symbology, count = option_contracts(root)(header_of(file)), 0
    names = np.array([*symbology.names, ""], np.object_)
    for records in iter_records(file):
        count += len(records)
        received: I8 = np.ascontiguousarray(records["ts_recv"]).view(np.int64)
        codes = symbology.codes(records)
        at = np.flatnonzero(_wanted(received, codes, screen) & (codes >= 0))
        yield _frame(records.take(at), received[at], names[codes[at]].tolist())
    refuse_limit(file.path, file.limit, count)


def _wanted(received: I8, codes: npt.NDArray[np.int32], screen: Screen) -> Mask:
    """Records whose second lies in the session, each of the others counted."""
    tally, hours = screen.tally, screen.hours
    known = np.full(len(received), fill_value=True)
    if screen.as_of_ns is not None:
        known = received < screen.as_of_ns
    undefined = known & (received < 0)
    outside = known & ~undefined & ((received <= hours.opens) | (received > hours.closes))
    inside: Mask = known & ~undefined & ~outside
    tally.add("rows_read", int(known.sum()))
    tally.add("out_of_session", int(outside.sum()))
    tally.considered += int((inside | undefined).sum())
    tally.quarantine(BookQuarantine.BAD_TIME.value, int(undefined.sum()))
    tally.quarantine("unmapped", int((inside & (codes == UNMAPPED)).sum()))
    for code, name in ((SPREAD, "spreads_dropped"), (OTHER, "other_instruments")):
        tally.add(name, int((inside & (codes == code)).sum()))
    return inside


def _frame(records: Records, received: I8, symbols: list[str]) -> pl.DataFrame:
    bid, ask = (np.ascontiguousarray(records[f"{side}_px_00"]) for side in ("bid", "ask"))
    sizes = {
        name: np.where(_is_price(price) & (price > 0), records[f"{side}_sz_00"], 0)
        for name, side, price in (("bq0", "bid", bid), ("sq0", "ask", ask))
    }
    last = np.ascontiguousarray(records["price"])
    columns = {
        "symbol": symbols,
        "received_ns": received,
        "price": _dollars(last, _is_price(last) & (last >= 0)),
        "bp0": _dollars(bid, _is_price(bid) & (bid > 0)),
        "sp0": _dollars(ask, _is_price(ask) & (ask > 0)),
        **{name: size.astype(np.int64) for name, size in sizes.items()},
    }
    return pl.DataFrame(columns, schema=_QUOTES_SCHEMA)


def _is_price(price: I8) -> Mask:
    there: Mask = price != DBN_UNDEFINED_PRICE
    return there


def _dollars(price: I8, there: Mask) -> pl.Series:
    return pl.Series(np.where(there, price / DBN_PRICE_SCALE, np.nan)).fill_nan(None)


def _of_contracts(rows: pl.DataFrame, day: date, screen: Screen) -> pl.DataFrame:
    """Rows with what their symbols say; expired ones are unusable, fractional strikes dropped."""
    text = pl.col("symbol").str
    named = rows.with_columns(
        expiry=text.slice(6, 6).str.to_date("%y%m%d", strict=False),
        is_put=text.slice(12, 1) == "P",
        mills=text.slice(13, 8).cast(pl.Int64),
    )
    gone = pl.col("expiry").is_null() | (pl.col("expiry") < day)
    screen.tally.quarantine(BookQuarantine.EXPIRED.value, named.filter(gone).height)
    live = named.filter(~gone)
    whole = (pl.col("mills") % _MILLS == 0) & (pl.col("mills") > 0)
    screen.tally.add("fractional_strikes", live.filter(~whole).height)
    strike = pl.col("mills") // _MILLS
    return (
        live.filter(whole)
        .with_columns(contract=contract_of(pl.col("expiry"), pl.col("is_put"), strike))
        .drop("symbol", "expiry", "is_put", "mills")
    )


def _sales(sales: Selection, root: str, day: date, screen: Screen) -> pl.DataFrame:
    """What was traded of each contract in each second, with the quote before the last trade."""
    prints = dbn_prints(sales, screen, option_contracts(root)).rename({"option_symbol": "symbol"})
    dollars = pl.col("price_u", "bid_u", "ask_u")
    second = pl.col("ts_recv_ns") // NANOS_PER_SECOND
    return (
        _of_contracts(prints, day, screen)
        .with_columns(dollars / (dollars * 0 + UNITS_PER_DOLLAR), time_us=second * _MICROS)
        .sort("ts_recv_ns", "ts_event_ns", "sequence", "file_rank", "row")
        .group_by(_SEEN, maintain_order=True)
        .agg(
            traded=pl.col("size").sum(),
            price=pl.col("price_u").last(),
            bp0=_positive("bid_u").last(),
            sp0=_positive("ask_u").last(),
            bq0=_size("bid").last(),
            sq0=_size("ask").last(),
        )
    )


def _positive(name: str) -> pl.Expr:
    return pl.when(pl.col(name) > 0).then(pl.col(name))


def _size(side: str) -> pl.Expr:
    there = (pl.col(f"{side}_u") > 0) & pl.col(f"{side}_size").is_not_null()
    return pl.when(there).then(pl.col(f"{side}_size")).otherwise(0)


def _with_sales(quoted: pl.DataFrame, sold: pl.DataFrame) -> pl.DataFrame:
    """Both, by contract and second, with the running volume of the contract."""
    both = quoted.with_columns(is_quote=True).join(
        sold, on=_SEEN, how="full", coalesce=True, suffix="_sale"
    )
    is_quote = pl.col("is_quote").fill_null(value=False)
    columns = {
        name: pl.when(is_quote).then(pl.col(name)).otherwise(pl.col(f"{name}_sale"))
        for name in _QUOTE
    }
    return (
        both.with_columns(**columns, price=pl.coalesce("price_sale", "price"))
        .sort(_SEEN)
        .with_columns(volume=pl.col("traded").fill_null(0).cum_sum().over("contract"))
        .select(*_SEEN, *VALUES)
    )
