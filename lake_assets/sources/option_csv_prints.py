"""Option prints of a session from flat CSV files, in the columns of those from DBN."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import polars as pl
import pyarrow as pa

from lake_assets.errors import ConflictingInputError
from lake_assets.market.price import NANOS_PER_SECOND, UNITS_PER_DOLLAR
from lake_assets.sources.option_csv import iter_csv
from lake_assets.sources.option_prints import MAX_SIZE, PRINTS_SCHEMA, as_frame
from lake_assets.sources.raw_file import RawFile
from lake_assets.sources.screening import Screen
from lake_assets.sources.selection import Selection

_TICKER: Final = r"^O:SPY\d{6}[CP]\d{8}$"
_ROOT: Final = "SPY   "
_DAY_NS: Final = 86_400 * NANOS_PER_SECOND
# Of a unit: a float of dollars lies closer than this to the decimal it stands for.
_STRAY: Final = 0.01


def csv_prints(selection: Selection, screen: Screen) -> pl.DataFrame:
    """Prints of flat CSV files in total order; there is no quote and no sequence in them."""
    frames = [_csv_file(file, rank, screen) for rank, file in enumerate(selection.files)]
    prints = _without_duplicates(pl.concat(frames), selection.files, screen)
    for rank, copies in enumerate(selection.copies):
        count = prints.filter(pl.col("file_rank") == rank).height
        screen.tally.add("duplicates_dropped", copies * count)
    return prints.sort("ts_event_ns", "sequence", "file_rank", "row")


def _csv_file(file: RawFile, rank: int, screen: Screen) -> pl.DataFrame:
    first_row, frames = 0, [as_frame(PRINTS_SCHEMA.empty_table())]
    for batch in iter_csv(file.path):
        frames.append(_screened(_csv_batch(batch, first_row, rank, screen), screen))
        first_row += batch.num_rows
    return pl.concat(frames)


def _csv_batch(batch: pa.RecordBatch, first_row: int, rank: int, screen: Screen) -> pl.DataFrame:
    """The SPY prints of a batch, each with its place in the file."""
    read = as_frame(pa.Table.from_batches([batch])).with_row_index("row", first_row)
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
        strays=(pl.col("price") * UNITS_PER_DOLLAR % 1 - 0.5).abs() < 0.5 - _STRAY,
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
    wanted = pl.col("ts_event_ns") // _DAY_NS * _DAY_NS
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
