"""The columns a packed shard of option books must have: names, order, types."""

from collections.abc import Callable, Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Final, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from lake_assets.errors import CorruptFileError, MissingInputError, WrongContentError
from lake_assets.sources.raw_file import SIMULATED_MARK, RawFile

LEVELS: Final = 5

Accepts: TypeAlias = tuple[str, Callable[[pa.DataType], bool]]
"""A type as the contract words it, and whether a column's type is it or holds it without loss."""


def _is_text(found: pa.DataType) -> bool:
    """Text, plain or as a dictionary: categories and closed sets are stored so."""
    if pa.types.is_dictionary(found):
        return _is_text(found.value_type)
    return bool(
        pa.types.is_string(found)
        or pa.types.is_large_string(found)
        or pa.types.is_string_view(found)
    )


def _is_naive_time(found: pa.DataType) -> bool:
    return found in (pa.timestamp("us"), pa.timestamp("ns"))


def _is_strike(found: pa.DataType) -> bool:
    return found in (pa.float32(), pa.float64()) or bool(pa.types.is_integer(found))


_TIME: Final[Accepts] = ("a time without zone, us or ns", _is_naive_time)
_F64: Final[Accepts] = ("float64", lambda found: found == pa.float64())
_F32: Final[Accepts] = ("float32", lambda found: found == pa.float32())
_I64: Final[Accepts] = ("int64", lambda found: found in (pa.int64(), pa.int32()))
_I16: Final[Accepts] = ("int16", lambda found: found == pa.int16())
_BOOL: Final[Accepts] = ("bool", lambda found: found == pa.bool_())
_DATE: Final[Accepts] = ("date", lambda found: found == pa.date32())
_TEXT: Final[Accepts] = ("text or categories", _is_text)
_STRIKE: Final[Accepts] = ("float32, float64 or an integer", _is_strike)


def _ladder(side: str) -> Iterator[tuple[str, Accepts]]:
    for level in range(LEVELS):
        yield from ((f"{side}q{level}", _I64), (f"{side}p{level}", _F64), (f"{side}o{level}", _I64))


COLUMNS: Final[dict[str, Accepts]] = {
    "timestamp": _TIME,
    "price": _F64,
    "qty": _I64,
    "avgPrice": _F64,
    "volume": _I64,
    "bQty": _I64,
    "sQty": _I64,
    **dict.fromkeys(("open", "high", "low", "close", "changeper"), _F64),
    "lastTradeTime": _TIME,
    **dict.fromkeys(("oi", "oiHigh", "oiLow"), _I64),
    **dict(_ladder("b")),
    **dict(_ladder("s")),
    "symbol": _TEXT,
    "opt_type": _TEXT,
    "strike": _STRIKE,
    "year": _I16,
    "month": _I16,
    "ts": _TIME,
    "timestamp_ns": _I64,
    "expiry": _DATE,
    "expiry_type": _TEXT,
    "is_monthly": _BOOL,
    "is_weekly": _BOOL,
    "vol_delta": _I64,
    **dict.fromkeys(
        (
            "spot_price",
            "distance_from_spot",
            "moneyness_pct",
            "intrinsic_value",
            "mid_price",
            "time_value",
        ),
        _F32,
    ),
}
"""The 64 columns of a packed shard, in order."""


def check_shard(shard: RawFile) -> int:
    """Hold a shard's head against the contract before a row of it is read; returns its rows.

    Raises:
        MissingInputError: it was there when the folder was listed, and is gone.
        CorruptFileError: it is no whole Parquet file, or not the one that was listed.
        WrongContentError: a column is missing, extra, out of place or of another type.
    """
    path = shard.path
    try:
        size = path.stat().st_size
        with pq.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except FileNotFoundError as error:
        raise gone(path) from error
    except (pa.ArrowException, OSError) as error:
        raise CorruptFileError(
            path,
            expected="a whole Parquet file",
            found=f"one that cannot be read ({error})",
            remedy="copy it again",
        ) from error
    if size != shard.bytes:
        raise CorruptFileError(
            path,
            expected=f"{shard.bytes} bytes, as when the raw folder was scanned",
            found=f"{size}",
            remedy="let the copy finish and run again",
        )
    for place, (wanted, field) in enumerate(zip_longest(COLUMNS, schema)):
        if wanted is None or field is None or field.name != wanted:
            raise _broken(
                path,
                f"column {place + 1} to be {wanted or 'none: there are 64'}",
                "none" if field is None else field.name,
            )
        words, accepts = COLUMNS[wanted]
        if not accepts(field.type):
            raise _broken(path, f"column {wanted} to be {words}", str(field.type))
    return int(rows)


def is_marked(path: Path) -> bool:
    """Whether a table says of itself that it is simulated; one that cannot be read does not."""
    try:
        metadata = pq.read_schema(path).metadata or {}
    except (pa.ArrowException, OSError):
        return False
    return SIMULATED_MARK.encode() in metadata


def gone(path: Path) -> MissingInputError:
    """The error for a shard that was listed and is no more."""
    return MissingInputError(
        path,
        expected="the shard that was there when the folder was listed",
        found="none",
        remedy="let the copy finish and run again",
    )


def _broken(path: Path, expected: str, found: str) -> WrongContentError:
    return WrongContentError(
        path,
        expected=expected,
        found=found,
        remedy="write it with the 64 columns of a packed book, in their order",
    )
