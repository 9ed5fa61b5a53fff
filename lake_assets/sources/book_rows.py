"""Rows of option books on their way to Bronze: contracts packed, ties settled, volume differenced.

While they are worked on, rows are held narrow: a contract is one integer, in the order of Bronze.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from lake_assets.catalog.dataset import Dataset
from lake_assets.kernels.vol_delta import (
    FIRST_KNOWN,
    FIRST_UNKNOWN,
    MISSING,
    OK,
    RESET,
    UNKNOWN,
    difference_volume,
)
from lake_assets.market.option_vocabulary import OptionType, VolumeFlag

I8: TypeAlias = npt.NDArray[np.int64]
Places: TypeAlias = npt.NDArray[np.intp]

MAX_STRIKE: Final = 2**31 - 1
_DAY_US: Final = 86_400_000_000
_STRIKE_BITS: Final = 31
_TIME_BITS: Final = 38  # microseconds of two days
_BATCH: Final = 122_880
_FLAGS: Final = {
    OK: VolumeFlag.OK,
    RESET: VolumeFlag.RESET,
    FIRST_KNOWN: VolumeFlag.FIRST_KNOWN,
    FIRST_UNKNOWN: VolumeFlag.FIRST_UNKNOWN,
    MISSING: VolumeFlag.MISSING,
}
SIZES: Final = tuple(f"{side}q{level}" for side in "bs" for level in range(5))
VALUES: Final = {
    "price": pl.Float64,
    "volume": pl.Int64,
    "vendor_vol_delta": pl.Int64,
    "oi": pl.Int64,
    "bp0": pl.Float64,
    "sp0": pl.Float64,
    **dict.fromkeys(SIZES, pl.Int64),
    "spot_price": pl.Float64,
}
"""Bronze columns a vendor's row gives; ``time_us`` and ``contract`` stand before them."""


def contract_of(expiry: pl.Expr, is_put: pl.Expr, strike: pl.Expr) -> pl.Expr:
    """A contract as one integer that sorts as (expiry, opt_type, strike) does."""
    days, side = expiry.cast(pl.Int32).cast(pl.Int64), is_put.cast(pl.Int64)
    return (days * 2 + side) * pl.lit(2**_STRIKE_BITS) + strike.cast(pl.Int64)


def _contracts(packed: I8) -> pl.DataFrame:
    """The contracts behind the integers."""
    above, strike = np.divmod(packed, 2**_STRIKE_BITS)
    days, side = np.divmod(above, 2)
    names = np.array([OptionType.CE, OptionType.PE])
    return pl.DataFrame(
        {
            "expiry": pl.Series(days.astype(np.int32)).cast(pl.Date),
            "opt_type": pl.Series(names[side].tolist(), dtype=pl.Enum(OptionType)),
            "strike": pl.Series(strike.astype(np.int32)),
        }
    )


@dataclass(frozen=True, slots=True)
class Settled:
    """Places of the rows that stay, in the order of Bronze, and which of the others were equal."""

    kept: Places
    identical: Places
    conflicting: Places


def settle(rows: pl.DataFrame, ties: Sequence[str]) -> Settled:
    """Order rows by contract and time and keep one of each.

    Rows of one contract and moment are ordered by ``ties``, nulls first, and the last one stays:
    which file a row came from decides nothing. A dropped row is identical if it differs from the
    one that stays in no column of Bronze, else conflicting.
    """
    key = _coded(rows["contract"].to_numpy())[1].astype(np.int64)
    key <<= _TIME_BITS
    key += (rows["time_us"] - rows["time_us"].min()).to_numpy()
    order = pl.Series(key).arg_sort().to_numpy().astype(np.intp)
    ordered = key[order]
    same = ordered[1:] == ordered[:-1]
    if not same.any():
        nobody = np.empty(0, np.intp)
        return Settled(order, nobody, nobody)
    last = np.append(~same, True)
    tied = ~last | np.append(False, same)
    at = order[tied]
    crowd = rows[at].with_columns(place=pl.Series(at), key=pl.Series(ordered[tied]))
    crowd = crowd.sort(["key", *ties, "place"], nulls_last=False)
    stays = crowd.group_by("key", maintain_order=True).last()
    order[last & tied] = stays["place"].to_numpy()
    others = crowd.join(stays, on="key", suffix="_stays", maintain_order="left").filter(
        pl.col("place") != pl.col("place_stays")
    )
    alike = pl.all_horizontal(pl.col(n).eq_missing(pl.col(f"{n}_stays")) for n in VALUES)
    identical, conflicting = (others.filter(which)["place"].to_numpy() for which in (alike, ~alike))
    return Settled(order[last], identical, conflicting)


def in_one_piece(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows, each column in one piece; ``rows`` is emptied on the way.

    Column by column: a day of books fits in memory once, not twice.
    """
    return pl.DataFrame([rows.drop_in_place(name).rechunk() for name in rows.columns])


@dataclass(frozen=True, slots=True, kw_only=True)
class BookTable:
    """Settled rows of one session, and what is said of all of them alike.

    ``places`` are the rows in the order of Bronze; None if they stand in it.
    """

    rows: pl.DataFrame
    places: Places | None = None
    dataset: Dataset
    day: date
    known_from_us: int

    def reader(self) -> pa.RecordBatchReader:
        """The rows as Bronze has them, in batches: they are never in memory a second time.

        Each batch is put in order when it is asked for, while the one before is written.
        """
        schema = self.dataset.empty().to_arrow().schema
        return pa.RecordBatchReader.from_batches(schema, self._batches(schema))

    def _batches(self, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
        rows = self.rows
        places = np.arange(rows.height) if self.places is None else self.places
        packed, time_us, volume = (
            rows[name].fill_null(UNKNOWN).to_numpy()[places]
            for name in ("contract", "time_us", "volume")
        )
        opens = np.flatnonzero(np.diff(packed, prepend=-1))
        counts = np.diff(opens, append=len(packed))
        code = np.repeat(np.arange(len(opens), dtype=np.int32), counts)
        contracts = _contracts(packed[opens])
        delta, flag, elapsed = difference_volume(code, time_us, volume, self.known_from_us)
        for start in range(0, len(packed), _BATCH):
            here = slice(start, start + _BATCH)
            differences = pl.DataFrame(
                {
                    "vol_delta": _unless_unknown(delta[here]),
                    "vol_flag": pl.Series(flag[here]).replace_strict(
                        _FLAGS, return_dtype=pl.Enum(VolumeFlag)
                    ),
                    "vol_elapsed_s": _unless_unknown(elapsed[here]),
                }
            )
            part = pl.concat(
                [rows[places[here]], contracts[code[here]], differences], how="horizontal"
            )
            table = self._dressed(part).to_arrow().cast(schema).combine_chunks()
            yield from table.to_batches()

    def _dressed(self, part: pl.DataFrame) -> pl.DataFrame:
        """One batch, with the columns all its rows share, in the order of Bronze."""
        dtypes = self.dataset.dtypes
        return part.with_columns(
            pl.from_epoch("time_us", time_unit="us").dt.replace_time_zone("UTC").alias("timestamp"),
            (pl.col("time_us") * 1_000).alias("timestamp_ns"),
            pl.lit(self.dataset.underlying, dtypes["underlying"]).alias("underlying"),
            pl.lit(self.day).alias("session_date"),
        ).select(pl.col(name).cast(dtype) for name, dtype in dtypes.items())


def _coded(packed: I8) -> tuple[I8, npt.NDArray[np.int32]]:
    """The contracts there are, in order, and the place of each row's among them."""
    known = pl.Series(packed).unique().sort().to_numpy()
    return known, np.searchsorted(known, packed).astype(np.int32)


def _unless_unknown(values: npt.NDArray[np.signedinteger]) -> pl.Series:
    series = pl.Series(values)
    return series.set(series == UNKNOWN, None)
