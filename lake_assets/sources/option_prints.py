"""Option prints of a session before anything is said of them: from DBN files or flat CSV."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

from lake_assets.errors import ConflictingInputError
from lake_assets.market.price import DBN_UNDEFINED_PRICE, DBN_UNITS_PER_UNIT, UNITS_PER_DOLLAR
from lake_assets.sources.es_columns import key_columns
from lake_assets.sources.layouts import Records
from lake_assets.sources.option_csv import iter_csv
from lake_assets.sources.raw_file import RawFile
from lake_assets.sources.screening import Kept, Screen
from lake_assets.sources.selection import Selection
from lake_assets.sources.session_stream import Columns, SessionFiles, open_files, stream_rows
from lake_assets.sources.symbology import spy_contracts

MAX_SIZE: Final = 1_000_000
PRINTS_SCHEMA: Final = pa.schema(
    [
        ("ts_event_ns", pa.int64()),
        ("ts_recv_ns", pa.int64()),
        ("sequence", pa.int64()),
        ("file_rank", pa.int32()),
        ("row", pa.int64()),
        ("instrument_id", pa.int64()),
        ("flags", pa.uint8()),
        ("option_symbol", pa.string()),
        ("price_u", pa.int64()),
        ("size", pa.int64()),
        ("bid_u", pa.int64()),
        ("ask_u", pa.int64()),
        ("bid_size", pa.int64()),
        ("ask_size", pa.int64()),
        ("conditions", pa.string()),
    ]
)
_TRADE: Final = b"T"
_TICKER: Final = r"^O:SPY\d{6}[CP]\d{8}$"
_ROOT: Final = "SPY   "
_HALF_A_UNIT_IS_FAR: Final = 0.01  # of a unit: floats of dollars are closer to their decimals


def dbn_prints(selection: Selection, screen: Screen) -> pl.DataFrame:
    """Prints of DBN files in total order."""
    opened = open_files(selection, spy_contracts)
    batches = list(_batches(opened, screen))
    return _frame(pa.Table.from_batches(batches, schema=PRINTS_SCHEMA))


def _frame(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError(f"a table became a {type(frame).__name__}")
    return frame


def _batches(opened: SessionFiles, screen: Screen) -> Iterator[pa.RecordBatch]:
    def convert(kept: Kept, rank: int, names: Sequence[str]) -> tuple[Kept, Columns]:
        prints = kept.where(kept.records["action"] == _TRADE)
        good = _usable(screen, screen.of_session(screen.named(prints)))
        columns = key_columns(good, rank, names)
        columns["option_symbol"] = columns.pop("raw_symbol")
        return good, columns | _print_columns(good.records)

    return stream_rows(opened, screen, PRINTS_SCHEMA, convert)


def _usable(screen: Screen, kept: Kept) -> Kept:
    price, size = kept.records["price"], kept.records["size"]
    reasons = {
        "undefined_price": price == DBN_UNDEFINED_PRICE,
        "nonpositive_price": price <= 0,
        "off_grid": price % DBN_UNITS_PER_UNIT != 0,
        "zero_size": size == 0,
        "absurd_size": size > MAX_SIZE,
    }
    bad = np.zeros(len(price), np.bool_)
    for reason, those in reasons.items():
        screen.tally.quarantine(reason, int((those & ~bad).sum()))
        bad |= those
    return kept.where(~bad)


def _print_columns(records: Records) -> Columns:
    columns = {
        "price_u": pa.array(records["price"] // DBN_UNITS_PER_UNIT),
        "size": pa.array(records["size"].astype(np.int64)),
        "flags": pa.array(np.ascontiguousarray(records["flags"])),
        "conditions": pa.nulls(len(records), pa.string()),
    }
    for side in ("bid", "ask"):
        columns |= _quote_columns(records, side)
    return columns


def _quote_columns(records: Records, side: str) -> Columns:
    if f"{side}_px_00" not in (records.dtype.names or ()):
        return {name: pa.nulls(len(records), pa.int64()) for name in (f"{side}_u", f"{side}_size")}
    price = records[f"{side}_px_00"]
    absent = price == DBN_UNDEFINED_PRICE
    return {
        f"{side}_u": pa.array(price // DBN_UNITS_PER_UNIT, mask=absent),
        f"{side}_size": pa.array(records[f"{side}_sz_00"].astype(np.int64), mask=absent),
    }


def csv_prints(selection: Selection, screen: Screen) -> pl.DataFrame:
    """Prints of flat CSV files in total order; there is no quote and no sequence in them."""
    frames = [_csv_file(file, rank, screen) for rank, file in enumerate(selection.files)]
    prints = _without_duplicates(pl.concat(frames), selection.files, screen)
    for rank, copies in enumerate(selection.copies):
        count = prints.filter(pl.col("file_rank") == rank).height
        screen.tally.add("duplicates_dropped", copies * count)
    return prints.sort("ts_event_ns", "sequence", "file_rank", "row")


def _csv_file(file: RawFile, rank: int, screen: Screen) -> pl.DataFrame:
    first_row, frames = 0, [_frame(PRINTS_SCHEMA.empty_table())]
    for batch in iter_csv(file.path):
        frames.append(_screened(_csv_batch(batch, first_row, rank, screen), screen))
        first_row += batch.num_rows
    return pl.concat(frames)


def _csv_batch(batch: pa.RecordBatch, first_row: int, rank: int, screen: Screen) -> pl.DataFrame:
    """The SPY prints of a batch, each with its place in the file."""
    read = _frame(pa.Table.from_batches([batch])).with_row_index("row", first_row)
    known = (
        read if screen.as_of_ns is None else read.filter(pl.col("sip_timestamp") < screen.as_of_ns)
    )
    ours = known.filter(pl.col("ticker").str.contains(_TICKER))
    screen.tally.add("rows_read", known.height)
    screen.tally.add("other_instruments", known.height - ours.height)
    unknown = pl.lit(None, pl.Int64)
    return ours.select(
        ts_event_ns="sip_timestamp",
        ts_recv_ns="sip_timestamp",
        sequence=pl.lit(0, pl.Int64),
        file_rank=pl.lit(rank, pl.Int32),
        row=pl.col("row").cast(pl.Int64),
        instrument_id=pl.lit(0, pl.Int64),
        flags=pl.lit(0, pl.UInt8),
        option_symbol=pl.lit(_ROOT) + pl.col("ticker").str.slice(len("O:SPY")),
        price_u=(pl.col("price") * UNITS_PER_DOLLAR).round().cast(pl.Int64, strict=False),
        size="size",
        bid_u=unknown,
        ask_u=unknown,
        bid_size=unknown,
        ask_size=unknown,
        conditions="conditions",
        strays=(pl.col("price") * UNITS_PER_DOLLAR % 1 - 0.5).abs() < 0.5 - _HALF_A_UNIT_IS_FAR,
    )


def _screened(prints: pl.DataFrame, screen: Screen) -> pl.DataFrame:
    time, price, size = (pl.col(name) for name in ("ts_event_ns", "price_u", "size"))
    outside = (time < screen.hours.opens) | (time >= screen.hours.closes)
    reasons = (
        ("undefined_time", time.is_null()),
        ("out_of_session", outside),
        ("undefined_price", price.is_null()),
        ("nonpositive_price", price <= 0),
        ("off_grid", pl.col("strays")),
        ("zero_size", size.is_null() | (size <= 0)),
        ("absurd_size", size > MAX_SIZE),
    )
    screen.tally.considered += prints.height
    for reason, bad in reasons:
        those = prints.filter(bad).height
        prints = prints.filter(~bad) if those else prints
        if reason == "out_of_session":
            screen.tally.considered -= those
            screen.tally.add(reason, those)
        else:
            screen.tally.quarantine(reason, those)
    return prints.drop("strays")


def _without_duplicates(
    prints: pl.DataFrame, files: Sequence[RawFile], screen: Screen
) -> pl.DataFrame:
    """Prints of files of one day, each as often as in the file that holds it most often.

    Raises:
        ConflictingInputError: one of them lacks a print of another.
    """
    if all(file.span.closes <= after.span.opens for file, after in pairwise(files)):
        return prints
    same = ["ts_event_ns", "option_symbol", "price_u", "size", "conditions"]
    held = (
        prints.group_by(*same, "file_rank").len().sort("len", "file_rank", descending=[True, False])
    )
    days = {file.span.opens: sum(f.span.overlaps(file.span) for f in files) for file in files}
    found = held.group_by(same).agg(
        pl.len().alias("files"), pl.col("file_rank").first().alias("best")
    )
    wanted = pl.col("ts_event_ns") // (86_400 * 10**9) * (86_400 * 10**9)
    short = found.filter(pl.col("files") < wanted.replace_strict(days, default=1))
    if short.height:
        raise ConflictingInputError(
            files[0].path,
            expected="the same prints as in the other file of its day",
            found=f"{short.height} prints that only one of them has",
            remedy="keep the right one of the files",
        )
    kept = prints.join(found, on=same, nulls_equal=True).filter(
        pl.col("file_rank") == pl.col("best")
    )
    screen.tally.add("duplicates_dropped", prints.height - kept.height)
    return kept.select(prints.columns)
