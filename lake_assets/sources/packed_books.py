"""Option books from packed shards: every shard held against its contract, every row accounted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from lake_assets.catalog.rows import Quality
from lake_assets.errors import CorruptFileError, RawInputError
from lake_assets.market.option_vocabulary import BookQuarantine, OptionType
from lake_assets.market.underlyings import Underlying
from lake_assets.sources.book_rows import (
    MAX_STRIKE,
    SIZES,
    VALUES,
    Places,
    Settled,
    contract_of,
    in_one_piece,
    settle,
)
from lake_assets.sources.packed_contract import check_shard, gone
from lake_assets.sources.raw_file import RawFile
from lake_assets.sources.screening import Tally

_NO_CLOCK: Final = 1970  # the year of a snapshot whose time was lost
_SLICE: Final = 1 << 19  # rows read at once: they stand there twice, as sent and as kept
_MAX_INT32: Final = 2**31 - 1
_TIES: Final = ("volume", "last_trade", *(name for name in VALUES if name != "volume"))


@dataclass(frozen=True, slots=True)
class Packed:
    """Usable rows, the places of those that stay in the order of Bronze, the account of all."""

    rows: pl.DataFrame
    places: Places
    quality: Quality


def read_shards(
    shards: Sequence[RawFile], day: date, underlying: Underlying, *, as_of_ns: int | None
) -> Packed:
    """Every usable row of every shard once, and a full account of the others.

    Raises:
        RawInputError: a shard breaks the contract, is gone or has changed, too many rows are
            unusable, or the account does not add up.
    """
    heights = [check_shard(shard) for shard in shards]
    tally, read, parts = Tally({}), [0] * len(shards), []
    for rank, shard in enumerate(shards):
        for start in range(0, max(heights[rank], 1), _SLICE):
            found = _rows(shard, start, day, underlying, as_of_ns)
            read[rank] += found.height
            parts.append(_usable(found, tally).with_columns(shard=pl.lit(rank, pl.Int32)))
    tally.considered = sum(read)
    tally.settle(shards[0].path.parent)
    usable = pl.concat(parts, how="vertical_relaxed")
    parts.clear()
    settled = settle(usable, _TIES)
    told = _account(shards, read, usable.drop_in_place("shard").to_numpy(), settled)
    usable.drop_in_place("last_trade")
    return Packed(in_one_piece(usable), settled.kept, tally.quality | told)


def _rows(
    shard: RawFile, start: int, day: date, underlying: Underlying, as_of_ns: int | None
) -> pl.DataFrame:
    """Rows of a shard from a place on, each with the reason it is unusable, or none."""
    offset = _offset(day, underlying)
    query = (
        pl.scan_parquet(shard.path)
        .slice(start, _SLICE)
        .with_columns(_local_time(), is_call=pl.col("opt_type") == OptionType.CE)
        .select(
            (pl.col("local").dt.epoch("us") - offset // timedelta(microseconds=1)).alias("time_us"),
            contract_of(pl.col("expiry"), ~pl.col("is_call"), _whole_strike()).alias("contract"),
            pl.col("lastTradeTime").cast(pl.Datetime("us")).alias("last_trade"),
            *_values(underlying),
            reason=_reason(day),
        )
    )
    if as_of_ns is not None:
        moment = pl.col("time_us") * 1_000
        query = query.filter(moment.is_null() | (moment < as_of_ns))
    try:
        return query.collect(engine="streaming")
    except FileNotFoundError as error:
        raise gone(shard.path) from error
    except pl.exceptions.PolarsError as error:
        raise CorruptFileError(
            shard.path,
            expected="pages that can be read",
            found=str(error),
            remedy="copy it again",
        ) from error


def _offset(day: date, underlying: Underlying) -> timedelta:
    """How far the exchange's clock is ahead of UTC that day; no clock changes in a session."""
    opens = datetime.combine(day, underlying.opens, ZoneInfo(underlying.time_zone))
    return opens.utcoffset() or timedelta()


def _local_time() -> pl.Expr:
    """The snapshot's time as the exchange's clock showed it, null if both clocks were lost."""
    sent, repair = (pl.col(name).cast(pl.Datetime("us")) for name in ("timestamp", "ts"))
    found = pl.when(sent.dt.year() == _NO_CLOCK).then(repair).otherwise(sent)
    return pl.when(found.dt.year() != _NO_CLOCK).then(found).alias("local")


def _whole_strike() -> pl.Expr:
    """The strike, null unless it is a positive whole number."""
    strike = pl.col("strike").cast(pl.Float64)
    whole = (strike == strike.floor()) & (strike > 0) & (strike <= MAX_STRIKE)
    return pl.when(whole).then(strike).cast(pl.Int64)


def _values(underlying: Underlying) -> list[pl.Expr]:
    """Bronze's columns of the vendor's row; an absent level has no price and no size."""
    price, bid, ask = (_finite(name) for name in ("price", "bp0", "sp0"))
    sizes = {name: pl.col(name).cast(pl.Int64) for name in SIZES}
    for side, best in (("b", bid), ("s", ask)):
        there = (best > 0) & sizes[f"{side}q0"].is_not_null()
        sizes[f"{side}q0"] = pl.when(there).then(sizes[f"{side}q0"]).otherwise(0)
    columns = {
        "price": price,
        "volume": pl.col("volume").cast(pl.Int64),
        "vendor_vol_delta": pl.col("vol_delta").cast(pl.Int64),
        "oi": pl.col("oi").cast(pl.Int64),
        "bp0": pl.when((bid > 0) & pl.col("bq0").is_not_null()).then(bid),
        "sp0": pl.when((ask > 0) & pl.col("sq0").is_not_null()).then(ask),
        **sizes,
        "spot_price": _spot(underlying.spot_decimals),
    }
    return [columns[name].alias(name) for name in VALUES]


def _finite(name: str) -> pl.Expr:
    return pl.when(pl.col(name).is_finite()).then(pl.col(name))


def _spot(decimals: int) -> pl.Expr:
    """The vendor's float32 spot, back at the decimals it was quoted with.

    Polars multiplies by the inverse of a constant divisor; a divisor with as many rows as the
    dividend is divided by.
    """
    sent = pl.col("spot_price").cast(pl.Float64)
    scale = 10.0**decimals
    whole = (sent * scale + 0.5).floor()
    return pl.when(sent.is_finite() & (sent > 0)).then(whole / (whole * 0 + scale))


def _reason(day: date) -> pl.Expr:
    """The first thing that makes a row unusable; null if nothing does."""
    local, strike = pl.col("local"), _whole_strike()
    known = pl.col("opt_type").is_in([str(kind) for kind in OptionType])
    sizes = ("volume", "oi", *SIZES)
    reasons = {
        BookQuarantine.BAD_TIME: local.is_null(),
        BookQuarantine.WRONG_DAY: local.dt.date() != day,
        BookQuarantine.EXPIRED: pl.col("expiry").is_null() | (pl.col("expiry") < day),
        BookQuarantine.BAD_STRIKE: strike.is_null(),
        BookQuarantine.BAD_TYPE: ~known.fill_null(value=False),
        BookQuarantine.NEGATIVE: pl.any_horizontal(pl.col("price", *sizes) < 0),
    }
    codes = [pl.when(bad).then(pl.lit(code, pl.UInt8)) for code, bad in enumerate(reasons.values())]
    return pl.coalesce(codes)


def _usable(rows: pl.DataFrame, tally: Tally) -> pl.DataFrame:
    """The rows without a reason against them; the others are counted by it."""
    found = rows["reason"].drop_nulls()
    for code, reason in enumerate(BookQuarantine):
        tally.quarantine(reason.value, int((found == code).sum()))
    usable = rows.filter(pl.col("reason").is_null()) if len(found) else rows
    # A day of five-level books is 600 MB; half of that are sizes that need no 64 bits.
    fits = usable.select((pl.col(SIZES).max() <= _MAX_INT32).fill_null(value=True)).row(0)
    small = [name for name, narrow in zip(SIZES, fits, strict=True) if narrow]
    return usable.drop("reason").with_columns(pl.col(small).cast(pl.Int32))


def _account(
    shards: Sequence[RawFile], read: Sequence[int], owner: np.ndarray, settled: Settled
) -> Quality:
    """Rows read, written, dropped and quarantined, of each shard and of all.

    Raises:
        RawInputError: they do not add up.
    """
    count = len(shards)
    usable, written, identical, conflicting = (
        np.bincount(owner[places], minlength=count)
        for places in (slice(None), settled.kept, settled.identical, settled.conflicting)
    )
    table = {
        "rows_read": np.array(read, np.int64),
        "rows_written": written,
        "dup_identical": identical,
        "dup_conflicting": conflicting,
        "quarantined": np.array(read, np.int64) - usable,
    }
    if (written + identical + conflicting != usable).any():
        raise RawInputError(
            shards[0].path.parent,
            expected="rows read = written + duplicates + quarantined",
            found=f"{ {name: counts.tolist() for name, counts in table.items()} }",
            remedy="report it: a row was lost",
        )
    each = {
        f"{shard.path.name}: {name}": int(counts[rank])
        for rank, shard in enumerate(shards)
        for name, counts in table.items()
    }
    return {"shards": count, **{n: int(c.sum()) for n, c in table.items()}, **each}
