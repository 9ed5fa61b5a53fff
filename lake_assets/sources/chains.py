"""Daily chain files of one session: read by style, judged against the session, each once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import polars as pl

from lake_assets.catalog.option_chains import OPTION_CHAINS
from lake_assets.catalog.rows import Quality
from lake_assets.errors import WrongContentError
from lake_assets.market.chain_vocabulary import QuoteTimeSource
from lake_assets.market.price import NANOS_PER_SECOND
from lake_assets.market.sessions import Session, regular_neighbours
from lake_assets.sources.chain_styles import style_of
from lake_assets.sources.chain_table import moment, our_columns
from lake_assets.sources.landing import (
    TABLE_SUFFIXES,
    LandedFile,
    landed_files,
    number,
    read_json,
    read_table,
)
from lake_assets.sources.screening import Tally

FOLDER: Final = "option_chains"
META: Final = "meta.json"
CLOSES: Final = "closes"  # symbol, close: daily closes of the underlyings, landed with the chains
WRONG_SESSION: Final = "wrong_session"
EXPIRED: Final = "expired"
CONFLICT: Final = "conflicting_duplicates"
KEY: Final = ["symbol", "source", "contract_symbol"]
MOMENT: Final = pl.Datetime("us", "UTC")


@dataclass(frozen=True, slots=True)
class Described:
    """What ``meta.json`` says of a session's chain files; each may be given by symbol."""

    path: Path
    told: dict[str, object]

    def quote_time(self, symbol: str) -> datetime | None:
        """When the file was quoted; a collector's ``utc``, the moment it ran, says it too."""
        word = self._of("quote_time", symbol) or self.told.get("utc")
        if word is None:
            return None
        told = moment(word)
        if told is None:
            raise self._wrong("quote_time", "an ISO 8601 moment with a zone", word)
        return told

    def underlying_price(self, symbol: str) -> float | None:
        """The underlying's price; a collector's ``spot_live``, beside the chain, says it too."""
        word = self._of("underlying_price", symbol)
        tickers = self.told.get("tickers")
        if word is None and isinstance(tickers, dict) and isinstance(tickers.get(symbol), dict):
            word = tickers[symbol].get("spot_live")
        if word is None:
            return None
        if isinstance(word, bool) or not isinstance(word, int | float):
            raise self._wrong("underlying_price", "a number, or one by symbol", word)
        return float(word) if word > 0 else None

    def open_interest_date(self, symbol: str) -> date | None:
        """The session the open interest is of."""
        word = self._of("open_interest_date", symbol)
        try:
            return None if word is None else date.fromisoformat(str(word))
        except ValueError as error:
            raise self._wrong("open_interest_date", "a date as YYYY-MM-DD", word) from error

    def _of(self, name: str, symbol: str) -> object:
        word = self.told.get(name)
        return word.get(symbol) if isinstance(word, dict) else word

    def _wrong(self, name: str, expected: str, found: object) -> WrongContentError:
        return WrongContentError(
            self.path,
            expected=f"{name} to be {expected}",
            found=repr(found),
            remedy="mend it, or leave it out if it is not known",
        )


def chain_files(raw_root: Path, day_: date) -> list[LandedFile]:
    """Tables landed for a session, closes among them, by name."""
    return landed_files(raw_root, f"{FOLDER}/{day_}", TABLE_SUFFIXES)


def read_chains(raw_root: Path, session: Session, tally: Tally) -> pl.DataFrame:
    """Rows of every chain file of a session in the columns of Bronze, without closes.

    Raises:
        RawInputError: a file is damaged, of no known style, or described in a way nobody can read.
    """
    folder = raw_root / FOLDER / session.day.isoformat()
    told = Described(folder / META, read_json(folder / META))
    parts = [
        _usable(_file(file, session, told, tally), session, tally)
        for file in chain_files(raw_root, session.day)
        if file.stem.lower() != CLOSES
    ]
    rows = pl.concat([_nothing(), *parts])
    return without_duplicates(rows, tally)


def _file(file: LandedFile, session: Session, told: Described, tally: Tally) -> pl.DataFrame:
    """A file's rows; none if it is of another session."""
    table, symbol = read_table(file.path), file.stem.upper()
    rows = our_columns(table, style_of(file.path, table.columns), symbol)
    tally.add("rows_read", rows.height)
    tally.considered += rows.height
    quoted = told.quote_time(symbol)
    source = (
        pl.when(pl.col("quote_time").is_not_null())
        .then(pl.lit(QuoteTimeSource.ROW.value))
        .otherwise(pl.lit((QuoteTimeSource.FILE if quoted else QuoteTimeSource.NONE).value))
    )
    rows = rows.with_columns(
        quote_time_source=source,
        quote_time=pl.coalesce("quote_time", pl.lit(quoted, MOMENT)),
        underlying_price=pl.coalesce(
            "underlying_price", pl.lit(told.underlying_price(symbol), pl.Float64)
        ),
        open_interest_date=pl.lit(told.open_interest_date(symbol), pl.Date),
        session_date=pl.lit(session.day),
        underlying_close=pl.lit(None, pl.Float64),
    )
    if not _is_of(rows, session):
        tally.quarantine(WRONG_SESSION, rows.height)
        tally.add("wrong_session_files", 1)
        return rows.clear()
    return rows


def _is_of(rows: pl.DataFrame, session: Session) -> bool:
    """Whether every known quote time lies in ``[open, next session's open)``."""
    opens, closes = bounds(session)
    times, days = rows["quote_time"].drop_nulls(), rows["session"].drop_nulls()
    within = ((times >= opens) & (times < closes)).all()
    return bool(within and (days == session.day).all())


def bounds(session: Session) -> tuple[datetime, datetime]:
    """A session's regular open and the next one's."""
    after = regular_neighbours(session.day)[1]
    opens = session.rth.opens if session.rth else session.hours.opens
    closes = after.rth.opens if after and after.rth else session.hours.closes
    return _utc(opens), _utc(closes)


def _utc(nanos: int) -> datetime:
    return datetime.fromtimestamp(nanos // NANOS_PER_SECOND, UTC)


def _usable(rows: pl.DataFrame, session: Session, tally: Tally) -> pl.DataFrame:
    """Rows without a reason against them, in the columns of Bronze; the others are counted."""
    late = pl.coalesce("why", pl.when(pl.col("expiration") < session.day).then(pl.lit(EXPIRED)))
    judged = rows.with_columns(why=late)
    for reason, count in judged["why"].drop_nulls().value_counts().sort("why").iter_rows():
        tally.quarantine(reason, count)
    kept = judged.filter(pl.col("why").is_null())
    return kept.select(OPTION_CHAINS.dtypes.names()).cast(OPTION_CHAINS.dtypes)


def without_duplicates(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """Each contract once: identical rows are dropped, different ones quarantined, all of them."""
    once = rows.unique(maintain_order=True)
    tally.add("duplicates_dropped", rows.height - once.height)
    several = pl.len().over("symbol", "contract_symbol") > 1
    conflicting = once.filter(several)
    tally.quarantine(CONFLICT, conflicting.height)
    return once.filter(~several)


def read_closes(raw_root: Path, session: Session) -> pl.DataFrame:
    """Symbol and daily close of the underlyings, as landed beside the chains.

    Raises:
        WrongContentError: the file has other columns, or two closes of one symbol.
    """
    parts = list(_closes(raw_root, session))
    if not parts:
        return pl.DataFrame(schema={"symbol": pl.String, "underlying_close": pl.Float64})
    found = pl.concat(parts).drop_nulls().filter(pl.col("underlying_close") > 0).unique()
    if found["symbol"].is_duplicated().any():
        raise WrongContentError(
            raw_root / FOLDER / session.day.isoformat(),
            expected="one close a symbol",
            found="two that differ",
            remedy="keep the right one",
        )
    return found


def _closes(raw_root: Path, session: Session) -> Iterator[pl.DataFrame]:
    for file in chain_files(raw_root, session.day):
        if file.stem.lower() != CLOSES:
            continue
        table = read_table(file.path)
        if not {"symbol", "close"} <= set(table.columns):
            raise WrongContentError(
                file.path,
                expected="the columns symbol and close",
                found=", ".join(table.columns),
                remedy="name them so",
            )
        yield table.select(
            symbol=pl.col("symbol").str.strip_chars().str.to_uppercase(),
            underlying_close=number("close"),
        )


def _nothing() -> pl.DataFrame:
    return OPTION_CHAINS.empty()


def described(tally: Tally) -> Quality:
    """The account, as a manifest holds it."""
    return dict(sorted(tally.quality.items()))
