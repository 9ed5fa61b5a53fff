"""OPRA's records of one day as a chain: definitions, open interest, last quotes, daily bars."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final

import numpy as np
import polars as pl

from lake_assets.catalog.option_chains import OPTION_CHAINS
from lake_assets.errors import MissingInputError
from lake_assets.market.chain_vocabulary import CallPut, ChainSource, QuoteTimeSource
from lake_assets.market.price import DBN_PRICE_SCALE, DBN_UNDEFINED_PRICE, NANOS_PER_SECOND
from lake_assets.market.sessions import Interval, Session, sessions_between
from lake_assets.sources.chains import EXPIRED, without_duplicates
from lake_assets.sources.dbn import iter_records
from lake_assets.sources.inventory import Inventory
from lake_assets.sources.raw_file import RawFile
from lake_assets.sources.screening import Tally
from lake_assets.sources.session_stream import refuse_limit

DATASET: Final = "OPRA.PILLAR"
SCHEMAS: Final = ("cbbo-1m", "definition", "statistics", "ohlcv-1d")
_OPEN_INTEREST: Final = 9  # statistics.stat_type
_UNDEFINED_QUANTITY: Final = 2**63 - 1
_UNDEFINED_TIME: Final = 2**64 - 1
_MILLS: Final = 1000  # a symbol has its strike in thousandths of a dollar
_OSI: Final = r"^([A-Z0-9.]{1,6}) *(\d{6})([CP])(\d{8})$"
_SIDES: Final = {"C": CallPut.CALL.value, "P": CallPut.PUT.value}
_NS: Final = pl.Datetime("ns", "UTC")


@dataclass(frozen=True, slots=True)
class OpraDay:
    """The files of a session by schema, each content once; nothing if there are no quotes."""

    files: dict[str, list[RawFile]]

    @classmethod
    def of(cls, inventory: Inventory, session: Session) -> "OpraDay":
        """Files whose range holds a part of the regular hours."""
        hours = session.rth
        found: dict[str, list[RawFile]] = {}
        for schema in SCHEMAS if hours is not None else ():
            held = inventory.covering(DATASET, schema, hours or session.hours)
            found[schema] = list({file.sha256: file for file in reversed(held)}.values())[::-1]
        return cls(found if found.get(SCHEMAS[0]) else {})

    def __iter__(self) -> Iterator[RawFile]:
        return (file for schema in sorted(self.files) for file in self.files[schema])


def opra_days(inventory: Inventory) -> list[date]:
    """Sessions whose regular hours a file of quotes touches, oldest first."""
    found: set[date] = set()
    for file in inventory.files:
        if (file.dataset, file.schema) == (DATASET, SCHEMAS[0]):
            end = file.start_ns if file.end_ns is None else file.end_ns
            near = sessions_between(_utc_day(file.start_ns), _utc_day(end))
            found |= {s.day for s in near if s.rth is not None and s.rth.overlaps(file.span)}
    return sorted(found)


def _utc_day(nanos: int) -> date:
    return datetime.fromtimestamp(nanos // NANOS_PER_SECOND, UTC).date()


def read_opra(day: OpraDay, session: Session, tally: Tally) -> pl.DataFrame:
    """Every defined contract of the day with its last quote by the close, in columns of Bronze.

    Raises:
        RawInputError: a file is damaged or of a capped request, or quotes come without definitions.
    """
    if not day.files or session.rth is None:
        return OPTION_CHAINS.empty()
    if not day.files["definition"]:
        quotes = day.files[SCHEMAS[0]][0]
        raise MissingInputError(
            quotes.path,
            expected=f"a definition file of {DATASET} for {session.day} with the quotes",
            found="none",
            remedy="download schema definition for the day, or remove the quotes",
        )
    known = Interval(session.hours.opens, session.rth.closes)
    rows = _contracts(day, session)
    for part in (_quotes(day, known), _open_interest(day, known), _bars(day)):
        rows = rows.join(part, on="instrument_id", how="left")
    for schema in SCHEMAS:
        if not day.files[schema]:
            tally.add(f"opra_{schema}_absent", 1)
    tally.add("rows_read", rows.height)
    tally.considered += rows.height
    gone = rows.filter(pl.col("expiration") < session.day)
    tally.quarantine(EXPIRED, gone.height)
    return without_duplicates(_dressed(rows.join(gone, on="instrument_id", how="anti")), tally)


def _records(files: list[RawFile], names: tuple[str, ...]) -> dict[str, np.ndarray[Any, Any]]:
    """Some fields of every record of the files."""
    parts: dict[str, list[np.ndarray[Any, Any]]] = {name: [] for name in names}
    for file in files:
        count = 0
        for records in iter_records(file):
            count += len(records)
            for name in names:
                parts[name].append(np.ascontiguousarray(records[name]))
        refuse_limit(file.path, file.limit, count)
    return {
        name: np.concatenate(held) if held else np.zeros(0, np.int64)
        for name, held in parts.items()
    }


def _contracts(day: OpraDay, session: Session) -> pl.DataFrame:
    """Outright options, each by its last definition."""
    names = ("instrument_id", "raw_symbol", "underlying", "ts_recv")
    found = _records(day.files["definition"], names)
    text = {name: [_word(w) for w in found[name].tolist()] for name in names[1:3]}
    symbol = pl.col("raw_symbol")
    mills = symbol.str.extract(_OSI, 4).cast(pl.Int64)  # `physics.rounding.dollars` tells why so
    return (
        pl.DataFrame(
            {
                "instrument_id": found["instrument_id"].astype(np.int64),
                "known": found["ts_recv"].astype(np.uint64),
                **text,
            },
            schema_overrides={"raw_symbol": pl.String, "underlying": pl.String},
        )
        .sort("known", "raw_symbol", maintain_order=True)
        .unique("instrument_id", keep="last", maintain_order=True)
        .select(
            "instrument_id",
            session_date=pl.lit(session.day),
            symbol=pl.when(pl.col("underlying") != "")
            .then("underlying")
            .otherwise(symbol.str.extract(_OSI, 1)),
            contract_symbol=symbol.str.replace_all(" ", ""),
            option_type=symbol.str.extract(_OSI, 3).replace_strict(
                _SIDES, default=None, return_dtype=pl.String
            ),
            expiration=symbol.str.extract(_OSI, 2).str.to_date("%y%m%d", strict=False),
            strike=mills / (mills * 0 + _MILLS),
        )
        .filter(pl.col("expiration").is_not_null(), pl.col("strike") > 0)
    )


def _quotes(day: OpraDay, known: Interval) -> pl.DataFrame:
    """The last quote of each contract that was known by the close."""
    names = ("instrument_id", "ts_recv", "price", "bid_px_00", "ask_px_00")
    found = _records(day.files["cbbo-1m"], names)
    return (
        pl.DataFrame(
            {
                "instrument_id": found["instrument_id"].astype(np.int64),
                "quoted": found["ts_recv"].astype(np.uint64),
                "sale": _dollars(found["price"]),
                "bid": _dollars(found["bid_px_00"]),
                "ask": _dollars(found["ask_px_00"]),
            }
        )
        .filter(pl.col("quoted") <= known.closes)
        .sort("quoted", "bid", "ask", "sale")
        .unique("instrument_id", keep="last", maintain_order=True)
        .with_columns(quote_time=pl.col("quoted").cast(pl.Int64).cast(_NS).dt.cast_time_unit("us"))
    )


def _open_interest(day: OpraDay, known: Interval) -> pl.DataFrame:
    """The last open interest of each contract that was known by the close."""
    names = ("instrument_id", "ts_recv", "ts_ref", "sequence", "stat_type", "quantity")
    found = _records(day.files["statistics"], names)
    of = pl.col("ts_ref").cast(pl.Int64, strict=False)
    return (
        pl.DataFrame({name: found[name].astype(np.uint64) for name in names})
        .filter(pl.col("stat_type") == _OPEN_INTEREST, pl.col("ts_recv") <= known.closes)
        .sort("ts_recv", "sequence", "quantity")
        .unique("instrument_id", keep="last", maintain_order=True)
        .select(
            pl.col("instrument_id").cast(pl.Int64),
            open_interest=pl.when(pl.col("quantity") < _UNDEFINED_QUANTITY)
            .then(pl.col("quantity"))
            .cast(pl.Int64),
            open_interest_date=pl.when(pl.col("ts_ref") != _UNDEFINED_TIME)
            .then(of)
            .cast(_NS)
            .dt.date(),
        )
    )


def _bars(day: OpraDay) -> pl.DataFrame:
    """Volume of all venues; their close where they agree on one."""
    names = ("instrument_id", "close", "volume")
    found = _records(day.files["ohlcv-1d"], names)
    close = pl.col("close")
    return (
        pl.DataFrame(
            {
                "instrument_id": found["instrument_id"].astype(np.int64),
                "close": _dollars(found["close"]),
                "volume": found["volume"].astype(np.int64),
            }
        )
        .group_by("instrument_id")
        .agg(
            volume=pl.col("volume").sum(),
            close=pl.when(close.n_unique() == 1).then(close.first()),
        )
    )


def _dressed(rows: pl.DataFrame) -> pl.DataFrame:
    """In the columns of Bronze; venues that close apart leave the last sale the quotes carry."""
    quoted = pl.col("quote_time").is_not_null()
    given = rows.with_columns(
        source=pl.lit(ChainSource.OPRA.value),
        last_price=pl.coalesce("close", "sale"),
        quote_time_source=pl.when(quoted)
        .then(pl.lit(QuoteTimeSource.ROW.value))
        .otherwise(pl.lit(QuoteTimeSource.NONE.value)),
    )
    return given.select(
        pl.col(name).cast(dtype) if name in given.columns else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in OPTION_CHAINS.dtypes.items()
    )


def _dollars(price: np.ndarray[Any, Any]) -> pl.Series:
    known = price != DBN_UNDEFINED_PRICE
    return pl.Series(np.where(known, price / DBN_PRICE_SCALE, np.nan), dtype=pl.Float64).fill_nan(
        None
    )


def _word(raw: object) -> str:
    text = raw.decode("ascii", "replace") if isinstance(raw, bytes) else str(raw)
    return text.strip("\0 ")
